"""Recording what checks found. Every write holds the source's ticket, so one check is recorded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import ValidationError

from headwater.core.text import clean_text
from headwater.products.watch.checks.due import Ticket
from headwater.products.watch.checks.fetching import SourceToCheck, Unchanged
from headwater.products.watch.checks.findings import FailedFinding, PageFinding
from headwater.products.watch.checks.reading import Postponed
from headwater.products.watch.checks.timing import PAUSE_AFTER_ERRORS
from headwater.products.watch.compare.notified import Notified, rest, write_notified
from headwater.products.watch.sources.config import SourceConfig

# A source whose version is gone, however that came, begins anew: it has nothing to be compared with.
_BEGIN = """
select
    source.id, source.check_ticket as check_id, source.name, source.url, source.kind, source.config,
    source.check_interval, source.error_count,
    case when content.id is not null then source.etag end as etag,
    case when content.id is not null then source.last_modified end as last_modified,
    case when content.id is not null then source.body_hash end as body_hash,
    content.id as current_content_id, source.volatility
from unnest($1::uuid[], $2::uuid[]) as ticket (source_id, check_id)
join public.monitored_sources as source
    on source.id = ticket.source_id and source.check_ticket = ticket.check_id
left join public.scraped_contents as content
    on content.id = source.current_content_id
where source.status <> 'deleted'
"""

# Rows are locked in the order of their keys before several are written, so that two who do that never wait in a ring.
_HOLD = """
select source.id
from unnest($1::uuid[], $2::uuid[]) as ticket (source_id, check_id)
join public.monitored_sources as source
    on source.id = ticket.source_id and source.check_ticket = ticket.check_id
order by source.id
for no key update of source
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

_RECORD_SEEN = """
with seen as (
    select *
    from unnest(
        $3::uuid[], $4::uuid[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::uuid[], $12::int[], $13::bigint[], $14::int[], $15::real[],
        $16::text[]
    ) as seen (
        source_id, check_id, next_check_at, outcome, etag, last_modified, body_hash, volatility, version_id,
        http_status, bytes, ms, score, reason
    )
), recorded as (
    update public.monitored_sources as source
    set last_checked_at = $2,
        next_check_at = seen.next_check_at,
        last_changed_at = case
            when seen.outcome in ('changed', 'below_threshold') then $2
            else source.last_changed_at
        end,
        etag = seen.etag,
        last_modified = seen.last_modified,
        body_hash = seen.body_hash,
        volatility = seen.volatility::jsonb,
        current_content_id = coalesce(seen.version_id, source.current_content_id),
        error_count = 0,
        last_error = null,
        last_error_kind = null,
        status = case source.status when 'error' then 'active' else source.status end,
        check_ticket = null,
        checking_until = null
    from seen
    where source.id = seen.source_id
)
insert into public.source_checks
    (id, workspace_id, monitored_source_id, at, outcome, http_status, bytes, ms, change_score, reason)
select
    seen.check_id, $1, seen.source_id, $2, seen.outcome, seen.http_status, seen.bytes, seen.ms, seen.score, seen.reason
from seen
"""

_RECORD_FAILED = """
with failed as (
    select *
    from unnest(
        $3::uuid[], $4::uuid[], $5::timestamptz[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::int[], $12::int[]
    ) as failed (
        source_id, check_id, next_check_at, errors, message, kind, outcome, reason, http_status, ms
    )
), recorded as (
    update public.monitored_sources as source
    set last_checked_at = $2,
        next_check_at = failed.next_check_at,
        error_count = failed.errors,
        last_error = failed.message,
        last_error_kind = failed.kind,
        status = case when failed.errors >= $13::integer then 'error' else source.status end,
        check_ticket = null,
        checking_until = null
    from failed
    where source.id = failed.source_id
)
insert into public.source_checks
    (id, workspace_id, monitored_source_id, at, outcome, reason, http_status, ms)
select failed.check_id, $1, failed.source_id, $2, failed.outcome, failed.reason, failed.http_status, failed.ms
from failed
"""

_ADD_ALERTS = """
insert into public.change_alerts (
    workspace_id, monitored_source_id, check_id, from_content_id, to_content_id, summary, details, severity, score,
    created_at
)
select
    $1, alert.source_id, alert.check_id, alert.from_content_id, alert.to_content_id, alert.summary,
    alert.details::jsonb, alert.severity, alert.score, $2
from unnest(
    $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::real[]
) as alert (source_id, check_id, from_content_id, to_content_id, summary, details, severity, score)
order by alert.check_id
returning check_id, id
"""


