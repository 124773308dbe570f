"""A month of history for the demo: made up, and judged and recorded by the rules and tables of real checks.

The versions are the pages of the simulated web as they read in each past state, the alerts are what comparing them
finds. Only moments, answer times and failures are invented. All rows are of the demo's own workspace.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import aiohttp
import asyncpg

from headwater.kit.demo import WorldControl
from headwater.products.watch.checks import recording, versions
from headwater.products.watch.checks.fetching import PageRead, SourceToCheck
from headwater.products.watch.checks.findings import Alert, FailedFinding, PageFinding, SeenOutcome
from headwater.products.watch.checks.judging.judgement import judge_change
from headwater.products.watch.checks.page_reading import read_body
from headwater.products.watch.checks.reading import Failed
from headwater.products.watch.checks.versions import NewVersion
from headwater.products.watch.demo.pages import PastFailure, PastState, Watched, find_address
from headwater.products.watch.page.extract import Page
from headwater.products.watch.sources.config import SourceConfig

INTERVAL = timedelta(hours=1)
_NOISE = ("advert", "clock", "counter")

_ADD_QUIET_CHECKS = """
insert into public.source_checks (id, workspace_id, monitored_source_id, at, outcome, reason, http_status, bytes, ms)
select seen.id, $1, $2, seen.at, seen.outcome, seen.reason, seen.http_status, seen.bytes, seen.ms
from unnest($3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::int[], $8::bigint[], $9::int[])
    as seen (id, at, outcome, reason, http_status, bytes, ms)
"""

_DATE_VERSION = "update public.scraped_contents set created_at = $2 where id = $1 and workspace_id = $3"

# What the last past check left behind is what the next real one begins with.
_END = """
update public.monitored_sources
set created_at = $3,
    last_checked_at = $4,
    next_check_at = headwater.now() + make_interval(secs => check_interval),
    error_count = 0,
    last_error = null,
    last_error_kind = null,
    status = 'active'
where id = $1
    and workspace_id = $2
"""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as it reads in one of its states, from a moment on."""

    since: datetime
    page: Page
    bytes: int
    body_hash: str


@dataclass(frozen=True, slots=True)
class PastSource:
    """A source of the demo and all that its page said in the past."""

    id: UUID
    watched: Watched
    url: str
    seen: tuple[SeenPage, ...]


@dataclass(frozen=True, slots=True)
class QuietCheck:
    """A past check that found nothing new."""

    id: UUID
    at: datetime
    outcome: str
    reason: str | None
    http_status: int
    bytes: int
    ms: int


async def read_past(
    world: WorldControl, watched: Sequence[Watched], *, now: datetime
) -> dict[str, tuple[SeenPage, ...]]:
    """Read every page in each of its past states. The simulated web is as on its first day before and after."""
    urls = await world.find_urls()
    past: dict[str, tuple[SeenPage, ...]] = {}
    async with aiohttp.ClientSession() as session:
        for one in watched:
            seen = []
            for state in one.states:
                await world.call("web", "reset")
                for act in state.acts:
                    await world.call("web", act.action, **act.arguments)
                seen.append(await _read_page(session, find_address(one.page, urls), state, now=now))
            past[one.page] = tuple(seen)
    await world.call("web", "reset")
    return past


async def _read_page(session: aiohttp.ClientSession, url: str, state: PastState, *, now: datetime) -> SeenPage:
    async with session.get(url) as response:
        body, kind = await response.read(), response.headers.get("Content-Type", "")
    page, _ = await asyncio.to_thread(read_body, body, kind, url, SourceConfig())
    since = now - timedelta(days=state.days_ago)
    return SeenPage(since, page, len(body), hashlib.sha256(body).hexdigest())


async def write_history(
    connection: asyncpg.Connection, past: Sequence[PastSource], *, workspace_id: UUID, now: datetime
) -> list[UUID]:
    """Write the checks, versions and alerts of the past, in the order in which they came; returns the alerts' ids."""
    alerts: list[UUID] = []
    current: dict[UUID, tuple[UUID, SeenPage]] = {}
    changes = [(seen.since, source, seen) for source in past for seen in source.seen]
    for at, source, seen in sorted(changes, key=lambda change: change[0]):
        chance = random.Random(f"{source.watched.page} {seen.body_hash}")
        before = current.get(source.id)
        finding = _find(source, seen, before=before, check_id=make_key(at, chance), chance=chance)
        version = NewVersion(source.id, seen.page.title, seen.page.passages)
        stored = await versions.store_versions(connection, [version], workspace_id=workspace_id)
        await recording.record_seen(connection, [finding], workspace_id=workspace_id, version_ids=stored, now=at)
        added = await recording.add_alerts(connection, [finding], workspace_id=workspace_id, version_ids=stored, now=at)
        alerts += added.values()
        if before is None or before[0] != stored[source.id]:
            await connection.execute(_DATE_VERSION, stored[source.id], at, workspace_id)
        current[source.id] = (stored[source.id], seen)
    for source in past:
        await _write_checks(connection, source, workspace_id=workspace_id, now=now)
    return alerts


