"""Recording what checks found. Every write holds the source's ticket, so one check is recorded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import ValidationError

from headwater.core.text import clean_text
from headwater.products.watch.due import Ticket
from headwater.products.watch.looking import Seen, SourceToCheck, Unchanged
from headwater.products.watch.reading import Failed, Postponed
from headwater.products.watch.source_config import SourceConfig
from headwater.products.watch.timing import PAUSE_AFTER_ERRORS
from headwater.products.watch.told import Told, rest, write_told

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

_HOLD = "select true from public.monitored_sources where id = $1 and check_ticket = $2 for update"

_RECORD_SEEN = """
with recorded as (
    update public.monitored_sources
    set last_checked_at = $4,
        next_check_at = $5,
        last_changed_at = case when $6 in ('changed', 'below_threshold') then $4 else last_changed_at end,
        etag = $7,
        last_modified = $8,
        body_hash = $9,
        volatility = $10,
        current_content_id = coalesce($11, current_content_id),
        error_count = 0,
        last_error = null,
        last_error_kind = null,
        status = case status when 'error' then 'active' else status end,
        check_ticket = null,
        checking_until = null
    where id = $1
)
insert into public.source_checks
    (id, workspace_id, monitored_source_id, at, outcome, http_status, bytes, ms, change_score, reason)
values ($2, $3, $1, $4, $6, $12, $13, $14, $15, $16)
"""

_RECORD_FAILED = """
with recorded as (
    update public.monitored_sources
    set last_checked_at = $4,
        next_check_at = $5,
        error_count = $6::integer,
        last_error = $7,
        last_error_kind = $8,
        status = case when $6::integer >= $9::integer then 'error' else status end,
        check_ticket = null,
        checking_until = null
    where id = $1
)
insert into public.source_checks
    (id, workspace_id, monitored_source_id, at, outcome, reason, http_status, ms)
values ($2, $3, $1, $4, $10, $11, $12, $13)
"""

_ADD_ALERT = """
insert into public.change_alerts (
    workspace_id, monitored_source_id, check_id, from_content_id, to_content_id, summary, details, severity, score,
    created_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning id
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
    return [_read_source(row) for row in rows]


def _read_source(row: asyncpg.Record) -> SourceToCheck:
    config = _read_config(row[5])
    return SourceToCheck(
        id=row[0],
        check_id=row[1],
        name=row[2],
        url=row[3],
        kind=row[4],
        config=config if isinstance(config, SourceConfig) else SourceConfig(),
        interval=timedelta(seconds=row[6]),
        error_count=row[7],
        etag=row[8],
        last_modified=row[9],
        body_hash=row[10],
        current_content_id=row[11],
        volatility=orjson.loads(row[12]),
        config_fault=config if isinstance(config, str) else "",
    )


_configs: dict[str, SourceConfig] = {}


def _read_config(text: str) -> SourceConfig | str:
    """Read a source's settings; a text in their place says why they can't be read."""
    # Most sources share a few configurations, and reading one costs more than the rest of an unchanged check.
    known = _configs.get(text)
    if known is None:
        if len(_configs) > 1_000:
            _configs.clear()
        try:
            known = _configs[text] = SourceConfig.model_validate_json(text)
        except ValidationError as error:
            # Whoever may edit the table may write anything there; the one source fails, not its whole batch.
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            return f"{place}: {first['msg'].removeprefix('Value error, ')}"[:300]
    return known


def _write_rest(told: Told) -> str | None:
    """Give what is known when nothing moved, as JSON, or None when that is what was known before."""
    if told.is_unread or not told.places:
        return None
    return orjson.dumps(write_told(rest(told))).decode()


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
                    _write_rest(one.source.told),
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


async def hold_ticket(connection: asyncpg.Connection, source: SourceToCheck) -> bool:
    """Lock the source for this transaction; False when its ticket is no longer the one that this check holds."""
    return await connection.fetchval(_HOLD, source.id, source.check_id) is True


async def record_seen(
    connection: asyncpg.Connection,
    source: SourceToCheck,
    seen: Seen,
    *,
    workspace_id: UUID,
    outcome: str,
    version_id: UUID | None,
    told: Told,
    score: float | None,
    reason: str | None,
    now: datetime,
    next_check_at: datetime,
) -> None:
    """Record a check that read a page: the source's new state and a line of its history.

    `told`: what the next check has to know; `reason`: why nothing is told, where nothing is.
    """
    await connection.execute(
        _RECORD_SEEN,
        source.id,
        source.check_id,
        workspace_id,
        now,
        next_check_at,
        outcome,
        seen.etag,
        seen.last_modified,
        seen.body_hash,
        orjson.dumps(write_told(told)).decode(),
        version_id,
        seen.http_status,
        seen.bytes,
        seen.ms,
        score,
        reason,
    )


async def record_failed(
    connection: asyncpg.Connection,
    source: SourceToCheck,
    failed: Failed,
    *,
    workspace_id: UUID,
    now: datetime,
    next_check_at: datetime,
) -> None:
    """Record a check that failed. The tenth failure in a row pauses the source, unless the fault is ours."""
    errors = source.error_count + 1
    if failed.kind == "internal":
        errors = min(errors, max(source.error_count, PAUSE_AFTER_ERRORS - 1))
    await connection.execute(
        _RECORD_FAILED,
        source.id,
        source.check_id,
        workspace_id,
        now,
        next_check_at,
        errors,
        clean_text(failed.message)[:500],
        failed.kind,
        PAUSE_AFTER_ERRORS,
        "unusable" if failed.kind == "unusable" else "error",
        f"{failed.kind}: {failed.reason}" if failed.reason != failed.kind else failed.kind,
        failed.http_status,
        failed.ms,
    )


async def add_alert(
    connection: asyncpg.Connection,
    source: SourceToCheck,
    *,
    workspace_id: UUID,
    from_content_id: UUID | None,
    to_content_id: UUID,
    summary: str,
    details: Mapping[str, Any],
    severity: str,
    score: float,
    now: datetime,
) -> UUID:
    """Add the alert of a check and give its id. The check's id is unique among alerts."""
    alert_id: UUID = await connection.fetchval(
        _ADD_ALERT,
        workspace_id,
        source.id,
        source.check_id,
        from_content_id,
        to_content_id,
        summary,
        orjson.dumps(details).decode(),
        severity,
        score,
        now,
    )
    return alert_id
