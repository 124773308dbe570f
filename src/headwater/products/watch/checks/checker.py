"""Checks: look at sources, judge what was seen, record it and notify those who want to know."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import Clock
from headwater.core.database.database import driver
from headwater.core.errors import NotFound
from headwater.core.telemetry import counter
from headwater.kit.ai import Ai, AsyncEmbedder
from headwater.kit.fetch import Fetcher, Pace
from headwater.kit.notify import notify_many
from headwater.kit.processes import ProcessPool
from headwater.products.watch.checks import breakdowns, events, recording, versions
from headwater.products.watch.checks.due import Ticket
from headwater.products.watch.checks.fetching import (
    CheckResult,
    PageRead,
    SourceToCheck,
    Unchanged,
    fetch_and_parse,
    plan_next_look,
)
from headwater.products.watch.checks.findings import Alert, FailedFinding, Finding, PageFinding, RecoveredFinding
from headwater.products.watch.checks.grouping import Grouping, GroupTurns
from headwater.products.watch.checks.judging.comparing import Compared, Comparer
from headwater.products.watch.checks.judging.wording import find_notified_version, summarise_change
from headwater.products.watch.checks.reading import Failed, Postponed
from headwater.products.watch.checks.recording import UnchangedCheck
from headwater.products.watch.checks.versions import NewVersion, StoredVersion
from headwater.products.watch.compare.notified import date_held

_CHECKS = counter("watch_checks", "Checks of sources", ("outcome",))
_LABELS = {FailedFinding: "failed", RecoveredFinding: "unchanged"}
_LOOKS_AT_ONCE = 16


class ChangeProcessingSemaphore(asyncio.Semaphore):
    """For how many changed pages a process seeks words at once: providers count what is asked at the same time."""


class RecordingTurns(GroupTurns):
    """How many groups of findings a process records at once. The fewer there are, the larger they get under load."""


@dataclass(frozen=True)
class Checker:
    """What checks of one workspace's sources work with."""

    workspace_id: UUID
    transaction: Callable[[], AbstractAsyncContextManager[AsyncConnection]]
    raw_transaction: Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]
    fetcher: Fetcher
    pool: ProcessPool
    embedder: AsyncEmbedder
    ai: Ai
    turns: ChangeProcessingSemaphore
    recording_turns: RecordingTurns
    clock: Clock
    pace: Pace = "refuse"
    is_last_attempt: bool = False

    async def check(self, tickets: Sequence[Ticket]) -> AsyncGenerator[int, None]:
        """Check the sources of the tickets that still hold; yields how many are done, as they get done.

        To be closed by whoever stops before its end, since sources are checked until then.

        What was seen unchanged is recorded together at the end. Everything else is recorded as it is judged, together
        with what was judged while the database was busy, so a run that dies half way repeats only what it hadn't
        recorded. A source that breaks its check keeps none of the others from theirs: it is recorded as failed. Passing
        trouble is logged, the first raised at the end, and recorded too where nobody tries again.
        """
        async with self.raw_transaction() as connection:
            sources = await recording.begin_checks(connection, tickets)
        looks = asyncio.Semaphore(_LOOKS_AT_ONCE)
        reading, findings = Grouping(self._read_versions), Grouping(self._record, turns=self.recording_turns)
        comparer = Comparer(self.workspace_id, self.raw_transaction, reading.ask, self.pool, self.embedder)
        quiet: list[UnchangedCheck] = []

        async def check_in_turn(source: SourceToCheck) -> None:
            try:
                async with looks:
                    look = await self._look(source, comparer)
                if isinstance(look, Postponed) or (isinstance(look, Unchanged) and source.error_count == 0):
                    quiet.append(UnchangedCheck(source, look, self._plan_next(source, look)))
                    return
                await findings.ask(await self._find(source, look))
            except Exception as error:  # noqa: BLE001 - whatever breaks a check is a line of its history
                await self._handle_broken(source, error)

        tasks = [asyncio.create_task(check_in_turn(source)) for source in sources]
        try:
            for done, finished in enumerate(asyncio.as_completed(tasks), start=1):
                # Raised once every source had its turn.
                with suppress(Exception):
                    await finished
                yield done
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, reading.close(), findings.close(), return_exceptions=True)
            troubles = [one for one in ended if isinstance(one, Exception)]
            # One alone is raised, and none where the caller gave up.
            for source, one in zip(sources, ended, strict=False):
                if isinstance(one, Exception):
                    breakdowns.report_interrupted(one, source_id=source.id)
        await self._record_quiet(quiet)
        if troubles:
            # The job runs again, and by then only the tickets that weren't redeemed hold.
            raise troubles[0]

    async def _record_quiet(self, quiet: Sequence[UnchangedCheck]) -> None:
        if not quiet:
            return
        try:
            async with self.raw_transaction() as connection:
                await recording.record_quiet(connection, quiet)
        except Exception as error:  # noqa: BLE001 - raised or recorded below
            if breakdowns.is_passing(error) or len(quiet) == 1:
                await self._handle_broken(quiet[0].source, error)
                return
            # Each in a transaction of its own shows which.
            for one in quiet:
                await self._record_quiet([one])
            return
        _CHECKS.labels("unchanged").inc(sum(isinstance(one.look, Unchanged) for one in quiet))
        _CHECKS.labels("postponed").inc(sum(isinstance(one.look, Postponed) for one in quiet))

    async def _handle_broken(self, source: SourceToCheck, error: Exception) -> None:
        """Record that a check broke, on its own. Raises passing trouble that is tried again."""
        if breakdowns.is_passing(error) and not self.is_last_attempt:
            raise error
        failed = breakdowns.report_breakdown(error, source_id=source.id)
        now, finding = self.clock.now(), FailedFinding(source, failed, self._plan_next(source, failed))
        async with self.raw_transaction() as connection:
            if await recording.hold_tickets(connection, [source]):
                await recording.record_failed(connection, [finding], workspace_id=self.workspace_id, now=now)
        _CHECKS.labels("broken").inc()
        notified = events.describe_findings([finding], alert_ids={}, at=now)
        if notified:
            # What broke may be the notifying; it rolls back no line of history.
            async with self.transaction() as transaction:
                await notify_many(transaction, workspace_id=self.workspace_id, events=notified, at=now)

    async def _look(self, source: SourceToCheck, comparer: Comparer) -> Compared | Failed | Postponed | Unchanged:
        look = await fetch_and_parse(source, self.fetcher, pool=self.pool, share=str(self.workspace_id), pace=self.pace)
        return await comparer.compare_with_notified(source, look) if isinstance(look, PageRead) else look

    async def _find(self, source: SourceToCheck, look: Compared | Failed | Unchanged) -> Finding:
        if isinstance(look, Failed):
            return FailedFinding(source, look, self._plan_next(source, look))
        if isinstance(look, Unchanged):
            return RecoveredFinding(source, look, self._plan_next(source, look))
        seen, judgement, version_id = look.seen, look.judgement, source.current_content_id
        next_check_at = self._plan_next(source, seen)
        if judgement is None or version_id is None:
            return PageFinding(source, seen, next_check_at, "first", embedded_by=look.embedded_by)
        comparison = judgement.comparison
        is_same = seen.body_hash == source.body_hash and not comparison.noise
        finding = PageFinding(
            source,
            seen,
            next_check_at,
            "unchanged" if is_same else "noise",
            date_held(judgement.notified, before=source.notified, version_id=version_id),
            comparison.score,
            judgement.explain(),
            embedded_by=look.embedded_by,
        )
        if judgement.touches_nothing:
            return finding
        if not judgement.severity.alert:
            return replace(finding, outcome="below_threshold")
        async with self.turns:
            words = await summarise_change(judgement, title=source.name, ai=self.ai, workspace_id=self.workspace_id)
        led_from = find_notified_version(source.notified, comparison) or version_id
        alert = Alert(led_from, words, judgement.details, judgement.severity.level, comparison.score)
        return replace(finding, outcome="changed", alert=alert)

    async def _read_versions(self, version_ids: Sequence[UUID]) -> list[StoredVersion]:
        async with self.raw_transaction() as connection:
            found = await versions.read_versions(connection, version_ids)
        if missing := set(version_ids) - found.keys():
            raise NotFound(f"There is no version {min(missing)} of this source.")
        return [found[version_id] for version_id in version_ids]

    async def _record(self, findings: Sequence[Finding]) -> list[None]:
        """Record what checks found and notify of it, in one transaction; what lost its ticket meanwhile is left out."""
        now, workspace_id = self.clock.now(), self.workspace_id
        async with self.transaction() as connection:
            raw = await driver(connection)
            held = await recording.hold_tickets(raw, [one.source for one in findings])
            kept = [one for one in findings if one.source.id in held]
            seen = [one for one in kept if isinstance(one, PageFinding)]
            failed = [one for one in kept if isinstance(one, FailedFinding)]
            recovered = [one for one in kept if isinstance(one, RecoveredFinding)]
            version_ids = await versions.store_versions(
                raw,
                [
                    NewVersion(one.source.id, one.look.page.title, one.look.page.passages, one.embedded_by)
                    for one in seen
                    if one.has_version
                ],
                workspace_id=workspace_id,
            )
            await recording.record_seen(raw, seen, workspace_id=workspace_id, version_ids=version_ids, now=now)
            await recording.record_failed(raw, failed, workspace_id=workspace_id, now=now)
            await recording.record_quiet(
                raw, [UnchangedCheck(one.source, one.look, one.next_check_at) for one in recovered]
            )
            alert_ids = await recording.add_alerts(
                raw, seen, workspace_id=workspace_id, version_ids=version_ids, now=now
            )
            notified = events.describe_findings(kept, alert_ids=alert_ids, at=now)
            if notified:
                await notify_many(connection, workspace_id=workspace_id, events=notified, at=now)
        for one in kept:
            _CHECKS.labels(one.outcome if isinstance(one, PageFinding) else _LABELS[type(one)]).inc()
        return [None] * len(findings)

    def _plan_next(self, source: SourceToCheck, look: CheckResult) -> datetime:
        return plan_next_look(source, look, now=self.clock.now(), chance=random.random())
