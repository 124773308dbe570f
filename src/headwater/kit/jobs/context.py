"""What a handler is given: its job's identity, tools, clock and transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import Clock, monotonic
from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.kit.jobs.outcomes import JobTakenOver
from headwater.kit.jobs.run import Run

_HOLD = "select headwater.hold_job($1, $2, $3, $4)"
_REPORT = "select headwater.report_progress($1, $2, $3, $4, $5, $6)"
_REPORT_SECONDS = 0.5


@dataclass
class JobContext:
    """One run of a job, as its handler sees it."""

    run: Run
    resources: Resources
    clock: Clock
    database: Database
    engine_pool: asyncpg.Pool
    _reported_at: float = field(default=-_REPORT_SECONDS, repr=False)

    @property
    def id(self) -> int:
        """The job's id, the same in every attempt: a good part of an idempotency key."""
        return self.run.id

    @property
    def kind(self) -> str:
        """The job's kind."""
        return self.run.kind

    @property
    def workspace_id(self) -> UUID:
        """The workspace whose job this is. Raises LookupError for the platform's own maintenance."""
        if self.run.workspace_id is None:
            raise LookupError(f"{self.run.kind} was enqueued without a workspace")
        return self.run.workspace_id

    @property
    def tracking_id(self) -> UUID | None:
        """The job's id in `public.jobs`, if it is shown there."""
        return self.run.tracking_id

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1."""
        return self.run.attempts + 1

    @property
    def is_last_attempt(self) -> bool:
        """Whether the job fails for good if this attempt does."""
        return self.attempt >= self.run.max_attempts

    @asynccontextmanager
    async def transaction(self, *, with_members: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that reaches the rows of the job's workspace and no others.

        Nobody can take the job away while it is open, so what it commits is committed by the job's one owner.

        Args:
            with_members: hold the accounts of the workspace's members too. For what locks rows of the workspace and
                then refers to members, as telling them does: whoever deletes an account waits, rather than both.

        Raises:
            JobTakenOver: the worker was silent for too long and the job runs elsewhere; let it pass.
        """
        async with self.database.transaction(Identity.job(self.workspace_id)) as connection:
            held = (await connection.exec_driver_sql(_HOLD, (*self._run_key(), with_members))).scalar()
            self._require_held(held)
            yield connection

    @asynccontextmanager
    async def raw_transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """Open the same transaction on a bare asyncpg connection, for hot paths and COPY."""
        async with self.database.raw(Identity.job(self.workspace_id)) as connection:
            self._require_held(await connection.fetchval(_HOLD, *self._run_key(), False))
            yield connection

    @asynccontextmanager
    async def service_transaction(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction past every policy: only for maintenance jobs, those enqueued without a workspace.

        Raises:
            PermissionError: this job belongs to a workspace.
        """
        if self.run.workspace_id is not None:
            raise PermissionError(f"{self.run.kind} belongs to a workspace and may not reach beyond it")
        async with self.database.transaction(Identity.service()) as connection:
            held = (await connection.exec_driver_sql(_HOLD, (*self._run_key(), False))).scalar()
            self._require_held(held)
            yield connection

    async def report_progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show how far the job is to whoever follows it. Cheap to call often: it writes twice a second at most."""
        due = monotonic() - self._reported_at >= _REPORT_SECONDS
        if self.run.tracking_id is None or not (due or done == total):
            return
        self._reported_at = monotonic()
        await self.engine_pool.execute(_REPORT, *self._run_key(), done, total, note)

    def _run_key(self) -> tuple[int, int, int]:
        return self.run.id, self.run.worker_id, self.run.attempts

    def _require_held(self, held: object) -> None:
        if held is not True:
            raise JobTakenOver(f"job {self.run.id} was taken over")
