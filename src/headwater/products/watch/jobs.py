"""Durable jobs of watch, and what it does by the clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel

from headwater.core.db import Database, Identity, driver
from headwater.core.resources import Resources
from headwater.kit.ai import Ai, AsyncEmbedder
from headwater.kit.fetch import Fetcher, Pace
from headwater.kit.jobs import JobContext, Retry, Schedule, enqueue_many, job
from headwater.kit.processes import ProcessPool
from headwater.products.watch import retention
from headwater.products.watch.checks import Checker, HandlingTurns
from headwater.products.watch.discovering import discover_for_query
from headwater.products.watch.due import Ticket, batch_by_workspace, claim_due

_PAGES_AT_ONCE = 4


class CheckSources(BaseModel):
    """The tickets to redeem: pairs of source and check."""

    tickets: list[tuple[UUID, UUID]]


class DiscoverSources(BaseModel):
    """The query to find sources for."""

    user_query_id: UUID
    watch: bool


@job("watch.check", queue="fetch", timeout=timedelta(minutes=5), retry=Retry(attempts=5, cap=timedelta(minutes=1)))
async def check_sources(context: JobContext, payload: CheckSources) -> None:
    """Check sources whose turn has come."""
    await _redeem(context, payload, pace="refuse")


@job(
    "watch.check_now",
    queue="fetch",
    timeout=timedelta(minutes=5),
    retry=Retry(attempts=5, cap=timedelta(minutes=1)),
    tracked=True,
)
async def check_now(context: JobContext, payload: CheckSources) -> None:
    """Check sources that somebody asked for."""
    await _redeem(context, payload, pace="wait")


async def _redeem(context: JobContext, payload: CheckSources, *, pace: Pace) -> None:
    tools = context.resources
    checker = Checker(
        workspace_id=context.workspace_id,
        transaction=context.transaction,
        raw_transaction=context.raw_transaction,
        fetcher=tools.get(Fetcher),
        pool=tools.get(ProcessPool),
        embedder=tools.get(AsyncEmbedder),  # type: ignore[type-abstract]  # the registry takes a protocol as a key
        ai=tools.get(Ai),
        turns=tools.get(HandlingTurns),
        clock=context.clock,
        pace=pace,
        is_last_attempt=context.is_last_attempt,
    )
    tickets = [Ticket(source_id, check_id) for source_id, check_id in payload.tickets]
    async for done in checker.check(tickets):
        await context.report_progress(done, len(tickets))


@job(
    "watch.discover",
    queue="ai",
    timeout=timedelta(minutes=3),
    retry=Retry(attempts=3, cap=timedelta(minutes=1)),
    tracked=True,
)
async def discover_sources(context: JobContext, payload: DiscoverSources) -> None:
    """Find sources for what somebody wants to know."""
    await discover_for_query(context, query_id=payload.user_query_id, watch=payload.watch)


async def open_tools(resources: Resources) -> None:
    """Provide what the jobs of one process share."""
    resources.provide(HandlingTurns, HandlingTurns(_PAGES_AT_ONCE))


async def promote_due_sources(resources: Resources) -> None:
    """Turn sources whose time has come into check jobs."""
    async with resources.get(Database).transaction(Identity.service()) as connection:
        due = await claim_due(await driver(connection))
        batches = batch_by_workspace(due)
        await enqueue_many(
            connection,
            check_sources,
            [CheckSources(tickets=[(one.source_id, one.check_id) for one in tickets]) for _, tickets in batches],
            workspace_id=[workspace_id for workspace_id, _ in batches],
        )


schedules = (
    Schedule("watch.promote_due_sources", every=timedelta(milliseconds=250), run=promote_due_sources),
    Schedule("watch.delete_old_checks", cron="17 3 * * *", run=retention.delete_old_checks),
    Schedule("watch.delete_old_alerts", cron="27 3 * * *", run=retention.delete_old_alerts),
    Schedule("watch.delete_old_versions", cron="37 3 * * *", run=retention.delete_old_versions),
)
jobs = (check_sources, check_now, discover_sources)
