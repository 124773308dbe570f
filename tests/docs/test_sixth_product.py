"""The page that shows how to write another product, run as it stands: there is no second copy of its code."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from headwater.local.keys import load_or_make_keys
from headwater.process.ports import find_free_port
from tests.docs.pages import ROOT, Block, read_blocks
from tests.docs.programs import PATIENCE_SECONDS, await_gateway, clean_environment, run, running, serve_page
from tests.fixtures.waiting import wait_until
from tests.lint.findings import read_modules
from tests.lint.product_rules import check_products
from tests.lint.python_rules import check_module
from tests.lint.sql_rules import check_migrations

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
    """Give what each run of marked lines replaces: the removed lines, or the line that the added ones stand before."""
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
    """Give the environment in which Python finds the copy before the installed package."""
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
async def site() -> AsyncIterator[str]:
    """A web server with one page; gives its host and port."""
    async with serve_page() as authority:
        yield authority


@pytest.mark.timeout(400)
async def test_the_product_of_the_page_works(checkout: Path, environment: dict[str, str], site: str) -> None:
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

        async with running("work", environment=environment, folder=checkout):
            await wait_until(has_title, what="the job to read the title", seconds=PATIENCE_SECONDS)
        assert await titles(stranger) == []
        theirs = {**stranger, "X-Workspace-Id": made.json()["workspace_id"]}
        assert (await client.get("/api/v1/bookmarks", headers=theirs)).status_code == 404
        intruded = await client.post("/api/v1/bookmarks", json={"url": f"http://{site}/"}, headers=theirs)
        assert intruded.status_code == 404


async def sign_up(client: httpx2.AsyncClient, checkout: Path, name: str) -> dict[str, str]:
    """Sign somebody up as a browser does; gives the headers of their requests."""
    key = load_or_make_keys(checkout / "data").publishable_key
    body = {"email": f"{name}@example.com", "password": "correct-horse-battery"}
    session: dict[str, Any] = (await client.post("/auth/v1/signup", json=body, headers={"apikey": key})).json()
    return {"Authorization": f"Bearer {session['access_token']}"}


def find_broken_rules(checkout: Path) -> list[str]:
    """Give what the rules of the house find in the product of the page, its folder and its migration."""
    package = checkout / "src" / "headwater"
    found = [finding for module in read_modules(package) for finding in check_module(module)]
    found += [*check_products(package / "products"), *check_migrations(checkout / "supabase" / "migrations")]
    return [str(finding) for finding in found if "bookmarks" in finding.file]


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
    assert find_broken_rules(checkout) == []
    said = await run(sys.executable, "-c", contracts, "--no-cache", environment=environment, folder=checkout)
    assert "Products never import each other KEPT" in said
