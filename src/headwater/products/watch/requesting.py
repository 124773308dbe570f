"""Checks that somebody asks for, ahead of those that are due."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.database import driver
from headwater.core.errors import Forbidden
from headwater.kit.jobs import enqueue
from headwater.products.watch.checks.due import claim_one
from headwater.products.watch.jobs import CheckSources, check_now
from headwater.products.watch.sources import sources

_JUMPS_AHEAD = 1_000


@dataclass(frozen=True, slots=True)
class RequestedCheck:
    """A check that was asked for; `already_running` says that one was under way."""

    check_id: UUID
    already_running: bool


async def request_check(connection: AsyncConnection, *, source_id: UUID) -> RequestedCheck:
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
            return RequestedCheck(running, already_running=True)
        # The check that was under way ended between the two statements, or the caller may not claim at all.
        check_id = await claim_one(raw, source_id)
    if check_id is None:
        raise Forbidden("You may not check the sources of this workspace.")
    payload = CheckSources(tickets=[(source_id, check_id)])
    await enqueue(connection, check_now, payload, workspace_id=source.workspace_id, priority=_JUMPS_AHEAD)
    return RequestedCheck(check_id, already_running=False)
