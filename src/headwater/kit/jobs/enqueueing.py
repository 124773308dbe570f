"""Puts jobs into their queue, in the caller's own transaction and with the caller's own rights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import asyncpg
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.jobs.definition import JobDefinition

Payload = TypeVar("Payload", bound=BaseModel)
Connection: TypeAlias = AsyncConnection | asyncpg.Connection

_ENQUEUE = (
    "select job_id, tracking_id from headwater.enqueue_jobs($1::text, $2::text, $3::text, $4::uuid[], $5::text[],"
    " $6::text[], $7::text[], $8::timestamptz[], $9::integer, $10::real, $11::integer, $12::boolean)"
)


async def enqueue(
    connection: Connection,
    job: JobDefinition[Payload],
    payload: Payload,
    *,
    workspace_id: UUID | None,
    deduplication_key: str | None = None,
    lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
) -> int | None:
    """Enqueue one job; it exists when the caller's transaction commits. Returns its id, or None for a duplicate.

    Args:
        workspace_id: whose job it is; None only for the platform's own maintenance, by the service role.
        deduplication_key: while a job of this kind and workspace waits under the key, no second one is added.
            It frees when the job starts.
        lock: overrides the lock of the definition.
        at: not before this moment.
        priority: how many turns it jumps ahead in its queue (negative: behind).

    Raises:
        Forbidden: (by `Database.transaction`) the caller may not act in the workspace.
    """
    rows = await _enqueue(
        connection,
        job,
        [payload],
        workspace_id=workspace_id,
        keys=_one(deduplication_key),
        locks=_one(lock),
        at=at,
        priority=priority,
        tracked=job.tracked,
    )
    return rows[0][0]


async def enqueue_tracked(
    connection: Connection,
    job: JobDefinition[Payload],
    payload: Payload,
    *,
    workspace_id: UUID | None,
    deduplication_key: str | None = None,
    lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
) -> UUID | None:
    """Enqueue one job as `enqueue` does, shown in `public.jobs`; returns its id there, or None for a duplicate."""
    rows = await _enqueue(
        connection,
        job,
        [payload],
        workspace_id=workspace_id,
        keys=_one(deduplication_key),
        locks=_one(lock),
        at=at,
        priority=priority,
        tracked=True,
    )
    return rows[0][1]


async def enqueue_many(
    connection: Connection,
    job: JobDefinition[Payload],
    payloads: Sequence[Payload],
    *,
    workspace_id: UUID | Sequence[UUID] | None,
    deduplication_keys: Sequence[str | None] | None = None,
    locks: Sequence[str | None] | None = None,
    at: datetime | Sequence[datetime | None] | None = None,
    priority: int = 0,
) -> list[int | None]:
    """Enqueue jobs of one kind in one round trip; returns their ids in order, None for each duplicate.

    `workspace_id` and `at` may name one for all or one for each payload; keys and locks are one for each.
    """
    if not payloads:
        return []
    each = (workspace_id, deduplication_keys, locks, at)
    for given in each:
        if isinstance(given, Sequence) and len(given) != len(payloads):
            raise ValueError("there must be one workspace, key, lock and moment for each payload")
    rows = await _enqueue(
        connection,
        job,
        payloads,
        workspace_id=workspace_id,
        keys=deduplication_keys,
        locks=locks,
        at=at,
        priority=priority,
        tracked=job.tracked,
    )
    return [row[0] for row in rows]


async def _enqueue(
    connection: Connection,
    job: JobDefinition[Payload],
    payloads: Sequence[Payload],
    *,
    workspace_id: UUID | Sequence[UUID] | None,
    keys: Sequence[str | None] | None,
    locks: Sequence[str | None] | None,
    at: datetime | Sequence[datetime | None] | None,
    priority: int,
    tracked: bool,
) -> list[tuple[int | None, UUID | None]]:
    if locks is None and job.lock is not None:
        locks = [job.lock_for(payload) for payload in payloads]
    summaries = [job.summary_of(payload) for payload in payloads] if job.describe else None
    arguments = (
        job.kind,
        job.queue,
        "[" + ",".join(payload.model_dump_json() for payload in payloads) + "]",
        list(workspace_id) if isinstance(workspace_id, Sequence) else [workspace_id],
        list(keys) if keys else None,
        list(locks) if locks else None,
        summaries,
        list(at) if isinstance(at, Sequence) else [at],
        priority,
        job.timeout.total_seconds(),
        job.retry.attempts,
        tracked,
    )
    rows: Any
    if isinstance(connection, AsyncConnection):
        rows = (await connection.exec_driver_sql(_ENQUEUE, arguments)).all()
    else:
        rows = await connection.fetch(_ENQUEUE, *arguments)
    return [(row[0], row[1]) for row in rows]


def _one(value: str | None) -> list[str | None] | None:
    return None if value is None else [value]
