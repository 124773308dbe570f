"""Which sources are due: promoted from the table to check jobs, in batches, each with a ticket.

A ticket is the id of the check to come. Whoever writes the outcome must hold the source's present ticket, so a job
that was thought dead and comes back writes nothing. A ticket that no job redeemed in time lapses, and the source is due
again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, zip_longest
from uuid import UUID

import asyncpg

from headwater.products.watch.checks.breakdowns import report_lost

TICKET_VALID_FOR = timedelta(minutes=10)
BATCH_SIZE = 50
MAX_AT_ONCE = 2_000

_CLAIM = """
with due as (
    select id, workspace_id, check_ticket as lapsed
    from public.monitored_sources
    where status = 'active'
        and next_check_at <= headwater.now()
        and (checking_until is null or checking_until < headwater.now())
    order by next_check_at
    limit $1
    for update skip locked
), lost as (
    insert into public.source_checks (id, workspace_id, monitored_source_id, at, outcome, reason)
    select lapsed, workspace_id, id, headwater.now(), 'error', 'internal: lost'
    from due
    where lapsed is not null
    on conflict (id) do nothing
)
update public.monitored_sources as source
set check_ticket = headwater.uuidv7(),
    checking_until = headwater.now() + $2,
    last_error = case when due.lapsed is null then source.last_error else $3 end,
    last_error_kind = case when due.lapsed is null then source.last_error_kind else 'internal' end
from due
where source.id = due.id
returning source.id, source.check_ticket as check_id, source.workspace_id, source.host,
    due.lapsed is not null as is_lost
"""
_LOST = "The last check didn't come to an end on our side: its worker was lost, or too busy. It is tried again."

_CLAIM_ONE = """
update public.monitored_sources
set check_ticket = headwater.uuidv7(),
    checking_until = headwater.now() + $2
where id = $1
    and status <> 'deleted'
    and (checking_until is null or checking_until < headwater.now())
returning check_ticket
"""


@dataclass(frozen=True)
class Ticket:
    """The right to write the outcome of one check of one source."""

    source_id: UUID
    check_id: UUID


@dataclass(frozen=True)
class DueSource:
    """A source that was claimed for a check."""

    ticket: Ticket
    workspace_id: UUID
    host: str


async def claim_due(connection: asyncpg.Connection, *, limit: int = MAX_AT_ONCE) -> list[DueSource]:
    """Claim the sources that are due, the longest due first. Several claimers never get the same one.

    A ticket that lapsed stands for a check without an outcome; that is the line of history that it leaves.
    """
    rows = await connection.fetch(_CLAIM, limit, TICKET_VALID_FOR, _LOST)
    report_lost(sum(row["is_lost"] for row in rows))
    return [DueSource(Ticket(row["id"], row["check_id"]), row["workspace_id"], row["host"]) for row in rows]


async def claim_one(connection: asyncpg.Connection, source_id: UUID) -> UUID | None:
    """Claim one source whether due or not; return the check's id, or None when a check is under way."""
    check_id: UUID | None = await connection.fetchval(_CLAIM_ONE, source_id, TICKET_VALID_FOR)
    return check_id


def batch_by_workspace(due: list[DueSource], *, size: int = BATCH_SIZE) -> list[tuple[UUID, list[Ticket]]]:
    """Cut claimed sources into batches of one workspace, with the hosts mixed so that none is hit in a burst."""
    by_workspace: dict[UUID, dict[str, list[Ticket]]] = defaultdict(lambda: defaultdict(list))
    for source in due:
        by_workspace[source.workspace_id][source.host].append(source.ticket)
    batches: list[tuple[UUID, list[Ticket]]] = []
    for workspace_id, by_host in by_workspace.items():
        turns = chain.from_iterable(zip_longest(*by_host.values()))
        mixed = [ticket for ticket in turns if ticket is not None]
        batches += [(workspace_id, mixed[start : start + size]) for start in range(0, len(mixed), size)]
    return batches
