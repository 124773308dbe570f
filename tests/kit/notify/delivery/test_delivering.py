"""Events become messages, through a real worker, a real SMTP server and a real receiver."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.kit.notify.world import World, make_event

from headwater.core.database.database import Identity
from headwater.kit.notify import notify
from headwater.kit.notify.log import replay_delivery
from headwater.kit.webhooks import SecretBox


async def test_one_event_is_one_mail_one_webhook_and_one_inbox_entry(world: World) -> None:
    await world.add_endpoint()
    assert await world.tell() == 3
    await world.work()

    (message,) = world.mail.list_messages()
    assert message.recipients == (world.address,)
    assert message.subject == "Acme changed its prices"
    assert "Pro went from $20 to $24." in message.text
    assert "+ Pro: $24" in message.text
    assert "https://acme.test/pricing" in message.html
    (delivery,) = world.receiver.list_deliveries()
    assert delivery.payload["type"] == "watch.alert"
    assert delivery.payload["data"]["source"] == "acme"
    assert delivery.payload["data"]["workspace_id"] == str(world.workspace_id)
    assert [row["status"] for row in await world.deliveries()] == ["sent"] * 3
    (entry,) = await world.service("select * from notifications")
    assert (entry["title"], entry["read_at"]) == ("Acme changed its prices", None)
    assert {row["outcome"] for row in await world.attempts()} == {"sent"}


async def test_mail_and_inbox_lead_to_the_dashboard(world: World) -> None:
    await world.tell(page="/watch/alerts/7")
    await world.work()
    (message,) = world.mail.list_messages()
    page = world.tools.make_page_link("/watch/alerts/7")
    assert page.startswith("http")
    for body in (message.text, message.html):
        assert page in body
        assert "https://acme.test/pricing" in body
    (entry,) = await world.service("select * from notifications")
    assert entry["url"] == "/watch/alerts/7"


async def test_telling_twice_sends_once(world: World) -> None:
    await world.add_endpoint()
    event = make_event(world.clock.now())
    assert await world.tell(event) == 3
    assert await world.tell(event, title="told again") == 0
    await world.work()
    assert await world.tell(event) == 0
    await world.work()
    assert world.mail.mailbox.count == 1
    assert world.receiver.count_hits() == {"taken": 1}
    assert await world.tell(event, id=uuid4()) == 3


async def test_a_transaction_that_fails_tells_nobody(world: World) -> None:
    async def tell_and_fail() -> None:
        async with world.database.transaction(Identity.job(world.workspace_id)) as connection:
            event = make_event(world.clock.now())
            assert await notify(connection, workspace_id=world.workspace_id, event=event) == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await tell_and_fail()
    assert await world.work() == []
    assert await world.deliveries() == []


async def test_mail_server_down_for_an_hour(world: World) -> None:
    await world.mail.set_mode("down")
    await world.tell()
    await world.work()
    assert (await world.delivery(channel="email"))["status"] == "failed"
    await world.work_for(timedelta(hours=1))
    await world.mail.set_mode("up")
    await world.work_for(timedelta(hours=2))
    row = await world.delivery(channel="email")
    assert (row["status"], world.mail.mailbox.count) == ("sent", 1)
    outcomes = [attempt["outcome"] for attempt in await world.attempts()]
    assert outcomes == ["failed"] * (len(outcomes) - 1) + ["sent"]
    assert [attempt["number"] for attempt in await world.attempts()] == list(range(1, len(outcomes) + 1))


async def test_receiver_down_for_a_day(world: World) -> None:
    await world.add_endpoint()
    await world.receiver.set_mode("down")
    for _ in range(3):
        await world.tell()
    await world.work()
    await world.work_for(timedelta(days=1), step=timedelta(hours=1))
    assert {row["status"] for row in await world.deliveries(channel="webhook")} == {"failed"}
    await world.receiver.set_mode("up")
    await world.work_for(timedelta(hours=12), step=timedelta(hours=1))
    assert {row["status"] for row in await world.deliveries(channel="webhook")} == {"sent"}
    assert world.receiver.count_hits() == {"taken": 3}


async def test_receiver_down_for_good_ends_in_a_dead_letter(world: World) -> None:
    await world.add_endpoint()
    await world.receiver.set_mode("failing")
    await world.tell()
    await world.work()
    await world.work_for(timedelta(hours=40), step=timedelta(hours=1))
    row = await world.delivery(channel="webhook")
    assert (row["status"], row["reason"]) == ("dead", "failing")
    hits = world.receiver.count_hits()["failing"]
    assert 9 <= hits <= 13
    await world.work_for(timedelta(hours=12), step=timedelta(hours=3))
    assert world.receiver.count_hits()["failing"] == hits


async def test_an_address_that_the_server_refuses_is_a_dead_letter_at_once(world: World) -> None:
    world.mail.reject(world.address)
    await world.tell()
    await world.work()
    row = await world.delivery(channel="email")
    assert row["status"] == "dead"
    (attempt,) = await world.attempts()
    assert attempt["status_code"] == 550


@pytest.mark.parametrize(("mode", "code"), [("deferring", 451), ("deferring_data", 451)])
async def test_a_deferred_mail_is_tried_again_after_a_minute(world: World, mode: str, code: int) -> None:
    await world.mail.set_mode(mode, times=1)
    await world.tell()
    await world.work()
    assert (await world.attempts())[0]["status_code"] == code
    world.clock.advance(timedelta(seconds=50))
    await world.work()
    assert (await world.delivery(channel="email"))["status"] == "failed"
    world.clock.advance(timedelta(seconds=30))
    await world.work()
    assert (await world.delivery(channel="email"))["status"] == "sent"
    assert world.mail.mailbox.distinct == 1


async def test_a_line_cut_before_the_answer_is_uncertain_and_replayed_by_hand_only(world: World) -> None:
    await world.mail.set_mode("dropping", times=1)
    await world.tell()
    await world.work()
    row = await world.delivery(channel="email")
    assert row["status"] == "uncertain"
    await world.work_for(timedelta(hours=40), step=timedelta(hours=4))
    assert world.mail.mailbox.count == 1
    async with world.database.transaction(world.as_user()) as connection:
        await replay_delivery(connection, row["id"], at=world.clock.now())
    await world.work()
    assert (await world.delivery(channel="email"))["status"] == "sent"
    # The repeated mail is the same one to whoever gets both.
    assert (world.mail.mailbox.count, world.mail.mailbox.distinct) == (2, 1)
    assert [attempt["outcome"] for attempt in await world.attempts()] == ["uncertain", "sent"]


async def test_a_webhook_cut_before_the_answer_is_sent_again_under_its_id(world: World) -> None:
    await world.add_endpoint()
    await world.receiver.set_mode("dropping", times=1)
    await world.tell()
    await world.work()
    world.clock.advance(timedelta(minutes=2))
    await world.work()
    assert world.receiver.count_hits() == {"taken": 1, "repeated": 1}
    assert (await world.delivery(channel="webhook"))["status"] == "sent"


async def test_gone_disables_the_endpoint_and_what_follows_is_not_planned(world: World) -> None:
    endpoint_id, _ = await world.add_endpoint()
    await world.receiver.set_mode("gone")
    await world.tell()
    await world.work()
    row = await world.delivery(channel="webhook")
    assert (row["status"], row["reason"]) == ("dead", "The endpoint answered 410 Gone, so it was disabled.")
    (endpoint,) = await world.service("select * from webhook_endpoints where id = :id", id=endpoint_id)
    assert (endpoint["enabled"], endpoint["disabled_reason"]) == (False, row["reason"])
    assert await world.tell(id=uuid4()) == 2


async def test_what_a_receiver_asks_for_is_waited(world: World) -> None:
    await world.add_endpoint()
    await world.receiver.set_mode("unavailable", seconds=1800)
    await world.tell()
    await world.work()
    row = await world.delivery(channel="webhook")
    assert row["due_at"] - world.clock.now() > timedelta(minutes=29)
    (endpoint,) = await world.service("select failures from webhook_endpoints")
    assert endpoint["failures"] == 1


async def test_redirects_of_a_receiver_are_not_followed(world: World) -> None:
    await world.add_endpoint()
    await world.receiver.set_mode("redirecting", times=1)
    await world.tell()
    await world.work()
    assert [(row["outcome"], row["status_code"]) for row in await world.attempts() if row["status_code"] != 250] == [
        ("failed", 302)
    ]


async def test_an_address_that_became_private_is_not_called(world: World) -> None:
    await world.add_endpoint("http://169.254.169.254/latest/meta-data/")
    await world.tell()
    await world.work()
    assert "may not be called" in (await world.delivery(channel="webhook"))["reason"]


async def test_without_a_mail_server_the_log_says_so(world: World) -> None:
    world.provide(mail_sender=None)
    await world.tell()
    await world.work()
    row = await world.delivery(channel="email")
    assert (row["status"], row["reason"]) == ("suppressed", "No mail server is set up.")
    assert (await world.delivery(channel="in_app"))["status"] == "sent"


async def test_a_secret_that_cannot_be_read_waits_for_its_key(world: World) -> None:
    await world.add_endpoint()
    right = world.tools.secret_box
    world.provide(secret_box=SecretBox([b"x" * 32]))
    await world.tell()
    await world.work()
    assert (await world.delivery(channel="webhook"))["status"] == "failed"
    world.provide(secret_box=right)
    world.clock.advance(timedelta(minutes=2))
    await world.work()
    assert (await world.delivery(channel="webhook"))["status"] == "sent"