def _find(
    source: PastSource, seen: SeenPage, *, before: tuple[UUID, SeenPage] | None, check_id: UUID, chance: random.Random
) -> PageFinding:
    """Judge what a past check saw, as a real one does."""
    look = PageRead(
        seen.page, 200, seen.bytes, _draw_ms(source.watched, seen.since, chance), None, None, seen.body_hash
    )
    checked = _describe_source(source, check_id=check_id)
    if before is None:
        return PageFinding(checked, look, seen.since + INTERVAL, "first")
    version_id, old = before
    judgement = judge_change(old.page.passages, seen.page.passages, config=checked.config, volatility={})
    score = judgement.comparison.score
    if not judgement.severity.alert:
        outcome: SeenOutcome = "noise" if judgement.touches_nothing else "below_threshold"
        return PageFinding(checked, look, seen.since + INTERVAL, outcome, score=score, reason=judgement.explain())
    alert = Alert(version_id, judgement.summary, judgement.details, judgement.severity.level, score)
    return PageFinding(checked, look, seen.since + INTERVAL, "changed", score=score, alert=alert)


async def _write_checks(
    connection: asyncpg.Connection, source: PastSource, *, workspace_id: UUID, now: datetime
) -> None:
    """Write the checks of one source that found nothing new, and those that failed."""
    chance = random.Random(source.watched.page)
    begin = source.seen[0].since
    failing = dict(_list_failures(source.watched, now=now))
    quiet: list[QuietCheck] = []
    at = begin + INTERVAL
    while at < now:
        moment = at - timedelta(seconds=chance.uniform(0, 120))
        failure = failing.get(math.floor((now - at) / INTERVAL))
        if failure is not None:
            await _write_failure(connection, source, failure, at=moment, workspace_id=workspace_id, chance=chance)
        else:
            quiet.append(_draw_quiet(source, moment, chance))
        at += INTERVAL
    columns = zip(
        *((one.id, one.at, one.outcome, one.reason, one.http_status, one.bytes, one.ms) for one in quiet), strict=True
    )
    await connection.execute(_ADD_QUIET_CHECKS, workspace_id, source.id, *(list(column) for column in columns))
    await connection.execute(_END, source.id, workspace_id, begin, quiet[-1].at)


def _list_failures(watched: Watched, *, now: datetime) -> Iterator[tuple[int, PastFailure]]:
    """List which checks failed, by how many whole intervals ago they were."""
    for failure in watched.failures:
        first = math.floor(timedelta(days=failure.days_ago) / INTERVAL)
        yield from ((first - number, failure) for number in range(failure.hours))


async def _write_failure(
    connection: asyncpg.Connection,
    source: PastSource,
    failure: PastFailure,
    *,
    at: datetime,
    workspace_id: UUID,
    chance: random.Random,
) -> None:
    failed = Failed(failure.kind, failure.reason, failure.message, failure.http_status)
    checked = _describe_source(source, check_id=make_key(at, chance))
    finding = FailedFinding(checked, failed, at + INTERVAL)
    await recording.record_failed(connection, [finding], workspace_id=workspace_id, now=at)


def _draw_quiet(source: PastSource, at: datetime, chance: random.Random) -> QuietCheck:
    seen = next(seen for seen in reversed(source.seen) if seen.since <= at)
    ms, key = _draw_ms(source.watched, at, chance), make_key(at, chance)
    if chance.random() < source.watched.noise:
        return QuietCheck(key, at, "noise", chance.choice(_NOISE), 200, seen.bytes, ms)
    return QuietCheck(key, at, "unchanged", None, 304, 0, ms)


def _draw_ms(watched: Watched, at: datetime, chance: random.Random) -> int:
    """Draw how long a server took: slower in the afternoon, now and then much slower."""
    hour = at.hour + at.minute / 60
    wave = 1 + 0.35 * math.sin((hour - 9) / 24 * 2 * math.pi)
    return max(1, round(watched.ms * wave * chance.lognormvariate(0, 0.25)))


def _describe_source(source: PastSource, *, check_id: UUID) -> SourceToCheck:
    return SourceToCheck(
        source.id,
        check_id,
        source.watched.name,
        source.url,
        source.watched.kind,
        SourceConfig(),
        INTERVAL,
        error_count=0,
        etag=None,
        last_modified=None,
        body_hash=None,
        current_content_id=None,
        volatility={},
    )


def make_key(moment: datetime, chance: random.Random) -> UUID:
    """Make a UUIDv7 (RFC 9562 section 5.7) of a past moment: keys tell when checks were."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62))
