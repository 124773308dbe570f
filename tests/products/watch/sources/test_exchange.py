"""Sources in and out as OPML."""

from __future__ import annotations

from lxml import etree
from sqlalchemy.pool import AsyncAdaptedQueuePool
from tests.fixtures.installation import read_answer
from tests.products.watch.factories import FEED, LAMP, PRICING, SOURCES, House, Member

from headwater.core.database.database import Database
from headwater.kit.fetch import Fetcher


async def bring_in(member: Member, document: str | bytes, *, expect: int = 200) -> dict[str, object]:
    """Import an OPML file."""
    content = document.encode() if isinstance(document, str) else document
    return dict(read_answer(await member.send("POST", f"{SOURCES}/import", content=content), expect))


def write(*outlines: str) -> str:
    """Write an OPML file."""
    return f'<?xml version="1.0"?><opml version="2.0"><body>{"".join(outlines)}</body></opml>'


async def test_what_is_exported_can_be_imported_elsewhere(house: House, ada: Member) -> None:
    await ada.watch(PRICING, name="Prices & <plans>", check_interval=7200, first_check=False)
    await ada.watch(ada.page_url(f"/harbor{FEED}"), kind="rss", name="Gazette", first_check=False)
    answer = await ada.send("GET", f"{SOURCES}.opml")
    assert answer.headers["content-type"].startswith("text/x-opml")
    assert "attachment" in answer.headers["content-disposition"]
    assert len(list(etree.fromstring(answer.content).iter("outline"))) == 2
    eve = await house.add_member()
    assert await bring_in(eve, answer.content) == {"added": 2, "already_watched": 0, "refused": []}
    assert await bring_in(eve, answer.content) == {"added": 0, "already_watched": 2, "refused": []}

    def known(one: dict[str, object]) -> tuple[object, ...]:
        return one["url"], one["name"], one["kind"], one["check_interval"]

    assert sorted(map(known, await eve.get(SOURCES))) == sorted(map(known, await ada.get(SOURCES)))


async def test_outlines_that_cannot_be_watched_are_named_and_the_others_added(ada: Member) -> None:
    given = write(
        f'<outline text="good" type="rss" xmlUrl="{ada.page_url("/harbor" + FEED)}"/>',
        '<outline text="private" type="link" url="http://10.0.0.1/"/>',
        '<outline text="scheme" type="link" url="gopher://example.org/"/>',
        '<outline text="short" type="link" url="x"/>',
        f'<outline text="group"><outline text="inner" htmlUrl="{ada.page_url(LAMP)}"/></outline>',
        f'<outline text="twice" htmlUrl="{ada.page_url(LAMP)}#again"/>',
        '<outline text="no address"/>',
    )
    result = await bring_in(ada, given)
    assert (result["added"], result["already_watched"]) == (2, 1)
    refused = result["refused"]
    assert isinstance(refused, list)
    assert len(refused) == 3
    assert any("10.0.0.1" in one for one in refused)


async def test_odd_intervals_become_ones_that_may_be(ada: Member) -> None:
    for number, interval in enumerate(("²", "٣", "-5", "1e9", "999999999999999999999", "0", "")):
        address = f"{ada.page_url(LAMP)}?{number}"
        given = write(f'<outline text="a" url="{address}" headwaterCheckInterval="{interval}"/>')
        assert (await bring_in(ada, given))["added"] == 1, interval
        source = (await ada.get(SOURCES))[0]
        assert 60 <= source["check_interval"] <= 2_592_000, interval


NO_OPML = [
    b"",
    b"not xml",
    b"\xff\xfe\x00",
    b"<html><body/></html>",
    b"<opml",
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
    b'<!DOCTYPE o [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
]


async def test_what_is_no_opml_is_refused(ada: Member) -> None:
    for document in NO_OPML:
        refused = await bring_in(ada, document, expect=422)
        assert refused["code"] == "invalid_opml", document


async def test_entities_of_an_opml_file_reach_no_file_of_ours(ada: Member) -> None:
    document = (
        '<!DOCTYPE o [<!ENTITY f SYSTEM "file:///etc/hostname">]><opml version="2.0"><body>'
        f'<outline text="a&f;b" url="{ada.page_url(LAMP)}"/></body></opml>'
    )
    await bring_in(ada, document, expect=422)
    assert await ada.get(SOURCES) == []


async def test_too_large_files_are_refused(house: House, ada: Member) -> None:
    await bring_in(ada, write("<!--" + "x" * 1_000_001 + "-->"), expect=413)
    await bring_in(ada, write('<outline url="x"/>' * 2_001), expect=413)
    assert await house.count("public.monitored_sources") == 0


async def test_a_viewer_imports_nothing_and_a_stranger_finds_no_workspace(house: House, ada: Member) -> None:
    given = write(f'<outline text="a" url="{ada.page_url(LAMP)}"/>')
    eve, victor = await house.add_member(), await house.add_member()
    await house.owner.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values ($1, $2, 'viewer')",
        ada.person.workspace_id,
        victor.person.user_id,
    )
    for member, status in ((victor, 403), (eve, 404)):
        response = await member.send(
            "POST", f"{SOURCES}/import", content=given.encode(), params={"workspace_id": str(ada.person.workspace_id)}
        )
        read_answer(response, status)


class NotingResolver:
    """A name server that notes whether whoever asks it has a transaction open meanwhile.

    It is asked in the request's own task, and what that has open stands in its pool alone: other sessions of the
    database have transactions of their own at any time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.waiting: list[int] = []

    async def resolve(self, host: str) -> list[str]:
        """Return a public address."""
        pool = self._database.engine.pool
        assert isinstance(pool, AsyncAdaptedQueuePool)
        self.waiting.append(pool.checkedout())
        return ["93.184.216.34"]


async def test_name_servers_are_asked_while_no_transaction_is_open(house: House, ada: Member) -> None:
    resolver = NotingResolver(house.gateway.get(Database))
    house.gateway.provide(Fetcher, Fetcher.from_settings(house.settings, resolver=resolver))
    await ada.post(SOURCES, {"url": "https://somewhere.example.org/"}, expect=201)
    outline = '<outline text="elsewhere" type="link" url="https://elsewhere.example.org/"/>'
    assert (await bring_in(ada, write(outline)))["added"] == 1
    assert resolver.waiting == [0, 0]


async def test_full_workspace_says_so(house: House, ada: Member) -> None:
    await house.owner.execute(
        "insert into public.monitored_sources (workspace_id, url, normalised_url, host, name)"
        " select $1, 'https://example.com/' || g, 'https://example.com/' || g, 'example.com', 'S'"
        " from generate_series(1, 9999) g",
        ada.person.workspace_id,
    )
    result = await bring_in(
        ada, write(*(f'<outline text="a" type="link" url="{ada.page_url(LAMP)}?{number}"/>' for number in range(3)))
    )
    refused = result["refused"]
    assert isinstance(refused, list)
    assert (result["added"], result["already_watched"], len(refused)) == (1, 0, 2)
    assert all("at most 10000 sources" in one for one in refused)
    answer = await ada.send("POST", SOURCES, json={"url": f"{ada.page_url(PRICING)}"})
    assert (answer.status_code, answer.json()["code"]) == (409, "limit_reached")
