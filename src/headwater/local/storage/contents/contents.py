"""Which file holds which version: kept in the same transaction as the object, swept after the object is gone.

A file is put in place and its row written under a shared lock on the digest; it is removed under an exclusive one by
whoever has seen, under that lock, that no row names it. So a row that is committed always has its file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import asyncpg

from headwater.core.telemetry import get_logger
from headwater.local.storage.contents.stores import StoreAway, Written
from headwater.local.storage.server import SERVICE, StorageServer

logger = get_logger(__name__)
_GRACE = timedelta(hours=1)


async def keep_content(connection: asyncpg.Connection, server: StorageServer, written: Written, version: str) -> None:
    """Put a written file in place and note it under `version`. The transaction must run as the service."""
    await connection.execute("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", written.digest)
    await server.files.keep(written)
    await connection.execute(
        "insert into storage.contents (version, digest, size) values ($1, $2, $3)",
        version,
        written.digest,
        written.size,
    )


async def share_content(connection: asyncpg.Connection, digest: str, size: int, version: str) -> bool:
    """Note a content that is there already under one more version; False where it has just been deleted.

    The transaction must run as the service.
    """
    await connection.execute("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", digest)
    shared = await connection.fetchval(
        "insert into storage.contents (version, digest, size) select $1, $2, $3"
        " where exists (select from storage.contents where digest = $2) returning version",
        version,
        digest,
        size,
    )
    return shared is not None


async def sweep_versions(server: StorageServer, versions: Iterable[str | None]) -> None:
    """Forget versions whose objects are gone, and their files where no other version has the same content.

    Runs after the commit that deleted the objects. What fails here is found by the next `sweep_storage`.
    """
    given = [version for version in versions if version]
    if not given:
        return
    with _leaving_to_next_sweep():
        async with server.transaction(SERVICE, "sweep") as connection:
            rows = await connection.fetch(
                "delete from storage.contents where version = any ($1)"
                " and not exists (select from storage.objects where objects.version = contents.version)"
                " returning digest",
                given,
            )
        await remove_unnamed(server, {row["digest"] for row in rows})


async def sweep_digest(server: StorageServer, digest: str) -> None:
    """Remove the file of an upload that was put in place but not committed, unless another row names it."""
    with _leaving_to_next_sweep():
        await remove_unnamed(server, [digest])


@contextmanager
def _leaving_to_next_sweep() -> Iterator[None]:
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, StoreAway) as error:
        logger.warning("storage_sweep_failed", reason=f"{type(error).__name__}: {error}")


async def remove_unnamed(server: StorageServer, digests: Iterable[str]) -> int:
    """Remove the files that no row names; returns their number."""
    removed = 0
    for digest in digests:
        async with server.transaction(SERVICE, "sweep") as connection:
            await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", digest)
            if not await connection.fetchval("select exists (select from storage.contents where digest = $1)", digest):
                await server.files.remove(digest)
                removed += 1
    return removed


async def sweep_storage(server: StorageServer, *, grace: timedelta = _GRACE) -> int:
    """Remove what crashes and direct SQL left behind more than `grace` ago; returns the number of files removed.

    Safe beside uploads and other sweeps, on any host that has the folder.
    """
    moment = server.now() - grace
    async with server.transaction(SERVICE, "sweep") as connection:
        await connection.execute(
            "delete from storage.contents where created_at < $1"
            " and not exists (select from storage.objects where objects.version = contents.version)",
            moment,
        )
    long_ago = (server.now() - 24 * grace).timestamp()
    removed = await asyncio.to_thread(server.arrivals.drop_temporary, long_ago)
    removed += await asyncio.to_thread(server.uploads.drop_expired, server.now().timestamp())
    removed += await server.files.drop_unfinished(long_ago)
    old = await server.files.list_older(moment.timestamp())
    return removed + await remove_unnamed(server, await _find_unnamed(server, old))


async def _find_unnamed(server: StorageServer, digests: Sequence[str]) -> list[str]:
    async with server.transaction(SERVICE, "sweep") as connection:
        rows = await connection.fetch(
            "select given from unnest($1::text[]) as given"
            " where not exists (select from storage.contents where digest = given)",
            digests,
        )
    return [row["given"] for row in rows]
