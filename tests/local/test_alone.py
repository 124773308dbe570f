"""The stand-in by itself: none of the platform's code, over a Postgres that knows nothing of either."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from headwater.local.keys import LocalKeys, load_or_make_keys
from headwater.process.ports import find_free_port
from tests.conftest import cloned
from tests.fixtures.drivers import list_search_path
from tests.fixtures.servers import name_database
from tests.fixtures.waiting import wait_until

PASSWORD = "correct horse battery"
# Whatever asks for the platform's code finds none.
_WITHOUT_PLATFORM = """
import runpy, sys

class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(tuple(f"headwater.{room}" for room in ROOMS)):
            raise ModuleNotFoundError(f"{name} is left out here")

ROOMS = ("kit", "app", "products", "services", "cli", "embedded", "demo")
sys.meta_path.insert(0, Refusal())
sys.argv = ["headwater.local"]
runpy.run_module("headwater.local", run_name="__main__")
"""


@pytest.fixture
def empty_dsn(postgres_server: str, server_connection: psycopg.Connection[tuple[object]]) -> Iterator[str]:
    """A database of Postgres's own making."""
    with cloned("template1", server_connection, 99) as name:
        yield name_database(postgres_server, name)


def make_environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a process that keeps its data in `folder`."""
    own = {"PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": list_search_path(), "HEADWATER_DATA": str(folder)}
    return {**own, **settings}


@pytest.fixture
async def alone(empty_dsn: str, tmp_path: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, LocalKeys]]:
    """A client of the stand-in, which runs as a process of its own, and its keys."""
    port, keys = find_free_port(0), load_or_make_keys(tmp_path / "data")
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", _WITHOUT_PLATFORM),
            cwd=tmp_path,
            env=make_environment(tmp_path / "data", DATABASE_URL=empty_dsn, PORT=str(port)),
            stdout=log,
            stderr=log,
        )
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:

        async def is_up() -> bool:
            assert process.returncode is None, (tmp_path / "log").read_text("utf-8")[-4000:]
            try:
                answer = await client.get("/auth/v1/health", headers={"apikey": keys.publishable_key})
            except httpx2.HTTPError:
                return False
            return answer.status_code == httpx2.codes.OK

        try:
            await wait_until(is_up, what="the stand-in", seconds=90)
            yield client, keys
        finally:
            if process.returncode is None:
                process.terminate()
            assert await process.wait() in {0, -15}, (tmp_path / "log").read_text("utf-8")[-4000:]


async def test_every_service_serves_without_the_platform(
    alone: tuple[httpx2.AsyncClient, LocalKeys], empty_dsn: str
) -> None:
    client, keys = alone
    anonymous = {"apikey": keys.publishable_key}
    person = {"email": "ada@example.com", "password": PASSWORD}
    signed = (await client.post("/auth/v1/signup", json=person, headers=anonymous)).raise_for_status().json()
    with psycopg.connect(empty_dsn, autocommit=True) as owner:
        owner.execute("create table public.notes (id int primary key, owner uuid default auth.uid(), text text)")
        owner.execute("alter table public.notes enable row level security")
        owner.execute("create policy own on public.notes to authenticated using (owner = (select auth.uid()))")
        owner.execute("grant select, insert on public.notes to authenticated")
        owner.execute("notify pgrst, 'reload schema'")
    mine = {**anonymous, "Authorization": f"Bearer {signed['access_token']}"}

    async def is_known() -> bool:
        return (await client.get("/rest/v1/notes", headers=mine)).status_code == httpx2.codes.OK

    await wait_until(is_known, what="the table")
    (await client.post("/rest/v1/notes", json={"id": 1, "text": "mine"}, headers=mine)).raise_for_status()
    assert (await client.get("/rest/v1/notes?select=text", headers=mine)).json() == [{"text": "mine"}]
    assert (await client.get("/rest/v1/notes", headers=anonymous)).status_code == httpx2.codes.UNAUTHORIZED
    service = {"apikey": keys.secret_key}
    made = await client.post("/storage/v1/bucket", json={"name": "files", "public": True}, headers=service)
    assert made.status_code == httpx2.codes.OK, made.text
    sent = await client.post("/storage/v1/object/files/one.txt", content=b"one", headers=service)
    assert sent.status_code == httpx2.codes.OK, sent.text
    assert (await client.get("/storage/v1/object/public/files/one.txt")).content == b"one"
    told = await client.post("/realtime/v1/api/broadcast", json={"messages": []}, headers=service)
    assert told.status_code < 500
    assert (await client.get("/somewhere")).status_code == httpx2.codes.NOT_FOUND


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({}, "headwater.local: DATABASE_URL: must name the Postgres to serve"),
        ({"KEYLESS": "perhaps"}, "headwater.local: KEYLESS: Input should be 'refuse' or 'anon'"),
        ({"ENVIRONMENT": "production", "KEYLESS": "anon"}, "headwater.local: KEYLESS: must be refuse when"),
    ],
)
async def test_a_wrong_setting_is_one_line(tmp_path: Path, settings: dict[str, str], line: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "headwater.local"),
        cwd=tmp_path,
        env=make_environment(tmp_path / "data", **settings),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 2
    assert said.decode().startswith(line)
    assert said.count(b"\n") == 1
