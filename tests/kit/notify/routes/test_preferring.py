"""Who is told, when, and by which channel."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event
from tests.kit.notify.api import open_api
from tests.kit.notify.world import World, make_event

from headwater.core.database.database import Identity, driver
from headwater.kit.controls import RateLimiter, Valkey
from headwater.kit.notify import SendingRates, notify


def move_to(world: World, wall: str) -> None:
    """Move the clock to the next time that a clock in UTC shows so."""
    now = world.clock.now()
    wanted = datetime.combine(now.date(), time.fromisoformat(wall), UTC)
    world.clock.advance((wanted - now) % timedelta(days=1))


async def test_each_member_is_told_as_they_wish(world: World) -> None:
    inbox_only = await world.add_member("inbox@example.com")
    high_only = await world.add_member("high@example.com")
    await world.add_member("all@example.com")
    await world.prefer(inbox_only, channels=["in_app"])
    await world.prefer(high_only, severity_floor="high")
    await world.tell(severity="medium")
    await world.work()
    assert sorted(message.recipients[0] for message in world.mail.list_messages()) == [
        "ada@example.com",
        "all@example.com",
    ]
    told = {row["user_id"] for row in await world.service("select user_id from notifications")}
    assert inbox_only in told
    assert high_only not in told


async def test_only_those_asked_for_are_told(world: World) -> None:
    other = await world.add_member("other@example.com")
    await world.tell(to_users=frozenset({other}))
    await world.work()
    assert [message.recipients for message in world.mail.list_messages()] == [("other@example.com",)]


async def test_unconfirmed_and_unverified_addresses_get_nothing_and_the_log_says_why(world: World) -> None:
    await world.add_member("unconfirmed@example.com", confirmed=False)
    unverified = await world.add_member("verified@example.com")
    await world.prefer(unverified, email="elsewhere@example.com")
    await world.tell()
    await world.work()
    assert [message.recipients for message in world.mail.list_messages()] == [("ada@example.com",)]
    refused = await world.deliveries(channel="email", status="suppressed")
    assert {(row["address"], row["reason"]) for row in refused} == {
        ("unconfirmed@example.com", "The address isn't verified."),
        ("elsewhere@example.com", "The address isn't verified."),
    }


async def test_another_workspace_hears_nothing(world: World) -> None:
    await world.add_user("stranger@example.com")
    await world.tell()
    await world.work()
    assert world.mail.mailbox.count == 1


async def test_endpoints_choose_kinds_and_severity_and_follow_their_maker(world: World) -> None:
    maker = await world.add_member("maker@example.com", role="editor")
    await world.prefer(maker, channels=["email"])
    await world.add_endpoint(created_by=maker)
    await world.add_endpoint(event_kinds=["datasets.ready"])
    await world.add_endpoint(event_kinds=["watch.*"], severity_floor="high")
    await world.add_endpoint(enabled=False)
    await world.tell(severity="medium")
    assert await world.deliveries(channel="webhook") == []
    await world.tell(id=uuid4(), severity="high")
    assert len(await world.deliveries(channel="webhook")) == 1


async def test_quiet_hours_hold_mail_back_but_not_the_inbox(world: World) -> None:
    await world.prefer(quiet_start=time(22), quiet_end=time(7), timezone="UTC")
    move_to(world, "23:30")
    await world.tell()
    await world.work()
    assert world.mail.mailbox.count == 0
    assert len(await world.service("select * from notifications")) == 1
    world.clock.advance(timedelta(hours=7, minutes=25))
    await world.work()
    assert world.mail.mailbox.count == 0
    world.clock.advance(timedelta(minutes=10))
    await world.work()
    assert world.mail.mailbox.count == 1


async def test_a_retry_keeps_to_quiet_hours(world: World) -> None:
    await world.prefer(quiet_start=time(22), quiet_end=time(7), channels=["email"])
    move_to(world, "21:59:30")
    await world.mail.set_mode("deferring", times=1)
    await world.tell()
    await world.work()
    due_at = (await world.delivery())["due_at"]
    assert (due_at.hour, due_at.minute) == (7, 0)


@pytest.mark.parametrize(
    ("mode", "subject"), [("hourly", "Your digest: 3 updates"), ("daily", "Your digest: 3 updates")]
)
async def test_a_digest_gathers_what_came_in_its_window(world: World, mode: str, subject: str) -> None:
    await world.prefer(mode=mode, channels=["email"], digest_hour=8)
    move_to(world, "06:10")
    for title in ("one", "two", "three"):
        await world.tell(title=title)
        await world.work()
        world.clock.advance(timedelta(minutes=10))
    assert world.mail.mailbox.count == 0
    world.clock.advance(timedelta(hours=2))
    await world.work()
    (message,) = world.mail.list_messages()
    assert message.subject == subject
    assert all(f"* {title}\n" in message.text for title in ("one", "two", "three"))
    digest = await world.delivery(purpose="digest")
    gathered = await world.deliveries(purpose="event")
    assert {row["digest_id"] for row in gathered} == {digest["id"]}
    assert {row["status"] for row in gathered} == {"sent"}
    await world.tell(title="four")
    world.clock.advance(timedelta(days=1))
    await world.work()
    assert [one.subject for one in world.mail.list_messages()] == [subject, "Your digest: 1 update"]


async def test_any_number_of_digests_is_enqueued_in_as_many_statements_as_one(world: World) -> None:
    """Members of the workspace of a check wait for no round trip each."""
    await world.prefer(mode="daily", channels=["email"], digest_hour=8)
    # The first time the driver also asks for the types of the columns.
    await count_statements(world)
    one = await count_statements(world)
    for number in range(20):
        user_id = await world.add_member(f"member{number}@example.com")
        # Two windows, which end at different times.
        await world.prefer(user_id, mode="daily", channels=["email"], digest_hour=9 + number % 2)
    assert await count_statements(world) == one > 1
    queued = (
        "select count(*) as count from procrastinate.procrastinate_jobs"
        " where task_name = 'notify.digest' and status = 'todo'"
    )
    assert (await world.service(queued, as_owner=True))[0]["count"] == 21


async def count_statements(world: World) -> int:
    """Tell of an event and count the statements that it takes, on both ways to the database."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    async with world.database.transaction(Identity.job(world.workspace_id)) as connection:
        bare, at = await driver(connection), world.clock.now()
        event.listen(world.database.engine.sync_engine, "before_cursor_execute", note)
        with bare.query_logger(lambda record: asked.append(record.query)):
            await notify(connection, workspace_id=world.workspace_id, event=make_event(at), at=at)
        event.remove(world.database.engine.sync_engine, "before_cursor_execute", note)
    return len(asked)


