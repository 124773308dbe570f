"""Postgres killed under load, and Postgres on a disk that is full: no change is lost, none is told twice."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest
from lxml import etree
from pydantic import SecretStr
from tests.fixtures.disks import fill, mounted
from tests.fixtures.installation import read_answer
from tests.fixtures.simulated import SimulatedWorld
from tests.fixtures.waiting import wait_until
from tests.local.postgres.scenes import connected, read_postmaster
from tests.products.watch.factories import PRICING, SOURCES, Member, open_house
from tests.products.watch.faults.faults import account_for, own_postgres, wait_until_settled

from headwater.core.clock import MovableClock
from headwater.core.settings import Settings
from headwater.demo.systems import bench

PAGES = 40


async def watch_bench(member: Member) -> list[str]:
    """Watch many generated pages by one import; gives the sources' ids."""
    await member.house.world.open(bench.system)
    root = etree.Element("opml", version="2.0")
    body = etree.SubElement(root, "body")
    for number in range(PAGES):
        etree.SubElement(body, "outline", text=f"page {number}", url=member.house.world.bench.page_url(number))
    answer = await member.send("POST", f"{SOURCES}/import", content=etree.tostring(root))
    assert read_answer(answer, 200)["added"] == PAGES
    return [one["id"] for one in await member.get(SOURCES, limit=200)]


@pytest.mark.timeout(240)
async def test_postgres_killed_twice_under_load(
    settings: Settings, world: SimulatedWorld, clock: MovableClock, tmp_path: Path
) -> None:
    async with own_postgres(tmp_path / "postgres") as server:
        given = settings.model_copy(update={"database_url": SecretStr(server.dsn)})
        async with open_house(given, world, clock=clock) as house:
            ada = await house.add_member(email="ada@example.com")
            await ada.choose_channels("email", "webhook")
            async with house.working():
                sources = await watch_bench(ada)

                async def all_seen() -> bool:
                    return await house.count("public.source_checks", "outcome = 'first'") == PAGES

                await wait_until(all_seen, what="the first checks", seconds=60)
                world.bench.change_pages(PAGES)
                await house.let_come_due()
                for number in (1, PAGES // 2):
                    await wait_until(partial(has_alerts, server.dsn, number), what=f"{number} alerts")
                    os.kill(read_postmaster(tmp_path / "postgres"), signal.SIGKILL)
                    await answer_through(ada)
                await wait_until(lambda: has_alerts(server.dsn, PAGES), what="every alert", seconds=60)
                # What failed in the middle of an outage is tried again after a minute.
                await wait_until_settled(server.dsn, seconds=120)
            await account_for(ada, sources=sources)


async def has_alerts(dsn: str, number: int) -> bool:
    """Say whether there are so many alerts, on a connection of its own that may fail."""
    try:
        async with connected(dsn) as connection:
            return int(await connection.fetchval("select count(*) from public.change_alerts")) >= number
    except OSError:
        return False
    except Exception as error:
        if type(error).__module__.startswith("asyncpg"):
            return False
        raise


async def answer_through(member: Member) -> None:
    """The API says that the database is away, never that something crashed, and answers again by itself."""

    async def answers() -> bool:
        response = await member.send("GET", SOURCES)
        assert response.status_code in {200, 503}, response.text
        return response.status_code == 200

    await wait_until(answers, what="the API to answer again", seconds=60)


async def test_a_full_disk_loses_no_change(
    settings: Settings, world: SimulatedWorld, clock: MovableClock, tmp_path: Path
) -> None:
    limits = {"max_wal_size": "64MB", "min_wal_size": "32MB"}
    with mounted(tmp_path / "disk", size="260m") as disk:
        async with own_postgres(disk / "data", **limits) as server:
            given = settings.model_copy(update={"database_url": SecretStr(server.dsn)})
            async with open_house(given, world, clock=clock) as house:
                ada = await house.add_member(email="ada@example.com")
                await ada.choose_channels("email", "webhook")
                source = await ada.watch()
                house.world.web.change(PRICING, "price")
                await house.let_come_due()
                fill(disk, leave=0)
                async with house.working():
                    await write_until_refused(ada)
                    (disk / "ballast").unlink()
                    await wait_until(lambda: has_alerts(server.dsn, 1), what="the alert", seconds=60)
                    await answer_through(ada)
                    await wait_until_settled(server.dsn)
                await account_for(ada, sources=[source])


async def write_until_refused(member: Member) -> None:
    """Use up what the server has left in its files: in the end the API says that it can't take more, and no worse."""
    for number in range(2_000):
        response = await member.send("POST", "/api/v1/user-queries", json={"raw_query": f"{number} " + "x" * 480})
        assert response.status_code in {201, 503}, response.text
        if response.status_code == 503:
            return
    raise AssertionError("the disk never got full")
