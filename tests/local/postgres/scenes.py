"""What the tests of the embedded Postgres have in common."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from headwater.local.postgres import LocalPostgres
from headwater.process import ChildEvent
from headwater.process.running import list_working_in


def make_server(
    folder: Path,
    *,
    port: int = 0,
    durable: bool = False,
    settings: Mapping[str, str] | None = None,
    events: list[ChildEvent] | None = None,
    silence: float = 120.0,
) -> LocalPostgres:
    """A server on any free port whose events are kept in `events`."""
    seen = events if events is not None else []
    return LocalPostgres(folder, port=port, durable=durable, settings=settings, silence=silence, on_event=seen.append)


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection for as long as the context lasts."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        # Not close(): a server that was killed doesn't answer it.
        connection.terminate()


async def count_rows(dsn: str) -> int:
    """How many rows the table `kept` has."""
    async with connected(dsn) as connection:
        return int(await connection.fetchval("select count(*) from kept"))


def list_server_processes(folder: Path) -> set[int]:
    """The processes of the server on a data folder."""
    return list_working_in(folder.resolve() / "cluster", program="postgres")


def read_postmaster(folder: Path) -> int:
    """The process id of the server on a data folder."""
    return int((folder / "cluster" / "postmaster.pid").read_text().split()[0])


def write_postmaster(folder: Path, pid: int) -> None:
    """Leave a `postmaster.pid` as a server with this process id would have, owned as its data is."""
    path = folder / "cluster" / "postmaster.pid"
    path.write_text(f"{pid}\n{folder}/cluster\n1700000000\n5432\n\n127.0.0.1\n  1234567  1\nready   \n")
    path.chmod(0o600)
    owner = (folder / "cluster").stat()
    os.chown(path, owner.st_uid, owner.st_gid)
