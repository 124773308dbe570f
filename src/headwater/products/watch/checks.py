"""Checks: look at sources, judge what was seen, record it and tell those who want to know."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import Clock
from headwater.core.db import driver
from headwater.core.telemetry import counter
from headwater.kit.ai import Ai, AsyncEmbedder
from headwater.kit.fetch import Fetcher, Pace
from headwater.kit.notify import Event, notify
from headwater.kit.processes import ProcessPool
from headwater.products.watch import breakdowns, events, recording, versions
from headwater.products.watch.comparing import Compared, compare_with_told
from headwater.products.watch.due import Ticket
from headwater.products.watch.judgement import Judgement
from headwater.products.watch.judging import find_told_in, put_into_words
from headwater.products.watch.looking import Look, Seen, SourceToCheck, Unchanged, look_at, plan_next_look
from headwater.products.watch.reading import Failed, Postponed
from headwater.products.watch.recording import Quiet
from headwater.products.watch.told import Told, date_held

_CHECKS = counter("watch_checks", "Checks of sources", ("outcome",))
_LOOKS_AT_ONCE = 16


class HandlingTurns(asyncio.Semaphore):
    """How many changed pages a process records at once: with few, the first alert doesn't wait for all the others."""


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
    turns: HandlingTurns
    clock: Clock
    pace: Pace = "refuse"
    is_last_attempt: bool = False

    async def check(self, tickets: Sequence[Ticket]) -> AsyncIterator[int]:
        """Check the sources of the tickets that still hold; yields how many are done, as they get done.

        What was seen unchanged is recorded together at the end, everything else as it is judged, in a transaction of
        its own, so a run that dies half way loses nothing and repeats only what it hadn't recorded.
        A source that breaks its check keeps none of the others from theirs: it is recorded as failed. Passing trouble
        is raised at the end, and recorded too where nobody tries again.
        """
        async with self.raw_transaction() as connection:
            sources = await recording.begin_checks(connection, tickets)
        looks = asyncio.Semaphore(_LOOKS_AT_ONCE)
        quiet: list[Quiet] = []
        troubles: list[Exception] = []

        async def check_in_turn(source: SourceToCheck) -> None:
            try:
                async with looks:
                    look = await self._look(source)
                if isinstance(look, Postponed) or (isinstance(look, Unchanged) and source.error_count == 0):
                    quiet.append(Quiet(source, look, self._plan_next(source, look)))
                    return
                # A turn is held for recording alone: what takes its time to compare must not keep others from theirs.
                async with self.turns:
                    await self._handle(source, look)
            except Exception as error:  # noqa: BLE001 - whatever breaks a check is a line of its history
                await self._handle_broken(source, error)

        tasks = [asyncio.create_task(check_in_turn(source)) for source in sources]
        try:
            for done, finished in enumerate(asyncio.as_completed(tasks), start=1):
                try:
                    await finished
                except Exception as error:  # noqa: BLE001 - raised once every source had its turn
                    troubles.append(error)
                yield done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._record_quiet(quiet)
        if troubles:
            # The job runs again, and by then only the tickets that weren't redeemed hold.
            raise troubles[0]

    async def _record_quiet(self, quiet: Sequence[Quiet]) -> None:
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
        async with self.raw_transaction() as connection:
            await self._record_failed(connection, source, failed)
        _CHECKS.labels("broken").inc()
        event = events.describe_failure(source, failed, at=self.clock.now())
        if event is not None:
            # What broke may be the telling; it rolls back no line of history.
            async with self.transaction() as transaction:
                await self._tell(transaction, event)

    async def _look(self, source: SourceToCheck) -> Compared | Failed | Postponed | Unchanged:
        look = await look_at(source, self.fetcher, pool=self.pool, share=str(self.workspace_id), pace=self.pace)
        if not isinstance(look, Seen):
            return look
        return await compare_with_told(
            source,
            look,
            workspace_id=self.workspace_id,
            raw_transaction=self.raw_transaction,
            pool=self.pool,
            embedder=self.embedder,
        )

    async def _handle(self, source: SourceToCheck, look: Compared | Failed | Unchanged) -> None:
        if isinstance(look, Failed):
            await self._handle_failed(source, look)
        elif isinstance(look, Unchanged):
            await self._handle_mended(source, look)
        elif look.judgement is None:
            await self._record_first(source, look)
        elif look.judgement.touches_nothing:
            await self._record_noise(source, look.seen, look.judgement)
        else:
            await self._record_change(source, look, look.judgement)

    async def _record_first(self, source: SourceToCheck, compared: Compared) -> None:
        async with self.transaction() as connection:
            raw = await driver(connection)
            if await recording.hold_ticket(raw, source):
                version_id = await self._store(raw, source, compared)
                await self._record(raw, source, compared.seen, outcome="first", version_id=version_id)
                await self._tell_if_mended(connection, source)

    async def _record_noise(self, source: SourceToCheck, seen: Seen, judgement: Judgement) -> None:
        is_same = seen.body_hash == source.body_hash and not judgement.comparison.noise
        async with self.transaction() as connection:
            raw = await driver(connection)
            if await recording.hold_ticket(raw, source):
                # A page that only ticks stores no version: the one that it is compared with stays.
                await self._record(raw, source, seen, outcome="unchanged" if is_same else "noise", judgement=judgement)
                await self._tell_if_mended(connection, source)

    async def _record_change(self, source: SourceToCheck, compared: Compared, judgement: Judgement) -> None:
        seen, alert = compared.seen, judgement.severity.alert
        words = ""
        if alert:
            words = await put_into_words(judgement, title=source.name, ai=self.ai, workspace_id=self.workspace_id)
        async with self.transaction() as connection:
            raw = await driver(connection)
            if not await recording.hold_ticket(raw, source):
                return
            version_id = await self._store(raw, source, compared)
            await self._record(
                raw,
                source,
                seen,
                outcome="changed" if alert else "below_threshold",
                version_id=version_id,
                judgement=judgement,
            )
            if alert:
                await self._alert(connection, source, judgement, version_id=version_id, words=words)
            await self._tell_if_mended(connection, source)

    async def _alert(
        self, connection: AsyncConnection, source: SourceToCheck, judgement: Judgement, *, version_id: UUID, words: str
    ) -> None:
        now, details = self.clock.now(), judgement.details
        alert_id = await recording.add_alert(
            await driver(connection),
            source,
            workspace_id=self.workspace_id,
            from_content_id=find_told_in(source.told, judgement.comparison) or source.current_content_id,
            to_content_id=version_id,
            summary=words,
            details=details,
            severity=judgement.severity.level,
            score=judgement.comparison.score,
            now=now,
        )
        event = events.describe_alert(
            source,
            alert_id=alert_id,
            summary=words,
            details=details,
            score=judgement.comparison.score,
            severity=judgement.severity.level,
            at=now,
        )
        await self._tell(connection, event)

    async def _handle_failed(self, source: SourceToCheck, failed: Failed) -> None:
        async with self.transaction() as connection:
            if not await self._record_failed(await driver(connection), source, failed):
                return
            event = events.describe_failure(source, failed, at=self.clock.now())
            if event is not None:
                await self._tell(connection, event)
        _CHECKS.labels("failed").inc()

    async def _record_failed(self, connection: asyncpg.Connection, source: SourceToCheck, failed: Failed) -> bool:
        if not await recording.hold_ticket(connection, source):
            return False
        await recording.record_failed(
            connection,
            source,
            failed,
            workspace_id=self.workspace_id,
            now=self.clock.now(),
            next_check_at=self._plan_next(source, failed),
        )
        return True

    async def _handle_mended(self, source: SourceToCheck, look: Unchanged) -> None:
        async with self.transaction() as connection:
            raw = await driver(connection)
            if await recording.hold_ticket(raw, source):
                await recording.record_quiet(raw, [Quiet(source, look, self._plan_next(source, look))])
                await self._tell_if_mended(connection, source)
        _CHECKS.labels("unchanged").inc()

    async def _tell_if_mended(self, connection: AsyncConnection, source: SourceToCheck) -> None:
        event = events.describe_recovery(source, at=self.clock.now())
        if event is not None:
            await self._tell(connection, event)

    async def _tell(self, connection: AsyncConnection, event: Event) -> None:
        await notify(connection, workspace_id=self.workspace_id, event=event, at=self.clock.now())

    async def _store(self, connection: asyncpg.Connection, source: SourceToCheck, compared: Compared) -> UUID:
        page = compared.seen.page
        version_id = await versions.store_version(
            connection,
            workspace_id=self.workspace_id,
            source_id=source.id,
            title=page.title,
            passages=page.passages,
        )
        await versions.store_vectors(
            connection,
            workspace_id=self.workspace_id,
            model_name=compared.model_name,
            vectors_by_hash=compared.vectors,
        )
        return version_id

    async def _record(
        self,
        connection: asyncpg.Connection,
        source: SourceToCheck,
        seen: Seen,
        *,
        outcome: str,
        version_id: UUID | None = None,
        judgement: Judgement | None = None,
    ) -> None:
        told = Told()
        if judgement is not None and source.current_content_id is not None:
            told = date_held(judgement.told, before=source.told, version_id=source.current_content_id)
        await recording.record_seen(
            connection,
            source,
            seen,
            workspace_id=self.workspace_id,
            outcome=outcome,
            version_id=version_id,
            told=told,
            score=judgement.comparison.score if judgement else None,
            reason=judgement.explain() if judgement else None,
            now=self.clock.now(),
            next_check_at=self._plan_next(source, seen),
        )
        _CHECKS.labels(outcome).inc()

    def _plan_next(self, source: SourceToCheck, look: Look) -> datetime:
        return plan_next_look(source, look, now=self.clock.now(), chance=random.random())
