"""Recording what checks found. Every write holds the source's ticket, so one check is recorded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.products.watch.due import Ticket
from headwater.products.watch.learning import learn_volatility
from headwater.products.watch.looking import Failed, Postponed, Seen, SourceToCheck, Unchanged
from headwater.products.watch.source_config import SourceConfig
from headwater.products.watch.tables import change_alerts, monitored_sources, source_checks
from headwater.products.watch.timing import PAUSE_AFTER_ERRORS

_RELEASED: dict[str, Any] = {"check_ticket": None, "checking_until": None}

_BEGIN = """
select
    source.id, source.check_ticket, source.name, source.url, source.kind, source.config, source.check_interval,
    source.error_count, source.etag, source.last_modified, source.body_hash, source.current_content_id,
    source.volatility
from unnest($1::uuid[], $2::uuid[]) as ticket (source_id, check_id)
join public.monitored_sources as source
    on source.id = ticket.source_id and source.check_ticket = ticket.check_id
where source.status <> 'deleted'
"""

_RECORD_UNCHANGED = """
with seen as (
    select *
    from unnest(
        $1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::int[],
        $9::text[]
    ) as seen (source_id, check_id, next_check_at, etag, last_modified, http_status, bytes, ms, volatility)
), recorded as (
    update public.monitored_sources as source
    set last_checked_at = headwater.now(),
        next_check_at = seen.next_check_at,
        etag = seen.etag,
        last_modified = seen.last_modified,
        volatility = coalesce(seen.volatility::jsonb, source.volatility),
        error_count = 0,
        last_error = null,
        last_error_kind = null,
        status = case source.status when 'error' then 'active' else source.status end,
        check_ticket = null,
        checking_until = null
    from seen
    where source.id = seen.source_id
        and source.check_ticket = seen.check_id
    returning source.id, source.workspace_id
)
insert into public.source_checks (id, workspace_id, monitored_source_id, at, outcome, http_status, bytes, ms)
select seen.check_id, recorded.workspace_id, recorded.id, headwater.now(), 'unchanged', seen.http_status, seen.bytes,
    seen.ms
from recorded
join seen on seen.source_id = recorded.id
"""

_RECORD_POSTPONED = """
update public.monitored_sources as source
set next_check_at = postponed.next_check_at,
    check_ticket = null,
    checking_until = null
from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as postponed (source_id, check_id, next_check_at)
where source.id = postponed.source_id
    and source.check_ticket = postponed.check_id