async def test_a_digest_that_fails_takes_its_events_along(world: World) -> None:
    await world.prefer(mode="hourly", channels=["email"])
    world.mail.reject(world.address)
    await world.tell()
    await world.tell(title="another")
    world.clock.advance(timedelta(hours=1))
    await world.work()
    assert [row["status"] for row in await world.deliveries()] == ["dead"] * 3


async def test_unsubscribing_stops_what_waits_already(world: World) -> None:
    await world.mail.set_mode("down")
    await world.tell()
    await world.work()
    await world.prefer(unsubscribed_at=world.clock.now())
    await world.mail.set_mode("up")
    world.clock.advance(timedelta(hours=1))
    await world.work()
    row = await world.delivery(channel="email")
    assert (row["status"], row["reason"]) == ("suppressed", "The recipient unsubscribed.")
    assert world.mail.mailbox.count == 0


async def test_a_member_who_left_gets_nothing(world: World) -> None:
    user_id = await world.add_member("leaving@example.com")
    await world.tell(to_users=frozenset({user_id}))
    await world.service(
        "delete from workspace_members where user_id = :user and workspace_id = :workspace",
        user=user_id,
        workspace=world.workspace_id,
    )
    await world.work()
    assert world.mail.mailbox.count == 0
    assert (await world.delivery(channel="email"))["status"] == "suppressed"


async def test_the_sending_limit_puts_off_without_counting(world: World) -> None:
    world.provide(rates=SendingRates(mails_per_second=1 / 60, mails_at_once=2))
    for _ in range(5):
        await world.tell(id=uuid4())
    await world.work()
    assert world.mail.mailbox.count == 2
    await world.work_for(timedelta(minutes=8), step=timedelta(minutes=2))
    assert world.mail.mailbox.count == 5
    assert {row["attempts"] for row in await world.deliveries(channel="email")} == {1}


async def test_nothing_is_sent_while_valkey_is_gone(world: World) -> None:
    gone = Valkey("redis://127.0.0.1:9/0")
    world.provide(limiter=RateLimiter(gone, clock=world.clock))
    await world.add_endpoint()
    await world.tell()
    await world.work()
    world.clock.advance(timedelta(hours=1))
    await world.work()
    assert (world.mail.mailbox.count, world.receiver.count_hits()) == (0, {})
    world.provide(limiter=RateLimiter(None, clock=world.clock))
    world.clock.advance(timedelta(hours=1))
    await world.work()
    assert (world.mail.mailbox.count, world.receiver.count_hits()) == (1, {"taken": 1})
    assert {row["attempts"] for row in await world.deliveries(status="sent") if row["channel"] != "in_app"} == {1}
    await gone.close()


async def test_what_a_page_holds_does_not_break_the_products_transaction(world: World) -> None:
    await world.tell(
        title="nul \x00 and \ud800" + "x" * 5_000,
        summary="s" * 10_000,
        data={
            "text": "a\x00b\ud800",
            "typed": "\\u0000",
            "at": world.clock.now(),
            "page": "x" * 1_000_000,
            "tags": {"a"},
        },
    )
    await world.work()
    assert world.mail.mailbox.count == 1
    async with world.database.transaction(Identity.job(world.workspace_id)):
        (row,) = await world.service("select title, data from notification_events")
    assert len(row["title"]) == 300
    assert row["data"]["text"] == "ab"
    assert row["data"]["typed"] == "\\u0000"
    assert row["data"]["tags"] == ["a"]
    assert row["data"]["left_out"] == ["page"]


async def test_timezone_of_the_profile_holds_until_another_is_chosen(world: World) -> None:
    await world.service("update profiles set timezone = 'Asia/Tokyo' where id = :user", user=world.user_id)
    world.clock.advance(datetime(2030, 1, 15, 20, 30, tzinfo=UTC) - world.clock.now())
    await world.tell(occurred_at=world.clock.now())
    await world.work()
    (mail,) = world.mail.list_messages()
    assert "16 January 2030, 05:30 JST" in mail.text
    async with open_api(world) as http:
        path = "/api/v1/notifications/preferences"
        assert (await http.get(path)).json()["timezone"] == "Asia/Tokyo"
        assert (await http.put(path, json={"mode": "daily"})).json()["timezone"] == "Asia/Tokyo"
        assert (await http.put(path, json={"timezone": "Europe/Berlin"})).json()["timezone"] == "Europe/Berlin"
        assert (await http.put(path, json={"mode": "hourly"})).json()["timezone"] == "Europe/Berlin"
