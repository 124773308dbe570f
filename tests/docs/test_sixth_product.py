"""The page that shows how to write another product, run as it stands: there is no second copy of its code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from headwater.local.keys import load_or_make_keys
from headwater.process.ports import find_free_port
from tests.docs.pages import ROOT, Block, read_blocks
from tests.docs.programs import PATIENCE_SECONDS, await_gateway, clean_environment, run, running, serve_page
from tests.fixtures.waiting import wait_until

PAGE = ROOT / "docs" / "sixth-product.md"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the code with the page laid over it."""
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "supabase" / "migrations", copy / "supabase" / "migrations")
    shutil.copy(ROOT / "pyproject.toml", copy / "pyproject.toml")
    for block in read_blocks(PAGE):
        lay(block, over=copy)
    return copy


def lay(block: Block, *, over: Path) -> None:
    """Write a block's file, or make the change that it shows in one that is there."""
    assert block.path, "every block of the page names its file"
    file = over / block.path
    if block.language != "diff":
        assert not file.exists(), f"{block.path} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, "utf-8")
        return
    text = file.read_text("utf-8")
    for old, new in read_changes(block.text):
        assert text.count(old) == 1, f"{block.path} doesn't hold {old!r} once"
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def read_changes(diff: str) -> Iterator[tuple[str, str]]:
    """Yield what each run of marked lines replaces: the removed lines, or the line that the added ones stand before."""
    added: list[str] = []
    removed: list[str] = []
    for line in [*diff.splitlines(), " "]:
        if line.startswith("+"):
            added.append(line[1:])
        elif line.startswith("-"):
            removed.append(line[1:])
        elif added or removed:
            old = removed or [line[1:]]
            yield "\n".join(old), "\n".join(added if removed else [*added, line[1:]])
            added, removed = [], []


def use(checkout: Path) -> dict[str, str]:
    """Return the environment in which Python finds the copy before the installed package."""
    return {**clean_environment(), "PYTHONPATH": str(checkout / "src")}


@pytest.fixture
def environment(checkout: Path, unmigrated_dsn: str, valkey_url: str, site: str) -> dict[str, str]:
    """The settings under which the copy runs: a fresh database, and one page of the web to read."""
    return {
        **use(checkout),
        "DATABASE_URL": unmigrated_dsn,
        "REDIS_URL": valkey_url,
        "HEADWATER_DATA": str(checkout / "data"),
        "FETCH_ALLOWED_HOSTS": site,
        "FETCH_HOST_INTERVAL_SECONDS": "0",
        "PORT": str(find_free_port(0)),
    }


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
    checkout: Path, environment: dict[str, str], site: str, owner: asyncpg.Connection
) -> None:
    migrated = await run(sys.executable, "-m", "headwater.cli", "migrate", environment=environment, folder=checkout)
    assert "applied 20270101000100_bookmarks_tables" in migrated

    base = f"http://127.0.0.1:{environment['PORT']}"
    async with (
        running("serve", "gateway", environment=environment, folder=checkout),
        httpx2.AsyncClient(base_url=base, timeout=30) as client,
    ):
        await await_gateway(base)
        reader, stranger = await sign_up(client, checkout, "reader"), await sign_up(client, checkout, "stranger")

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
    outside = {name for name in touched if not name.startswith("src/headwater/products/bookmarks/")}
    catalogue = "src/headwater/catalogue.py"
    assert outside == {catalogue, "supabase/migrations/20270101000100_bookmarks_tables.sql"}
    before, after = ((root / catalogue).read_text("utf-8").splitlines() for root in (ROOT, checkout))
    assert len(before) == len(after)
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


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