"""


@dataclass(frozen=True)
class Quiet:
    """A check after which nothing but the times moves."""

    source: SourceToCheck
    look: Unchanged | Postponed
    next_check_at: datetime


async def begin_checks(connection: asyncpg.Connection, tickets: Sequence[Ticket]) -> list[SourceToCheck]:
    """Read the sources whose tickets still hold; the others were checked, deleted or claimed anew."""
    rows = await connection.fetch(
        _BEGIN, [ticket.source_id for ticket in tickets], [ticket.check_id for ticket in tickets]
    )
    return [
        SourceToCheck(
            id=row[0],
            check_id=row[1],
            name=row[2],
            url=row[3],
            kind=row[4],
            config=_read_config(row[5]),
            interval=timedelta(seconds=row[6]),
            error_count=row[7],
            etag=row[8],
            last_modified=row[9],
            body_hash=row[10],
            current_content_id=row[11],
            volatility=orjson.loads(row[12]),
        )
        for row in rows
    ]


_configs: dict[str, SourceConfig] = {}


def _read_config(text: str) -> SourceConfig:
    # Most sources share a few configurations, and reading one costs more than the rest of an unchanged check.
    known = _configs.get(text)
    if known is None:
        if len(_configs) > 1_000:
            _configs.clear()
        known = _configs[text] = SourceConfig.model_validate_json(text)
    return known


def _learn_quiet(volatility: dict[str, Any]) -> str | None:
    """Give what is learnt when nothing moved (a place that rests is no noise), or None when that adds nothing."""
    if not volatility.get("slots"):
        return None
    return orjson.dumps(learn_volatility(volatility, changed=())).decode()


async def record_quiet(connection: asyncpg.Connection, quiet: Sequence[Quiet]) -> None:
    """Record the checks that found nothing new, in one statement each for seen and postponed ones."""
    seen = [(one, one.look) for one in quiet if isinstance(one.look, Unchanged)]
    if seen:
        columns = zip(
            *(
                (
                    one.source.id,
                    one.source.check_id,
                    one.next_check_at,
                    look.etag,
                    look.last_modified,
                    look.http_status,
                    look.bytes,
                    look.ms,
                    _learn_quiet(one.source.volatility),
                )
                for one, look in seen
            ),
            strict=True,
        )
        await connection.execute(_RECORD_UNCHANGED, *(list(column) for column in columns))
    postponed = [one for one in quiet if isinstance(one.look, Postponed)]
    if postponed:
        await connection.execute(
            _RECORD_POSTPONED,
            [one.source.id for one in postponed],
            [one.source.check_id for one in postponed],
            [one.next_check_at for one in postponed],
        )


async def hold_ticket(connection: AsyncConnection, source: SourceToCheck) -> bool:
    """Lock the source for this transaction; False when its ticket is no longer the one that this check holds."""
    statement = (
        select(monitored_sources.c.id)
        .where(monitored_sources.c.id == source.id, monitored_sources.c.check_ticket == source.check_id)
        .with_for_update()
    )
    return (await connection.execute(statement)).first() is not None


async def record_seen(
    connection: AsyncConnection,
    source: SourceToCheck,
    seen: Seen,
    *,
    workspace_id: UUID,
    outcome: str,
    version_id: UUID | None,
    volatility: Mapping[str, Any],
    score: float | None,
    now: datetime,
    next_check_at: datetime,
) -> None:
    """Record a check that read a page: the source's new state and a line of its history."""
    values: dict[str, Any] = {
        "last_checked_at": now,
        "next_check_at": next_check_at,
        "etag": seen.etag,
        "last_modified": seen.last_modified,
        "body_hash": seen.body_hash,
        "volatility": dict(volatility),
        "error_count": 0,
        "last_error": None,
        "last_error_kind": None,
        "status": case({"error": "active"}, value=monitored_sources.c.status, else_=monitored_sources.c.status),
        **_RELEASED,
    }
    if version_id is not None:
        values["current_content_id"] = version_id
    if outcome in {"changed", "below_threshold"}:
        values["last_changed_at"] = now
    await connection.execute(update(monitored_sources).where(monitored_sources.c.id == source.id).values(**values))
    await _add_check(
        connection,
        source,
        workspace_id=workspace_id,
        at=now,
        outcome=outcome,
        http_status=seen.http_status,
        bytes=seen.bytes,
        ms=seen.ms,
        change_score=score,
    )


async def record_failed(
    connection: AsyncConnection,
    source: SourceToCheck,
    failed: Failed,
    *,
    workspace_id: UUID,
    now: datetime,
    next_check_at: datetime,
) -> None:
    """Record a check that failed. The tenth failure in a row pauses the source."""
    errors = source.error_count + 1
    values: dict[str, Any] = {
        "last_checked_at": now,
        "next_check_at": next_check_at,
        "error_count": errors,
        "last_error": failed.message[:500],
        "last_error_kind": failed.kind,
        **_RELEASED,
    }
    if errors >= PAUSE_AFTER_ERRORS:
        values["status"] = "error"
    await connection.execute(update(monitored_sources).where(monitored_sources.c.id == source.id).values(**values))
    await _add_check(
        connection,
        source,
        workspace_id=workspace_id,
        at=now,
        outcome="unusable" if failed.kind == "unusable" else "error",
        reason=f"{failed.kind}: {failed.reason}" if failed.reason != failed.kind else failed.kind,
        http_status=failed.http_status,
        ms=failed.ms,
    )


async def add_alert(connection: AsyncConnection, source: SourceToCheck, **values: Any) -> UUID:
    """Add the alert of a check and give its id. The check's id is unique among alerts."""
    statement = (
        insert(change_alerts)
        .values(monitored_source_id=source.id, check_id=source.check_id, **values)
        .returning(change_alerts.c.id)
    )
    alert_id: UUID = (await connection.execute(statement)).scalar_one()
    return alert_id


async def _add_check(connection: AsyncConnection, source: SourceToCheck, **values: Any) -> None:
    await connection.execute(insert(source_checks).values(id=source.check_id, monitored_source_id=source.id, **values))
