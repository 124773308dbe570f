"""What the overview tells of jobs: how they ended since the last visit, and what runs, waits and lies dead."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.jobs.following import count_jobs, list_jobs
from headwater.kit.jobs.tables import jobs
from headwater.kit.overview import Asked, Counter, Item, Section, Trend, count_trend

_RECENT = 5


async def read_overview(connection: AsyncConnection, asked: Asked) -> Section:
    """Read the section of jobs."""
    mine = jobs.c.workspace_id == asked.workspace_id
    ended = select(jobs.c.state, func.count().label("value")).where(mine, jobs.c.finished_at > asked.since)
    since = {row.state: row.value for row in await connection.execute(ended.group_by(jobs.c.state))}
    counts = (await count_jobs(connection, workspace_id=asked.workspace_id))["states"]
    failures = await list_jobs(connection, workspace_id=asked.workspace_id, states=["failed"], limit=_RECENT)
    succeeded = await count_trend(
        connection, asked.window, at=jobs.c.finished_at, where=mine & (jobs.c.state == "succeeded")
    )
    failed = await count_trend(connection, asked.window, at=jobs.c.finished_at, where=mine & (jobs.c.state == "failed"))
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
                id=job["id"],
                kind=job["kind"],
                title=job["summary"] or job["kind"].replace(".", " · ").replace("_", " "),
                summary=job["error"] or "",
                at=job["finished_at"],
                tone="bad",
                link=f"/jobs/{job['id']}",
            )
            for job in failures
            if job["finished_at"] is not None and job["finished_at"] > asked.since
        ],
        trends=[
            Trend(name="succeeded", label="Finished jobs", tone="good", points=succeeded),
            Trend(name="failed", label="Failed jobs", tone="bad", points=failed),
        ],
    )
