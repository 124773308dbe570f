"""What the database says afterwards: alerts in their order, deliveries, and everything that must have come to rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import asyncpg

_ALERTS = """
select alert.id, alert.monitored_source_id as source_id, version.content
from public.change_alerts as alert
join public.scraped_contents as version on version.id = alert.to_content_id
order by alert.id desc
limit $1
"""
_UNFINISHED_JOBS = """
select count(*)
from procrastinate.procrastinate_jobs
where status in ('todo', 'doing') and task_name not like 'headwater.%'
"""
_UNFINISHED_DELIVERIES = """
select count(*)
from public.notification_deliveries
where status in ('pending', 'sending', 'failed')
"""
# An alert's deliveries were committed together with it.
_OPEN_DELIVERIES = """
select event.subject_id as alert_id, count(*) as number
from public.notification_events as event
join public.notification_deliveries as delivery on delivery.event_id = event.id
where event.kind = 'watch.alert'
    and event.subject_id = any($1)
    and delivery.status in ('pending', 'sending', 'failed')
group by 1
"""
_HURRY_DELIVERIES = """
update public.notification_deliveries
set due_at = now()
where status = 'failed'
    and due_at > now()
"""
_HURRY_JOBS = """
update procrastinate.procrastinate_jobs
set scheduled_at = now()
where status = 'todo'
    and task_name = 'notify.deliver'
    and scheduled_at > now()
"""
_OVERDUE = """
select count(*)
from public.monitored_sources
where status <> 'active' or next_check_at < now() - interval '1 minute' or check_ticket is not null
"""
_SILENT_CHANGES = """
select count(*)
from public.source_checks as one
where one.outcome = 'changed'
    and not exists (select from public.change_alerts as alert where alert.check_id = one.id)
"""
# Each alert begins at the version that the page's alert before it ended with.
_BROKEN_CHAINS = """
select count(*)
from (
    select from_content_id, lag(to_content_id) over (partition by monitored_source_id order by id) as before
    from public.change_alerts
) as alert
where alert.before is not null and alert.before <> alert.from_content_id
"""
_UNTOLD_ALERTS = """
select count(*)
from public.change_alerts as alert
where not exists (select from public.notification_events as event where event.subject_id = alert.id)
"""
_SLOT_BYTES = """
select coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)), 0)
from pg_replication_slots
"""
_ADVISORY_LOCKS = "select count(*) from pg_locks where locktype = 'advisory'"


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert and the text of the version that it led to."""

    id: UUID
    source_id: UUID
    content: str


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left once all is quiet. Everything but `slot_bytes` and `advisory_locks` must be 0."""

    unfinished_jobs: int
    unfinished_deliveries: int
    overdue_sources: int
    changes_without_alert: int
    broken_version_chains: int
    alerts_without_event: int
    slot_bytes: int
    advisory_locks: int

    @property
    def at_rest(self) -> bool:
        """Say whether nothing is left to do and nothing is lost; the slot may lag by 64 MB at most."""
        figures = asdict(self)
        locks, slot = figures.pop("advisory_locks"), figures.pop("slot_bytes")
        return not any(figures.values()) and locks <= 2 and slot <= 64 * 1024 * 1024


async def read_alerts(connection: asyncpg.Connection, *, newest: int) -> list[Alert]:
    """Read the newest alerts, the oldest of them first."""
    rows = reversed(await connection.fetch(_ALERTS, newest))
    return [Alert(row["id"], row["source_id"], row["content"]) for row in rows]


async def make_due(connection: asyncpg.Connection, sources: Sequence[UUID]) -> None:
    """Let these sources be due now, unless a check of them runs."""
    await connection.execute(
        "update public.monitored_sources set next_check_at = now() where id = any($1) and check_ticket is null",
        list(sources),
    )


async def count_checks(connection: asyncpg.Connection, sources: Sequence[UUID]) -> dict[UUID, int]:
    """Count the checks of each source that has any; those that found nothing at a host in its pause are none."""
    rows = await connection.fetch(
        "select monitored_source_id as source_id, count(*) as number from public.source_checks"
        " where monitored_source_id = any($1) group by 1",
        list(sources),
    )
    return {row["source_id"]: row["number"] for row in rows}


async def read_rest(connection: asyncpg.Connection) -> Rest:
    """Count what is left."""
    return Rest(
        *[
            int(await connection.fetchval(query))
            for query in (
                _UNFINISHED_JOBS,
                _UNFINISHED_DELIVERIES,
                _OVERDUE,
                _SILENT_CHANGES,
                _BROKEN_CHAINS,
                _UNTOLD_ALERTS,
                _SLOT_BYTES,
                _ADVISORY_LOCKS,
            )
        ]
    )


async def count_deliveries(connection: asyncpg.Connection) -> dict[str, int]:
    """Count the deliveries by channel and status: `email sent`, `webhook dead`, …"""
    rows = await connection.fetch(
        "select channel || ' ' || status as what, count(*) as number from public.notification_deliveries group by 1"
    )
    return {row["what"]: row["number"] for row in rows}


async def count_open_deliveries(connection: asyncpg.Connection, alerts: Sequence[UUID]) -> dict[UUID, int]:
    """Count the deliveries of each alert that are still under way; alerts without any are left out."""
    return {row["alert_id"]: row["number"] for row in await connection.fetch(_OPEN_DELIVERIES, list(alerts))}


async def hurry_retries(connection: asyncpg.Connection) -> None:
    """Let the deliveries that wait for another attempt be due now."""
    await connection.execute(_HURRY_DELIVERIES)
    await connection.execute(_HURRY_JOBS)


async def count_jobs(connection: asyncpg.Connection) -> dict[str, int]:
    """Count the jobs in the queues by kind and status: `watch.check doing`, `notify.deliver failed`, …"""
    rows = await connection.fetch(
        "select task_name || ' ' || status as what, count(*) as number from procrastinate.procrastinate_jobs group by 1"
    )
    return {row["what"]: row["number"] for row in rows}


async def read_slots(connection: asyncpg.Connection) -> dict[str, int]:
    """Return the replication slots with the bytes that each keeps back."""
    rows = await connection.fetch(
        "select slot_name, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint as bytes"
        " from pg_replication_slots"
    )
    return {row["slot_name"]: row["bytes"] for row in rows}
