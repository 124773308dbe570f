"""Discovery as it goes: whoever waits sees the sources as they are found, the best five so far."""

from __future__ import annotations

from itertools import pairwise

from tests.products.watch.factories import PRICING, QUERIES, House, Member

from headwater.core.resources import Resources
from headwater.kit.ai import Ai
from headwater.kit.controls import SharedCache
from headwater.kit.fetch import Fetcher
from headwater.kit.processes import ProcessPool
from headwater.products.watch.discovery import SiteReader, discover
from headwater.products.watch.discovery.schemas import Discovery, DiscoveryRequest, MonitorableUrl
from headwater.products.watch.discovery.shortlist import MAX_OFFERED, Shortlist
from headwater.products.watch.discovery.site_probe import Candidate

# Writes down how each update leaves a query, as a follower of the table sees it.
FOLLOW = """
create table public.seen (number serial, status text, suggestions jsonb);
create function public.note_update() returns trigger language plpgsql security definer as $$
begin
    insert into public.seen (status, suggestions) values (new.status, new.suggestions);
    return null;
end $$;
create trigger note_update after update on public.user_queries for each row execute function public.note_update();
"""


class Notified:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.lists: list[list[MonitorableUrl]] = []

    async def __call__(self, found: list[MonitorableUrl]) -> None:
        self.lists.append(found)


async def ask(resources: Resources, query: str, notified: Notified) -> Discovery:
    """Discover in this process."""
    return await discover(
        DiscoveryRequest(raw_query=query, context=None),
        reader=SiteReader(resources.get(Fetcher), resources.get(ProcessPool)),
        ai=resources.get(Ai),
        cache=resources.get(SharedCache),
        on_found=notified,
    )


async def test_each_source_is_told_of_when_it_is_found(house: House, ada: Member) -> None:
    notified = Notified()
    found = await ask(house.gateway, f"price changes at {house.world.web.host_url('acme')}", notified)
    sizes = [len(one) for one in notified.lists]
    assert sizes[0] == 1
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(sizes))
    assert max(sizes) <= MAX_OFFERED
    assert sorted(one.url for one in notified.lists[-1]) == sorted(one.url for one in found.monitorable_urls)
    assert ada.page_url(PRICING) in [one.url for one in notified.lists[-1]]
    assert all(one.reason for one in notified.lists[-1])


async def test_of_an_answer_that_was_kept_nothing_is_told(house: House) -> None:
    query = f"news of {house.world.web.host_url('acme')}"
    first = await ask(house.gateway, query, Notified())
    notified = Notified()
    assert await ask(house.gateway, query, notified) == first
    assert notified.lists == []


async def test_a_kept_query_shows_its_sources_before_discovery_is_over(house: House, ada: Member) -> None:
    await house.owner.execute(FOLLOW)
    site = house.world.web.host_url("acme")
    query = await ada.post(QUERIES, {"raw_query": f"price changes at {site}"}, expect=201)
    await house.work()
    seen = await house.owner.fetch(
        "select status, jsonb_array_length(suggestions) as size from public.seen order by number"
    )
    under_way = [row["size"] for row in seen if row["status"] == "pending"]
    assert under_way[0] == 1
    assert max(under_way) > 1
    assert seen[-1]["status"] == "discovered"
    assert (await ada.get(f"{QUERIES}/{query['id']}"))["status"] == "discovered"


async def test_a_better_address_takes_the_place_of_the_worst_and_none_is_told_twice() -> None:
    notified = Notified()
    shortlist = Shortlist(notified)
    for number in (*range(MAX_OFFERED), 9, 0, 9):
        await shortlist.add(Candidate(f"https://example.org/{number}", f"Page {number}", "website", "why", number))
    assert [one.url[-1] for one in notified.lists[-1]] == ["9", "4", "3", "2", "1"]
    assert len(notified.lists) == MAX_OFFERED + 1
