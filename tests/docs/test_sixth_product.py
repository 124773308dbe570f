"""The page that shows how to write another product, run as it stands: there is no second copy of its code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from headwater.demo.mail import DemoMail, open_mail
from headwater.local.keys import load_or_make_keys
from headwater.process.ports import find_free_port
from tests.dashboard.building import load_build
from tests.docs.pages import ROOT, read_blocks, write_block
from tests.docs.programs import (
    PATIENCE_SECONDS,
    await_gateway,
    clean_environment,
    follow_table,
    run,
    running,
    serve_page,
)
from tests.fixtures.waiting import wait_until

PAGE = ROOT / "docs" / "sixth-product.md"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the code with the page laid over it."""
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "supabase" / "migrations", copy / "supabase" / "migrations")
    shutil.copytree(ROOT / "docs", copy / "docs", ignore=shutil.ignore_patterns("__pycache__", "pictures"))
    unwanted = shutil.ignore_patterns("node_modules", "dist", "api", ".dist*")
    shutil.copytree(ROOT / "dashboard", copy / "dashboard", ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", copy / "pyproject.toml")
    for block in read_blocks(PAGE):
        write_block(block, over=copy)
    return copy


def use(checkout: Path) -> dict[str, str]:
    """Return the environment in which Python finds the copy before the installed package."""
    return {**clean_environment(), "PYTHONPATH": str(checkout / "src")}


@pytest.fixture
def environment(checkout: Path, unmigrated_dsn: str, valkey_url: str, site: str, mail: DemoMail) -> dict[str, str]:
    """The settings under which the copy runs: a fresh database, one page of the web to read, and a mail server."""
    return {
        **use(checkout),
        "DATABASE_URL": unmigrated_dsn,
        "REDIS_URL": valkey_url,
        "HEADWATER_DATA": str(checkout / "data"),
        "FETCH_ALLOWED_HOSTS": site,
        "FETCH_HOST_INTERVAL_SECONDS": "0",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail.smtp_port),
        "SMTP_SECURITY": "none",
        "MAIL_AUTOCONFIRM": "true",
        "PORT": str(find_free_port(0)),
    }


@pytest.fixture
async def mail() -> AsyncIterator[DemoMail]:
    """A mail server."""
    async with open_mail() as opened:
        yield opened


