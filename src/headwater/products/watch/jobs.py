"""Durable jobs of watch, and what it does by the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from functools import partial
from uuid import UUID

from pydantic import BaseModel

from headwater.core.database.database import Database, Identity, driver
from headwater.core.resources import Resources
from headwater.kit.ai import Ai, AsyncEmbedder
from headwater.kit.fetch import Fetcher, Pace
from headwater.kit.jobs import JobContext, Retry, Schedule, enqueue, enqueue_many, job
from headwater.kit.processes import ProcessPool
from headwater.products.watch.checks.checker import ChangeProcessingSemaphore, Checker, RecordingTurns
from headwater.products.watch.checks.due import Ticket, batch_by_workspace, claim_due
from headwater.products.watch.discovery.searching import discover_for_query
from headwater.products.watch.search import embedding, indexing
from headwater.products.watch.search.vectors import has_model

_PAGES_AT_ONCE = 4
_RECORDINGS_AT_ONCE = 2
_MAX_TURN_WAIT_SECONDS = 0.25


class CheckSources(BaseModel):
    """The tickets to redeem: pairs of source and check."""

    tickets: list[tuple[UUID, UUID]]


class Nothing(BaseModel):
    """There is nothing to say."""


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
        # What is recorded may name the members that are notified of it.
        transaction=partial(context.transaction, with_members=True),
        raw_transaction=context.raw_transaction,
        fetcher=tools.get(Fetcher),
        pool=tools.get(ProcessPool),
        embedder=_find_embedder(tools),
        ai=tools.get(Ai),
        turns=tools.get(ChangeProcessingSemaphore),
        recording_turns=tools.get(RecordingTurns),
        clock=context.clock,
        pace=pace,
        is_last_attempt=context.is_last_attempt,
    )
    tickets = [Ticket(source_id, check_id) for source_id, check_id in payload.tickets]
    async with aclosing(checker.check(tickets)) as checking:
        async for done in checking:
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


@job(
    "watch.embed_pages", queue="bulk", timeout=timedelta(minutes=15), retry=Retry(attempts=3), lock="watch.embed_pages"
)
async def embed_pages(context: JobContext, payload: Nothing) -> None:
    """Let the model read the pages that it hasn't, so that search finds them."""
    embedder = _find_embedder(context.resources)
    if has_model(embedder):
        await embedding.catch_up(context.raw_transaction, embedder, workspace_id=context.workspace_id)


@job(
    "watch.index_vectors", queue="bulk", timeout=timedelta(hours=6), retry=Retry(attempts=3), lock="watch.index_vectors"
)
async def index_vectors(context: JobContext, payload: Nothing) -> None:
    """Make the index that a search in a large workspace missed."""
    await indexing.make_indexes(context.database)


@asynccontextmanager
async def open_tools(resources: Resources) -> AsyncIterator[None]:
    """Provide what the jobs of one process share."""
    resources.provide(ChangeProcessingSemaphore, ChangeProcessingSemaphore(_PAGES_AT_ONCE))
    resources.provide(RecordingTurns, RecordingTurns(_RECORDINGS_AT_ONCE, max_wait_seconds=_MAX_TURN_WAIT_SECONDS))
    yield


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


async def prepare_search(resources: Resources) -> None:
    """Enqueue what search lacks: pages that the model hasn't read, and an index that somebody missed."""
    embedder = _find_embedder(resources)
    async with resources.get(Database).transaction(Identity.service()) as connection:
        raw = await driver(connection)
        behind = await embedding.list_behind(raw, model_name=embedder.name) if has_model(embedder) else []
        await enqueue_many(
            connection,
            embed_pages,
            [Nothing() for _ in behind],
            workspace_id=behind,
            deduplication_keys=["behind" for _ in behind],
        )
        if await indexing.is_index_missing(raw):
            await enqueue(connection, index_vectors, Nothing(), workspace_id=None, deduplication_key="missing")


def _find_embedder(resources: Resources) -> AsyncEmbedder:
    return resources.get(AsyncEmbedder)  # type: ignore[type-abstract]  # the registry takes a protocol as a key


schedules = (
    Schedule("watch.promote_due_sources", every=timedelta(milliseconds=250), run=promote_due_sources),
    Schedule("watch.prepare_search", every=timedelta(minutes=1), run=prepare_search),
)
jobs = (check_sources, check_now, discover_sources, embed_pages, index_vectors)
