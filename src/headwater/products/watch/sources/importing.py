"""Sources in from an OPML file: uploaded, checked, added."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import Conflict, HeadwaterError, InvalidInput, TooLarge
from headwater.kit.fetch import Fetcher
from headwater.kit.fetch.urls.normalising import normalise_url
from headwater.products.watch.sources.adding import check_new_source
from headwater.products.watch.sources.schemas import ImportResult, NewSource
from headwater.products.watch.sources.sources import add_source

MAX_BYTES = 1_000_000
CHECKED_AT_ONCE = 20


async def read_body(stream: AsyncIterator[bytes]) -> bytes:
    """Read an upload. Raises TooLarge above 1 MB."""
    body = bytearray()
    async for piece in stream:
        body += piece
        if len(body) > MAX_BYTES:
            raise TooLarge("An OPML file may have 1 MB at most; split it.")
    return bytes(body)


async def check_entries(entries: Sequence[NewSource | str], *, fetcher: Fetcher) -> list[tuple[NewSource, str] | str]:
    """See which outlines may be watched, several at once: (source, complete address), or why it may not."""
    turns = asyncio.Semaphore(CHECKED_AT_ONCE)

    async def check(entry: NewSource | str) -> tuple[NewSource, str] | str:
        if isinstance(entry, str):
            return entry
        try:
            async with turns:
                return entry, await check_new_source(entry, fetcher=fetcher)
        except HeadwaterError as error:
            if error.status != InvalidInput.status:
                raise
            return f"{entry.url[:200]}: {error.message}"

    return await asyncio.gather(*map(check, entries))


async def import_sources(
    connection: AsyncConnection,
    entries: Sequence[tuple[NewSource, str] | str],
    *,
    workspace_id: UUID,
    created_by: UUID,
) -> ImportResult:
    """Watch what an OPML file lists. An outline that can't be watched is named; the others are added all the same."""
    result = ImportResult(added=0, already_watched=0, refused=[entry for entry in entries if isinstance(entry, str)])
    full: str | None = None
    # In the order of the key: whoever watches the same pages at the same time waits, and never in a ring.
    readable = sorted((one for one in entries if not isinstance(one, str)), key=lambda one: normalise_url(one[1]))
    for new, url in readable:
        if full is not None:
            result.refused.append(f"{url[:200]}: {full}")
            continue
        try:
            await add_source(connection, new, url=url, workspace_id=workspace_id, created_by=created_by)
            result.added += 1
        except Conflict as conflict:
            if conflict.code == "already_watched":
                result.already_watched += 1
                continue
            full = conflict.message
            result.refused.append(f"{url[:200]}: {full}")
    return result
