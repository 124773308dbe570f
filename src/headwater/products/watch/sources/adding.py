"""Adding sources and asking for checks: what needs the outside world or the queue beside the table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.db import driver
from headwater.core.errors import Forbidden, InvalidInput
from headwater.core.extras import is_installed
from headwater.kit.fetch import Fetcher
from headwater.kit.fetch.urls import complete_url
from headwater.kit.jobs import enqueue
from headwater.products.watch.checks.due import claim_one
from headwater.products.watch.jobs import CheckSources, check_now
from headwater.products.watch.schemas import NewSource
from headwater.products.watch.sources import sources
from headwater.products.watch.sources.config import SourceConfig

_JUMPS_AHEAD = 1_000


async def check_new_source(new: NewSource, *, fetcher: Fetcher) -> str:
    """Give the complete address of a source to be, once it is known that it may be fetched.

    It asks the name servers, so it belongs before a transaction: they may be slow, and a connection would wait.

    Raises:
        InvalidInput: `blocked_address`, `invalid_url`, or `browser_missing`.
    """
    url = complete_url(new.url)
    require_renderer(new.config)
    await fetcher.check_public(url)
    return url


def require_renderer(config: SourceConfig) -> None:
    """See that what a source asks for is installed. Raises InvalidInput."""
    if config.render == "browser" and not is_installed("playwright"):
        raise InvalidInput(
            "This installation can't run pages in a browser.",
            code="browser_missing",
            hint="Install the extra `browser` and a Chromium, or set `render` to `http`.",
        )


async def request_check(connection: AsyncConnection, *, source_id: UUID) -> dict[str, Any]:
    """Ask for a check now. When one is under way, that one is named.

    Raises:
        NotFound: there is no such source.
        Forbidden: the caller may read it and no more.
    """
    source = await sources.read_source(connection, source_id=source_id)
    raw = await driver(connection)
    check_id = await claim_one(raw, source_id)
    if check_id is None:
        running = await raw.fetchval("select check_ticket from public.monitored_sources where id = $1", source_id)
        if running is not None:
            return {"check_id": running, "already_running": True}
        # The check that was under way ended between the two statements, or the caller may not claim at all.
        check_id = await claim_one(raw, source_id)
    if check_id is None:
        raise Forbidden("You may not check the sources of this workspace.")
    payload = CheckSources(tickets=[(source_id, check_id)])
    await enqueue(connection, check_now, payload, workspace_id=source["workspace_id"], priority=_JUMPS_AHEAD)
    return {"check_id": check_id, "already_running": False}