@pytest.fixture
async def owner(unmigrated_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may do everything in the copy's database."""
    connection = await asyncpg.connect(unmigrated_dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """A web server with one page; gives its host and port."""
    async with serve_page() as authority:
        yield authority


@pytest.mark.timeout(400)
async def test_the_product_of_the_page_works(
    checkout: Path, environment: dict[str, str], site: str, owner: asyncpg.Connection, mail: DemoMail
) -> None:
    migrated = await run(sys.executable, "-m", "headwater.cli", "migrate", environment=environment, folder=checkout)
    assert "applied 20270101000100_bookmarks_tables" in migrated

    base = f"http://127.0.0.1:{environment['PORT']}"
    async with (
        running("serve", "gateway", environment=environment, folder=checkout),
        httpx2.AsyncClient(base_url=base, timeout=30) as client,
        AsyncExitStack() as sockets,
    ):
        await await_gateway(base)
        reader, stranger = await sign_up(client, checkout, "reader"), await sign_up(client, checkout, "stranger")

        follow = partial(
            follow_table, sockets, base, key=load_or_make_keys(checkout / "data").publishable_key, table="bookmarks"
        )
        heard, unheard = await follow(reader), await follow(stranger)

        refused = await client.post("/api/v1/bookmarks", json={"url": "http://169.254.169.254/"}, headers=reader)
        assert (refused.status_code, refused.json()["code"]) == (422, "blocked_address")
        made = await client.post("/api/v1/bookmarks", json={"url": f"http://{site}/"}, headers=reader)
        assert made.status_code == 201, made.text
        assert made.json()["title"] is None

        async def titles(headers: dict[str, str]) -> list[str | None]:
            return [one["title"] for one in (await client.get("/api/v1/bookmarks", headers=headers)).json()]

        async def has_title() -> bool:
            return await titles(reader) == ["The river rises"]

        # Older than the settings keep them; the first worker runs the schedule at once.
        await owner.execute(
            "insert into public.bookmarks (workspace_id, url, created_at)"
            " values ($1, 'https://old.example.com/', now() - interval '366 days')",
            UUID(made.json()["workspace_id"]),
        )
        assert len(await titles(reader)) == 2
        async with running("work", environment=environment, folder=checkout):
            await wait_until(has_title, what="the job to read the title", seconds=PATIENCE_SECONDS)
            (told,) = await mail.wait_for(1, timeout=PATIENCE_SECONDS)
        assert (told.subject, told.recipients) == ("Kept: The river rises", ("reader@example.com",))
        assert told.text.startswith("The river rises is among your bookmarks.\n")
        assert "<strong>The river rises</strong> is among your bookmarks." in told.html
        assert "Unsubscribe: " in told.text
        changes = [await heard.take_change() for _ in range(4)]
        assert sorted(change["type"] for change in changes) == ["DELETE", "INSERT", "INSERT", "UPDATE"]
        # No policy can be asked about a row that is gone, so its key, and nothing else, is sent to everybody.
        assert (await unheard.take_change())["old_record"].keys() == {"id"}
        assert await unheard.client.count("postgres_changes") == 0
        assert await titles(stranger) == []
        theirs = {**stranger, "X-Workspace-Id": made.json()["workspace_id"]}
        assert (await client.get("/api/v1/bookmarks", headers=theirs)).status_code == 404
        intruded = await client.post("/api/v1/bookmarks", json={"url": f"http://{site}/"}, headers=theirs)
        assert intruded.status_code == 404

        browser = {"accept": "text/html,*/*;q=0.8"}
        assert "Drag this" in (await client.get("/bookmarklet", headers=browser)).text
        program = (sys.executable, "-m", "headwater.cli")
        await run(*program, "bookmarks", "add", f"http://{site}/", environment=environment, folder=checkout)
        listed = await run(*program, "bookmarks", "list", environment=environment, folder=checkout)
        assert listed.startswith(f"http://{site}/")
        exported = "import headwater; print(headwater.read_page_title('<title>The  river</title>'))"
        said = await run(sys.executable, "-c", exported, environment=environment, folder=checkout)
        assert said == "The river\n"
        status = json.loads(await run(*program, "status", "--json", environment=environment, folder=checkout))
        assert status["contents"]["bookmarks"] == 2
        findings = json.loads(await run(*program, "doctor", "--json", environment=environment, folder=checkout))
        assert [one["state"] for one in findings if one["name"] == "bookmarks"] == ["warning"]


@pytest.mark.timeout(400)
async def test_the_demo_runs_its_system_and_tells_its_story(checkout: Path) -> None:
    environment = {**use(checkout), "HEADWATER_DATA": str(checkout / "data"), "PORT": "0"}
    told = await run(sys.executable, "-m", "headwater.cli", "demo", "--once", environment=environment, folder=checkout)
    assert "A simulated outside world is up: web, library, mail, receiver." in told
    # What arrives by mail meanwhile is printed between the two.
    assert "→ A book of the library is kept\n" in told
    assert "  its title was read: The river rises\n" in told
    assert "11 of 11 judged correctly" in told


def test_the_page_touches_its_folder_its_migration_and_one_line(checkout: Path) -> None:
    copied = [file for file in checkout.rglob("*") if file.is_file()]
    touched = {
        file.relative_to(checkout).as_posix()
        for file in copied
        if not (ROOT / file.relative_to(checkout)).is_file()
        or file.read_bytes() != (ROOT / file.relative_to(checkout)).read_bytes()
    }
    own = ("src/headwater/products/bookmarks/", "dashboard/src/features/bookmarks/")
    outside = {name for name in touched if not name.startswith(own)}
    catalogue, features = "src/headwater/catalogue.py", "dashboard/src/features.ts"
    assert outside == {catalogue, features, "supabase/migrations/20270101000100_bookmarks_tables.sql"}
    before, after = ((root / catalogue).read_text("utf-8") for root in (ROOT, checkout))
    assert after.count("bookmarks") == 1
    assert after.replace(' "bookmarks")', ")") == before
    before, after = ((root / features).read_text("utf-8") for root in (ROOT, checkout))
    assert after.replace("export { bookmarks } from '@/features/bookmarks/feature';\n", "") == before


@pytest.mark.timeout(900)
async def test_the_dashboard_of_the_page_is_right(checkout: Path) -> None:
    """The client is made from the endpoints of the copy; then the dashboard's own tools judge the feature."""
    build = load_build()
    try:
        node = build.find_node()
        build.install(node, seconds=300)
    except build.CannotBuild as error:
        pytest.skip(f"the dashboard's tools aren't here: {error}")
    await run(sys.executable, "docs/generate.py", environment=use(checkout), folder=checkout)
    dashboard = checkout / "dashboard"
    (dashboard / "node_modules").symlink_to(ROOT / "dashboard" / "node_modules")
    tools = dashboard / "node_modules" / ".bin"
    environment = {**build._environment(node), "NO_COLOR": "1", "CI": "1"}
    for tool, *arguments in (
        ("openapi-ts",),
        ("tsc", "--noEmit"),
        ("biome", "check", "--error-on-warnings", "src/features/bookmarks", "src/features.ts"),
    ):
        await run(str(node), str(tools / tool), *arguments, environment=environment, folder=dashboard)


@pytest.mark.timeout(400)
def test_a_wrong_setting_of_the_product_stops_the_start(checkout: Path, tmp_path: Path) -> None:
    wrong = {**use(checkout), "KEEP_BOOKMARKS_DAYS": "0", "HEADWATER_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "headwater.cli", "work"]
    done = subprocess.run(command, cwd=tmp_path, env=wrong, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("headwater: KEEP_BOOKMARKS_DAYS: ")


@pytest.mark.timeout(400)
async def test_the_policy_cases_of_the_page_are_tried(checkout: Path) -> None:
    shutil.copytree(ROOT / "tests", checkout / "tests", ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    tried = ["tests/database/rights/test_row_security.py", "-k", "bookmarks or every_table"]
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", *tried]
    said = await run(*command, environment=use(checkout), folder=checkout)
    assert " passed" in said


async def sign_up(client: httpx2.AsyncClient, checkout: Path, name: str) -> dict[str, str]:
    """Sign somebody up as a browser does; gives the headers of their requests."""
    key = load_or_make_keys(checkout / "data").publishable_key
    body = {"email": f"{name}@example.com", "password": "correct-horse-battery"}
    session: dict[str, Any] = (await client.post("/auth/v1/signup", json=body, headers={"apikey": key})).json()
    return {"Authorization": f"Bearer {session['access_token']}"}


@pytest.mark.timeout(400)
async def test_the_code_of_the_page_keeps_the_rules(checkout: Path) -> None:
    """Lint, format, import contracts, and the rules about products and migrations, as `make check` runs them."""
    product, environment = "src/headwater/products/bookmarks", use(checkout)
    await run(sys.executable, "-m", "ruff", "check", "--no-cache", product, environment=environment, folder=checkout)
    await run(
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--no-cache",
        "--check",
        product,
        environment=environment,
        folder=checkout,
    )
    contracts = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    for name in ("__init__.py", "lint"):
        there = checkout / "tests" / name
        there.parent.mkdir(exist_ok=True)
        if name == "lint":
            shutil.copytree(ROOT / "tests" / name, there)
        else:
            shutil.copy(ROOT / "tests" / name, there)
    assert await run(sys.executable, "-m", "tests.lint", environment=environment, folder=checkout) == ""
    said = await run(sys.executable, "-c", contracts, "--no-cache", environment=environment, folder=checkout)
    assert "Products never import each other KEPT" in said