@dataclass(frozen=True)
class UnchangedCheck:
    """A check that only updates timestamps."""

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
    values: dict[str, Any] = dict(row)
    config = _read_config(values.pop("config"))
    interval, volatility = values.pop("check_interval"), values.pop("volatility")
    return SourceToCheck(
        **values,
        config=config if isinstance(config, SourceConfig) else SourceConfig(),
        interval=timedelta(seconds=interval),
        volatility=orjson.loads(volatility),
        config_fault=config if isinstance(config, str) else "",
    )


# Most sources share a few configurations, and reading one costs more than the rest of an unchanged check.
@lru_cache(maxsize=1_000)
def _read_config(text: str) -> SourceConfig | str:
    """Read a source's settings; a text in their place says why they can't be read."""
    try:
        return SourceConfig.model_validate_json(text)
    except ValidationError as error:
        # Whoever may edit the table may write anything there; the one source fails, not its whole batch.
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {first['msg'].removeprefix('Value error, ')}"[:300]


def _write_rest(notified: Notified) -> str | None:
    """Return what is known when nothing moved, as JSON, or None when that is what was known before."""
    if notified.is_unread or not notified.places:
        return None
    return orjson.dumps(write_notified(rest(notified))).decode()


async def record_quiet(connection: asyncpg.Connection, quiet: Sequence[UnchangedCheck]) -> None:
    """Record the checks that found nothing new, in one statement each for seen and postponed ones."""
    await hold_tickets(connection, [one.source for one in quiet])
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
                    _write_rest(one.source.notified),
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


async def hold_tickets(connection: asyncpg.Connection, sources: Sequence[SourceToCheck]) -> set[UUID]:
    """Lock sources for this transaction; returns the ids of those whose tickets are still those of these checks."""
    ids, tickets = [source.id for source in sources], [source.check_id for source in sources]
    return {row["id"] for row in await connection.fetch(_HOLD, ids, tickets)}


async def record_seen(
    connection: asyncpg.Connection,
    findings: Sequence[PageFinding],
    *,
    workspace_id: UUID,
    version_ids: Mapping[UUID, UUID],
    now: datetime,
) -> None:
    """Record checks that read a page: the sources' new state and a line of history each."""
    if not findings:
        return
    rows = [
        (
            one.source.id,
            one.source.check_id,
            one.next_check_at,
            one.outcome,
            one.look.etag,
            one.look.last_modified,
            one.look.body_hash,
            orjson.dumps(write_notified(one.notified)).decode(),
            version_ids.get(one.source.id),
            one.look.http_status,
            one.look.bytes,
            one.look.ms,
            one.score,
            one.reason,
        )
        for one in findings
    ]
    await connection.execute(_RECORD_SEEN, workspace_id, now, *map(list, zip(*rows, strict=True)))


async def record_failed(
    connection: asyncpg.Connection, findings: Sequence[FailedFinding], *, workspace_id: UUID, now: datetime
) -> None:
    """Record checks that failed. The tenth failure in a row pauses a source, unless the fault is ours."""
    if not findings:
        return
    rows = [
        (
            one.source.id,
            one.source.check_id,
            one.next_check_at,
            _count_errors(one),
            clean_text(one.look.message)[:500],
            one.look.kind,
            "unusable" if one.look.kind == "unusable" else "error",
            one.look.kind if one.look.reason == one.look.kind else f"{one.look.kind}: {one.look.reason}",
            one.look.http_status,
            one.look.ms,
        )
        for one in findings
    ]
    await connection.execute(_RECORD_FAILED, workspace_id, now, *map(list, zip(*rows, strict=True)), PAUSE_AFTER_ERRORS)


def _count_errors(finding: FailedFinding) -> int:
    errors = finding.source.error_count + 1
    if finding.look.kind == "internal":
        return min(errors, max(finding.source.error_count, PAUSE_AFTER_ERRORS - 1))
    return errors


async def add_alerts(
    connection: asyncpg.Connection,
    findings: Sequence[PageFinding],
    *,
    workspace_id: UUID,
    version_ids: Mapping[UUID, UUID],
    now: datetime,
) -> dict[UUID, UUID]:
    """Add the alerts of checks and give their ids by check. A check's id is unique among alerts."""
    rows = [
        (
            one.source.id,
            one.source.check_id,
            alert.from_content_id,
            version_ids[one.source.id],
            alert.summary,
            orjson.dumps(alert.details).decode(),
            alert.severity,
            alert.score,
        )
        for one in findings
        if (alert := one.alert) is not None
    ]
    if not rows:
        return {}
    added = await connection.fetch(_ADD_ALERTS, workspace_id, now, *map(list, zip(*rows, strict=True)))
    return {row["check_id"]: row["id"] for row in added}
