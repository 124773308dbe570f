"""The main job on real input: from plain words to one alert, one e-mail and one signed webhook, and on from there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from lxml import etree
from tests.fixtures.installation import NOTIFICATIONS, read_answer
from tests.fixtures.waiting import wait_until
from tests.fixtures.workspaces import Person
from tests.products.watch.factories import ALERTS, PRICING, QUERIES, SOURCES, House, Member

from headwater.core.database.database import Database
from headwater.local.auth import install_auth_schema

CREDENTIALS = {"email": "grace@example.com", "password": "correct horse battery"}


async def sign_up(house: House) -> Member:
    """Sign up over the data plane's own endpoint, then sign in by password."""
    await install_auth_schema(house.gateway.get(Database).dsn)
    headers = {"apikey": house.anon_key}
    read_answer(await house.http.post("/auth/v1/signup", json=CREDENTIALS, headers=headers), 200)
    answer = await house.http.post("/auth/v1/token?grant_type=password", json=CREDENTIALS, headers=headers)
    session = read_answer(answer, 200)
    me = read_answer(
        await house.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {session['access_token']}"}), 200
    )
    (workspace,) = me["workspaces"]
    person = Person(UUID(session["user"]["id"]), CREDENTIALS["email"], UUID(workspace["id"]))
    return Member(house, person, session["access_token"])


async def test_from_plain_words_to_an_alert_by_every_channel(house: House) -> None:
    grace = await sign_up(house)
    await grace.choose_channels("email", "webhook", "in_app", mode="immediate", severity_floor="low")
    async with house.working():
        source = await find_and_watch(grace)
        history = f"{SOURCES}/{source}/history"
        await wait_until(lambda: grace.get(history), what="the first check")
        house.world.web.change(PRICING, "price", fact="team_price")
        await house.let_come_due(source)
        (alert,) = await grace.wait_for_alerts()
        (message,) = await house.world.mail.wait_for(1, timeout=30, to=CREDENTIALS["email"])
        (delivery,) = await house.world.receiver.wait_for(1, timeout=30)
        says_it(message, delivery, alert)
        # Looking again finds nothing new and tells nobody.
        await house.let_come_due(source)

        async def checked_again() -> bool:
            return len(await grace.get(history)) >= 3

        await wait_until(checked_again, what="the next check")
    assert len(await grace.alerts()) == 1
    assert house.world.receiver.count_hits() == {"taken": 1}
    assert len(house.world.mail.list_messages()) == 1
    await see_to_it(grace, alert)


async def find_and_watch(member: Member) -> str:
    """Say what one wants to know, see what is suggested, and watch the page of prices."""
    site = member.house.world.web.host_url("acme")
    query = await member.post(QUERIES, {"raw_query": f"Tell me when prices change at {site}"}, expect=201)
    assert (query["status"], query["suggestions"]) == ("pending", [])
    path = f"{QUERIES}/{query['id']}"

    async def discovered() -> dict[str, Any] | None:
        found = await member.get(path)
        return dict(found) if found["status"] == "discovered" else None

    found = await wait_until(discovered, what="discovery")
    assert 1 <= len(found["suggestions"]) <= 5
    best = found["suggestions"][0]
    assert best["url"] == member.page_url(PRICING)
    assert best["reason"]
    (source,) = await member.post(f"{path}/watch", {"urls": [best["url"]]}, expect=201)
    assert source["user_query_id"] == query["id"]
    return str(source["id"])


def read_prices(alert: dict[str, Any]) -> tuple[str, str]:
    """Return the price before and after from an alert's facts."""
    fact = next(one for one in alert["details"]["facts"] if one["kind"] == "price")
    return fact["before"], fact["after"]


def says_it(message: Any, delivery: Any, alert: dict[str, Any]) -> None:
    """See that the mail and the webhook say what changed, in the forms that their standards ask for."""
    before, after = read_prices(alert)
    for text in (message.text, message.html, str(delivery.payload)):
        assert before.split()[-1].strip("$") in text
        assert after.split()[-1].strip("$") in text
    assert alert["summary"][:60] in message.subject
    # RFC 8058: one click, no session; RFC 2369: the address in angle brackets.
    assert message.header("list-unsubscribe-post") == "List-Unsubscribe=One-Click"
    assert re.search(r"<http[^>]+>", message.header("list-unsubscribe").replace("\n", ""))
    assert message.message_id
    assert delivery.verified
    assert delivery.payload["type"] == "watch.alert"
    assert delivery.payload["data"]["alert_id"] == alert["id"]
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= delivery.headers.keys()


async def see_to_it(member: Member, alert: dict[str, Any]) -> None:
    """Acknowledge, look back, and take the sources along."""
    source = alert["monitored_source_id"]
    assert (await member.post(f"{ALERTS}/{alert['id']}/acknowledge"))["acknowledged_at"]
    versions = await member.get(f"{SOURCES}/{source}/versions")
    diff = await member.get(f"{SOURCES}/{source}/versions/{versions[1]['id']}/diff/{versions[0]['id']}")
    assert diff["details"]["facts"] == alert["details"]["facts"]
    inbox = await member.get(NOTIFICATIONS)
    assert [one["summary"] for one in inbox] == [alert["summary"]]
    assert {(one["channel"], one["status"]) for one in await member.deliveries()} == {
        ("email", "sent"),
        ("webhook", "sent"),
        ("in_app", "sent"),
    }
    feed = await member.house.http.get((await member.post(f"{ALERTS}/feed"))["url"])
    assert [item.findtext("guid") for item in etree.fromstring(feed.content).iter("item")] == [alert["id"]]
    export = await member.send("GET", f"{SOURCES}.opml")
    again = await member.send("POST", f"{SOURCES}/import", content=export.content)
    assert read_answer(again, 200)["already_watched"] == 1


async def test_the_unsubscribe_link_of_an_alert_ends_the_mails_with_one_click(house: House, ada: Member) -> None:
    source = await ada.watch()
    house.world.web.change(PRICING, "price")
    await ada.check(source)
    (message,) = house.world.mail.list_messages()
    found = re.search(r"<(http[^>]+)>", message.header("list-unsubscribe").replace("\n", "").replace(" ", ""))
    assert found is not None
    answer = await house.http.post(found[1], data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    house.world.web.change(PRICING, "name")
    await ada.check(source)
    assert len(await ada.alerts()) == 2
    assert len(house.world.mail.list_messages()) == 1
    assert house.world.receiver.count_hits() == {"taken": 2}


async def test_a_digest_collects_alerts_and_quiet_hours_hold_them(house: House, ada: Member) -> None:
    await ada.put(f"{NOTIFICATIONS}/preferences", {"mode": "hourly", "channels": ["email"]})
    source = await ada.watch()
    for change in ("price", "name"):
        house.world.web.change(PRICING, change)
        await ada.check(source)
    assert house.world.mail.list_messages() == []
    house.clock.advance(timedelta(hours=1, minutes=1))
    await house.work()
    (digest,) = house.world.mail.list_messages(to="ada@example.com")
    for alert in await ada.alerts():
        assert alert["summary"][:30] in digest.text
