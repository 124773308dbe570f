"""What is deleted when it is old, and what is kept because something still needs it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import ALERTS, PRICING, SOURCES, House, Member

from headwater.core.database.database import Database
from headwater.kit.retention import delete_old
from headwater.kit.text.normalising import hash_text
from headwater.kit.workspaces.retention import activity
from headwater.products.watch.retention import alerts, checks, versions

LONG_AGO = "now() - interval '10 years'"


async def test_old_checks_are_deleted_and_younger_ones_kept(house: House, ada: Member) -> None:
    source = await ada.watch()
    await ada.check(source)
    await house.owner.execute("update public.source_checks set at = now() - interval '91 days' where outcome = 'first'")
    await delete_old(house.worker, checks)
    assert [one["outcome"] for one in await ada.get(f"{SOURCES}/{source}/history")] == ["unchanged"]


async def test_acknowledged_alerts_go_and_open_ones_stay(house: House, ada: Member) -> None:
    seen, unseen, young = await add_alerts(house, ada, 3)
    await house.owner.execute(
        f"update public.change_alerts set created_at = {LONG_AGO} where id = any ($1)",  # a constant
        [seen, unseen],
    )
    for alert_id in (seen, young):
        await ada.post(f"{ALERTS}/{alert_id}/acknowledge", {}, expect=200)
    await delete_old(house.worker, alerts)
    assert {one["id"] for one in await ada.get(ALERTS)} == {str(unseen), str(young)}


async def test_versions_go_that_nothing_needs_and_their_vectors_with_them(house: House, ada: Member) -> None:
    source = await ada.watch()
    source_row = await house.owner.fetchrow("select * from public.monitored_sources where id = $1", UUID(source))
    assert source_row is not None
    current = source_row["current_content_id"]
    texts = [f"Old text {number}." for number in range(3)]
    needed, unneeded, young = [await add_version(house, ada, source, text=text) for text in texts]
    await add_vectors(house, ada, current)
    (alert,) = await add_alerts(house, ada, 1, source=source, version=needed)
    await house.owner.execute(
        f"update public.scraped_contents set created_at = {LONG_AGO} where id <> $1",  # a constant
        young,
    )
    await house.owner.execute(f"update public.content_embeddings set created_at = {LONG_AGO}")
    await delete_old(house.worker, versions)
    kept = await house.owner.fetch("select id from public.scraped_contents")
    assert {row["id"] for row in kept} == {current, needed, young}
    living = {hash_text(texts[0]), hash_text(texts[2])} | await passages_of(house, current)
    assert len(living) > 3
    assert await vectors_of(house) == living
    await ada.post(f"{ALERTS}/{alert}/acknowledge", {}, expect=200)
    await delete_old(house.worker, versions)
    assert await house.count("public.scraped_contents", "id = $1", needed) == 0
    assert unneeded not in {row["id"] for row in kept}
    assert await vectors_of(house) == living - {hash_text(texts[0])}


@pytest.mark.parametrize("is_asked_first", [True, False], ids=["while it is deleted", "before it is deleted"])
async def test_version_that_a_page_returns_to_meanwhile_stays(house: House, ada: Member, is_asked_first: bool) -> None:
    """A check stores what stands on the page, which is a version of long ago; neither sees what the other does."""
    source = await ada.watch()
    version = await add_version(house, ada, source, text="Old text.")
    await house.owner.execute(f"update public.scraped_contents set created_at = {LONG_AGO} where id = $1", version)
    check = await asyncpg.connect(house.worker.get(Database).dsn)
    try:
        async with check.transaction():
            await check.execute("update public.scraped_contents set title = 'Again' where id = $1", version)
            deleting = asyncio.create_task(delete_old(house.worker, versions))
            if is_asked_first:
                await wait_until(lambda: is_waiting_or_done(house, deleting), what="the deletion to meet the check")
            await check.execute(
                "update public.monitored_sources set current_content_id = $1 where id = $2", version, UUID(source)
            )
        await deleting
    finally:
        await check.close()
    assert await house.count("public.scraped_contents", "id = $1", version) == 1


async def is_waiting_or_done(house: House, deleting: asyncio.Task[None]) -> bool:
    """Does the deletion wait for a lock, or is it done?"""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return deleting.done() or await house.owner.fetchval(waiting) > 0


@pytest.mark.parametrize(("age", "left"), [("729 days", True), ("731 days", False)])
async def test_activity_is_kept_for_as_long_as_the_settings_say(
    house: House, ada: Member, age: str, left: bool
) -> None:
    await ada.watch(first_check=False)
    await house.owner.execute("update public.activity_log set created_at = now() - $1::text::interval", age)
    assert await house.count("public.activity_log") > 0
    await delete_old(house.worker, activity)
    assert (await house.count("public.activity_log") > 0) is left


async def add_version(house: House, ada: Member, source: str, *, text: str) -> UUID:
    """Add a version of one passage with its vector."""
    version: UUID = await house.owner.fetchval(
        "insert into public.scraped_contents (workspace_id, monitored_source_id, content, content_hash, passages)"
        """ values ($1, $2, $3, $3, '[["p", "main", [], "", []]]') returning id""",
        ada.person.workspace_id,
        UUID(source),
        text,
    )
    await add_vectors(house, ada, version)
    return version


async def add_vectors(house: House, ada: Member, version: UUID) -> None:
    """Add the vectors of a version's passages, as a model gives them."""
    await house.owner.executemany(
        "insert into public.content_embeddings (workspace_id, passage_hash, model_name, dimensions, embedding)"
        " values ($1, $2, 'test', 2, '[1,0]')",
        [(ada.person.workspace_id, digest) for digest in await passages_of(house, version)],
    )


async def add_alerts(
    house: House, ada: Member, count: int, *, source: str | None = None, version: UUID | None = None
) -> list[UUID]:
    """Add open alerts, about `version` where it is given."""
    source = source or await ada.watch(PRICING, first_check=False)
    rows = await house.owner.fetch(
        "insert into public.change_alerts"
        " (workspace_id, monitored_source_id, check_id, summary, severity, score, from_content_id)"
        " select $1, $2, gen_random_uuid(), 'Changed', 'low', 0.5, $3 from generate_series(1, $4) returning id",
        ada.person.workspace_id,
        UUID(source),
        version,
        count,
    )
    return [row["id"] for row in rows]


async def vectors_of(house: House) -> set[str]:
    """The hashes that have a vector."""
    return {
        row["passage_hash"] for row in await house.owner.fetch("select passage_hash from public.content_embeddings")
    }


async def passages_of(house: House, version: UUID) -> set[str]:
    """The hashes of a version's passages."""
    content = await house.owner.fetchval("select content from public.scraped_contents where id = $1", version)
    return {hash_text(line) for line in content.split("\n")}
