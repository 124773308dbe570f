"""Alerts: listed, acknowledged, in a private feed; history, versions and the difference between them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from lxml import etree
from tests.fixtures.installation import read_answer
from tests.fixtures.workspaces import add_member, make_user
from tests.products.watch.factories import ALERTS, PRICING, SOURCES, STATUS, House, Member


async def alert_on(house: House, member: Member, page: str = PRICING, change: Any = "price") -> dict[str, Any]:
    """Watch a page, change it, and return the alert."""
    source = await member.watch(page)
    house.world.web.change(page, change)
    check = await member.check(source)
    assert check["alert_id"]
    return dict(await member.get(f"{ALERTS}/{check['alert_id']}"))


async def test_alerts_are_listed_and_narrowed(house: House, ada: Member) -> None:
    first = await alert_on(house, ada)
    second = await alert_on(house, ada, STATUS, "state")
    listed = await ada.alerts()
    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert [one["id"] for one in await ada.alerts(limit=1, before=second["id"])] == [first["id"]]
    assert [one["id"] for one in await ada.alerts(source_id=first["monitored_source_id"])] == [first["id"]]
    for level in ("low", "medium", "high"):
        expected = [one["id"] for one in listed if _rank(one["severity"]) >= _rank(level)]
        assert [one["id"] for one in await ada.alerts(severity_from=level)] == expected
    await ada.get(ALERTS, severity_from="dreadful", expect=422)


def _rank(level: str) -> int:
    return ("low", "medium", "high").index(level)


async def test_the_first_acknowledgement_stands_and_can_be_taken_back(house: House, ada: Member) -> None:
    alert = await alert_on(house, ada)
    path = f"{ALERTS}/{alert['id']}/acknowledge"
    first = await ada.post(path)
    assert first["acknowledged_at"] is not None
    assert (await ada.post(path))["acknowledged_at"] == first["acknowledged_at"]
    assert [one["id"] for one in await ada.alerts(acknowledged=True)] == [alert["id"]]
    assert await ada.alerts(acknowledged=False) == []
    assert (await ada.post(path, undo=True))["acknowledged_at"] is None
    await ada.post(f"{ALERTS}/{uuid4()}/acknowledge", expect=404)


async def test_an_alert_can_be_changed_in_nothing_but_its_acknowledgement(house: House, ada: Member) -> None:
    alert = await alert_on(house, ada)
    await ada.patch(f"{ALERTS}/{alert['id']}", {"summary": "nothing happened"}, expect=405)
    await ada.delete(f"{ALERTS}/{alert['id']}", expect=405)


async def test_the_private_feed_lists_the_alerts_and_only_its_owner_s(house: House, ada: Member) -> None:
    alert = await alert_on(house, ada)
    eve = await house.add_member(email="eve@example.com")
    ada_feed, eve_feed = [(await one.post(f"{ALERTS}/feed"))["url"] for one in (ada, eve)]
    answer = await house.http.get(ada_feed)
    assert answer.headers["content-type"].startswith("application/rss+xml")
    (item,) = etree.fromstring(answer.content).iter("item")
    assert item.findtext("guid") == alert["id"]
    assert alert["summary"][:40] in item.findtext("title")
    assert item.findtext("link") == alert["source_url"]
    assert list(etree.fromstring((await house.http.get(eve_feed)).content).iter("item")) == []
    renewed = (await ada.post(f"{ALERTS}/feed"))["url"]
    read_answer(await house.http.get(ada_feed), 404)
    assert (await house.http.get(renewed)).status_code == 200
    read_answer(await house.http.get(f"{ALERTS}/feed.xml", params={"token": "x" * 32}), 404)
    # Whoever leaves the workspace takes no feed of it along.
    await add_member(house.owner, workspace_id=ada.person.workspace_id, person=eve.person, role="viewer")
    shared = (await eve.post(f"{ALERTS}/feed", workspace_id=str(ada.person.workspace_id)))["url"]
    assert alert["id"] in (await house.http.get(shared)).text
    await house.owner.execute(
        "delete from public.workspace_members where user_id = $1 and workspace_id = $2",
        eve.person.user_id,
        ada.person.workspace_id,
    )
    read_answer(await house.http.get(shared), 404)


async def test_odd_signs_on_a_page_break_neither_feed_nor_export(house: House, ada: Member) -> None:
    source = await ada.watch(name="A\x0b\x1f name \U0001f680 & <b>")
    house.world.web.change(PRICING, "price", value="$ 31\x0c.00 \ufffe & <i>")
    await ada.check(source)
    feed = await house.http.get((await ada.post(f"{ALERTS}/feed"))["url"])
    assert len(list(etree.fromstring(feed.content).iter("item"))) == len(await ada.alerts())
    export = await ada.send("GET", f"{SOURCES}.opml")
    assert len(list(etree.fromstring(export.content).iter("outline"))) == 1


async def test_history_versions_and_their_difference(house: House, ada: Member) -> None:
    source = await ada.watch()
    house.world.web.change(PRICING, "price", fact="team_price")
    await ada.check(source)
    await ada.check(source)
    path = f"{SOURCES}/{source}"
    history = await ada.get(f"{path}/history")
    assert [one["outcome"] for one in history] == ["unchanged", "changed", "first"]
    assert [one["outcome"] for one in await ada.get(f"{path}/history", outcome="changed")] == ["changed"]
    assert [one["outcome"] for one in await ada.get(f"{path}/history", before=history[0]["id"], limit=1)] == ["changed"]
    new, old = await ada.get(f"{path}/versions")
    assert (new["is_current"], old["is_current"]) == (True, False)
    (alert,) = await ada.alerts()
    assert (alert["from_content_id"], alert["to_content_id"]) == (old["id"], new["id"])
    diff = await ada.get(f"{path}/versions/{old['id']}/diff/{new['id']}")
    assert diff["summary"] == alert["summary"]
    assert diff["details"]["reworded"]
    back = await ada.get(f"{path}/versions/{new['id']}/diff/{old['id']}")
    assert back["score"] > 0
    same = await ada.get(f"{path}/versions/{new['id']}/diff/{new['id']}")
    assert (same["score"], same["details"]["reworded"]) == (0, [])
    await ada.get(f"{path}/versions/{uuid4()}", expect=404)
    other = await ada.watch(STATUS)
    # A version is read through its own source only.
    await ada.get(f"{SOURCES}/{other}/versions/{new['id']}", expect=404)


async def test_a_version_reads_back_as_it_was_seen(house: House, ada: Member) -> None:
    source = await ada.watch()
    (version,) = await ada.get(f"{SOURCES}/{source}/versions")
    content = (await ada.get(f"{SOURCES}/{source}/versions/{version['id']}"))["content"]
    assert version["characters"] == len(content)
    assert "The Team plan costs" in content
    assert "cookie" not in content.lower()


async def test_every_member_is_told_as_they_asked(house: House, ada: Member) -> None:
    workspace = ada.person.workspace_id
    for email, channels in (("bob@example.com", ["email"]), ("cy@example.com", ["in_app"])):
        person = await make_user(house.owner, email=email)
        await house.owner.execute(
            "insert into public.workspace_members (workspace_id, user_id, role) values ($1, $2, 'viewer')",
            workspace,
            person.user_id,
        )
        await house.owner.execute(
            "insert into public.notification_preferences (workspace_id, user_id, channels) values ($1, $2, $3)",
            workspace,
            person.user_id,
            channels,
        )
    await alert_on(house, ada)
    assert {name for one in house.world.mail.list_messages() for name in one.recipients} == {
        "ada@example.com",
        "bob@example.com",
    }
    assert house.world.receiver.count_hits() == {"taken": 1}
