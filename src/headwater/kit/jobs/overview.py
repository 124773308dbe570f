"""What the overview says of jobs: how they ended since the last visit, and what runs, waits and lies dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.jobs.following import STATES
from headwater.kit.overview import Asked, Counter, Item, Section, Trend, ask_once, read_counts, read_rows, read_trend

_RECENT = 5


_ASK = f"""
select
    (
        select jsonb_object_agg(counted.state, counted.value)
        from (
            select state, count(*) as value
            from public.jobs
            where workspace_id = $1
                and finished_at > $2
            group by state
        ) as counted
    ) as ended,
    (
        select jsonb_object_agg(counted.state, counted.value)
        from (
            select state, count(*) as value
            from public.jobs
            where workspace_id = $1
            group by state
        ) as counted
    ) as states,
    (
        select jsonb_object_agg(extract(epoch from counted.bin)::bigint, counted.value)
        from (
            select date_bin($5, finished_at, $3) as bin, count(*) as value
            from public.jobs
            where workspace_id = $1
                and state = 'succeeded'
                and finished_at >= $3
                and finished_at < $4
            group by bin
        ) as counted
    ) as succeeded,
    (
        select jsonb_object_agg(extract(epoch from counted.bin)::bigint, counted.value)
        from (
            select date_bin($5, finished_at, $3) as bin, count(*) as value
            from public.jobs
            where workspace_id = $1
                and state = 'failed'
                and finished_at >= $3
                and finished_at < $4
            group by bin
        ) as counted
    ) as failed,
    (
        select jsonb_agg(to_jsonb(newest))
        from (
            select id, kind, summary, error, finished_at
            from public.jobs
            where workspace_id = $1
                and state = 'failed'
                and finished_at > $2
            order by id desc
            limit {_RECENT}
        ) as newest
    ) as failures
"""  # noqa: S608  # a constant of ours


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed for good, as the statement gives it."""

    id: UUID
    kind: str
    summary: str
    error: str | None
    finished_at: datetime


async def read_overview(connection: AsyncConnection, asked: Asked) -> Section:
    """Read the section of jobs."""
    row = await ask_once(connection, _ASK, asked)
    succeeded, failed = (read_trend(row[name], asked.window) for name in ("succeeded", "failed"))
    since, counts = read_counts(row["ended"]), dict.fromkeys(STATES, 0) | read_counts(row["states"])
    return Section(
        follows=["jobs"],
        since=[
            Counter(name="succeeded", label="finished", value=since.get("succeeded", 0), link="/jobs?state=succeeded"),
            Counter(
                name="failed",
                label="failed for good",
                value=since.get("failed", 0),
                tone="bad" if since.get("failed") else "neutral",
                link="/jobs?state=failed",
            ),
        ],
        now=[
            Counter(name="running", label="running", value=counts["running"], tone="good", link="/jobs?state=running"),
            Counter(name="queued", label="waiting", value=counts["queued"], link="/jobs?state=queued"),
            Counter(
                name="retrying",
                label="to be tried again",
                value=counts["retrying"],
                tone="warning" if counts["retrying"] else "neutral",
                link="/jobs?state=retrying",
            ),
            Counter(
                name="dead",
                label="failed, to be replayed",
                value=counts["failed"],
                tone="bad" if counts["failed"] else "neutral",
                link="/jobs?state=failed",
            ),
        ],
        recent=[
            Item(
                id=job.id,
                kind=job.kind,
                title=job.summary or job.kind.replace(".", " · ").replace("_", " "),
                summary=job.error or "",
                at=job.finished_at,
                tone="bad",
                link=f"/jobs/{job.id}",
            )
            for job in read_rows(row["failures"], FailedJob)
        ],
        trends=[
            Trend(name="succeeded", label="Finished jobs", tone="good", points=succeeded),
            Trend(name="failed", label="Failed jobs", tone="bad", points=failed),
        ],
    )
