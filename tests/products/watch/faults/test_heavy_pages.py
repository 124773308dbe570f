"""Foreign text never freezes a process: heavy pages are failed checks of their own, and others get their turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from tests.fixtures.simulated import SimulatedWorld
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import LAMP, SOURCES, House, Member, open_house
from tests.products.watch.faults.heavy import ATTRIBUTES, COMMENTS, list_options, serve_pages

from headwater.catalogue import list_jobs, list_schedules
from headwater.core.clock import MovableClock
from headwater.core.database.database import Database
from headwater.core.settings import Settings
from headwater.core.telemetry import REGISTRY
from headwater.kit.jobs import Worker, running_worker
from headwater.kit.jobs.workers.timings import WorkerTimings
from headwater.kit.processes import ProcessPool
from headwater.products.watch.checks import versions
from headwater.products.watch.page.passages import make_passage

KINDS = {"html": "text/html", "xml": "application/xml", "plain": "text/plain"}


def count_deadlines(task: str) -> float:
    labels = {"task": task, "outcome": "took_too_long"}
    return REGISTRY.get_sample_value("headwater_process_calls_total", labels) or 0.0


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_a_run_of_comments_freezes_no_gateway(house: House, ada: Member, kind: str) -> None:
    async with serve_pages({"page": (COMMENTS, kind)}) as site:
        found = await ada.post("/api/v1/discover-sources/", {"raw_query": f"prices at {site}/page"})
    assert f"{site}/page" in [one["url"] for one in found["monitorable_urls"]]
    assert (await house.http.get("/health")).status_code == 200


async def test_a_run_of_comments_freezes_no_worker(ada: Member) -> None:
    async with serve_pages({name: (COMMENTS, kind) for name, kind in KINDS.items()}) as site:
        for name in KINDS:
            source = await ada.watch(f"{site}/{name}")
            (version,) = await ada.get(f"{SOURCES}/{source}/versions")
            read = await ada.get(f"{SOURCES}/{source}/versions/{version['id']}")
            assert "It costs $20 and ships today." in read["content"]


async def test_a_tag_of_too_many_attributes_is_refused_before_it_is_parsed(ada: Member) -> None:
    async with serve_pages({"page": (ATTRIBUTES, "text/html")}) as site:
        source = await ada.watch(f"{site}/page", first_check=False)
        check = await ada.check(source)
    assert (check["outcome"], check["reason"]) == ("error", "too_large: too_many_attributes")
    assert "more than 500 attributes" in (await ada.read(source))["last_error"]


async def test_a_page_that_runs_into_the_deadline_is_a_failed_check(
    settings: Settings, world: SimulatedWorld, clock: MovableClock
) -> None:
    before = count_deadlines("read_body")
    async with open_house(settings, world, clock=clock, reading_seconds=2.0) as house:
        ada = await house.add_member()
        async with serve_pages({"page": (list_options(1), "text/html")}) as site:
            source = await ada.watch(f"{site}/page", first_check=False)
            check = await ada.check(source)
    assert (check["outcome"], check["reason"]) == ("error", "too_large: took_too_long")
    assert count_deadlines("read_body") == before + 1


async def test_versions_that_take_too_long_to_compare_are_refused_with_the_reason(
    settings: Settings, world: SimulatedWorld, clock: MovableClock
) -> None:
    before = count_deadlines("judge_and_lay_out")
    async with open_house(settings, world, clock=clock, reading_seconds=0.2) as house:
        ada = await house.add_member()
        source = await ada.watch(LAMP, first_check=False)
        workspace = await house.owner.fetchval(
            "select workspace_id from public.monitored_sources where id = $1::uuid", source
        )
        first, second = [await store_version(house, workspace, source, number) for number in range(2)]
        path = f"{SOURCES}/{source}/versions/{first}/diff/{second}"
        for address in (path, f"{path}/rows"):
            refused = await ada.get(address, expect=413)
            assert refused["code"] == "took_too_long"
            assert "more than 0.2 seconds" in refused["message"]
    assert count_deadlines("judge_and_lay_out") == before + 2


async def store_version(house: House, workspace: UUID, source: str, number: int) -> UUID:
    """Store a version of thousands of passages, none of which is in another one."""
    passages = tuple(
        make_passage(f"Shelf {place} of room {place * 7} costs ${place + number}.99 now.") for place in range(4_000)
    )
    version = versions.NewVersion(UUID(source), "Shelves", passages)
    return (await versions.store_versions(house.owner, [version], workspace_id=workspace))[UUID(source)]


@asynccontextmanager
async def work_hastily(house: House) -> AsyncIterator[None]:
    """Run a worker that gives what it runs next to no time when it is told to stop."""
    worker = Worker(
        house.worker.get(Database),
        house.worker,
        jobs=list_jobs(),
        schedules=list_schedules(),
        clock=house.clock,
        timings=WorkerTimings(stop=0.1),
    )
    async with running_worker(worker):
        yield


async def test_eight_heavy_pages_of_one_workspace_leave_others_their_turn_and_the_worker_stops_in_time(
    settings: Settings, world: SimulatedWorld, clock: MovableClock
) -> None:
    pages = {f"attributes-{number}": (ATTRIBUTES, "text/html") for number in range(4)}
    pages |= {f"options-{number}": (list_options(number), "text/html") for number in range(4)}
    async with open_house(settings, world, clock=clock, reading_seconds=300.0) as house, serve_pages(pages) as site:
        heavy, ordinary = await house.add_member(), await house.add_member()
        pool = house.worker.get(ProcessPool)
        async with work_hastily(house):

            async def refused() -> bool:
                return await house.count("public.source_checks", "reason like '%too_many_attributes'") == 4

            async def is_stuck() -> bool:
                return len(pool.pids) == 1

            async def is_free() -> bool:
                return not pool.pids

            for number in range(4):
                await heavy.watch(f"{site}/attributes-{number}", first_check=False)
            await wait_until(refused, what="the pages of many attributes to be refused", seconds=60)
            for number in range(4):
                await heavy.watch(f"{site}/options-{number}", first_check=False)
            await wait_until(is_stuck, what="the other heavy pages to be at work")
            stuck = pool.pids
            source = await ordinary.watch(LAMP, first_check=False)

            async def is_checked() -> bool:
                return await house.count("public.source_checks", "monitored_source_id = $1::uuid", source) == 1

            await wait_until(is_checked, what="the ordinary page's outcome", seconds=60)
            assert pool.pids == stuck
            assert await house.count("public.source_checks") == 5
        await wait_until(is_free, what="the child to end with the worker's jobs")
