"""Rules at the doors behind the first: a change instead of a creation, a second time, the last of a row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.kit.notify.api import open_api
from tests.kit.notify.world import World

from headwater.kit.fetch import Fetcher
from headwater.kit.notify.log import replay_delivery

ROOT = "/api/v1/notifications"
PRIVATE = ["http://10.0.0.1/", "http://localhost/", "http://[::1]:8000/", "http://169.254.169.254/"]


@pytest.mark.parametrize("url", PRIVATE)
@pytest.mark.parametrize("door", ["make", "change"])
async def test_private_address_is_no_endpoint(world: World, door: str, url: str) -> None:
    endpoint_id, _ = await world.add_endpoint()
    guarded = Fetcher(user_agent="Headwater/test (+https://example.com)")
    world.provide(fetcher=guarded)
    root = f"{ROOT}/webhook-endpoints"
    async with open_api(world) as api:
        calls = {"make": ("POST", root), "change": ("PATCH", f"{root}/{endpoint_id}")}
        method, path = calls[door]
        answer = await api.request(method, path, json={"url": url})
        assert (answer.status_code, answer.json()["code"]) == (422, "blocked_address")
        assert [row["url"] for row in (await api.get(root)).json()] == [world.receiver.url]
    await guarded.close()


async def test_letter_to_an_address_that_was_changed_since_is_not_sent(world: World) -> None:
    await world.mail.set_mode("down")
    async with open_api(world) as api:
        await api.put(f"{ROOT}/preferences", json={"email": "typo@example.com"})
        await world.work()
        await api.put(f"{ROOT}/preferences", json={"email": "right@example.com"})
        await world.work()
    await world.mail.set_mode("up")
    await world.work_for(timedelta(hours=1))
    assert [message.recipients for message in world.mail.list_messages()] == [("right@example.com",)]
    letters = {row["address"]: row["status"] for row in await world.deliveries(purpose="verification")}
    assert letters == {"typo@example.com": "suppressed", "right@example.com": "sent"}


async def test_failures_in_a_row_end_with_a_success(world: World) -> None:
    async def read() -> int:
        (row,) = await world.service("select failures from webhook_endpoints")
        return int(row["failures"])

    await world.add_endpoint()
    await world.receiver.set_mode("failing", times=2)
    await world.tell()
    await world.work()
    world.clock.advance(timedelta(minutes=2))
    await world.work()
    assert await read() == 2
    world.clock.advance(timedelta(minutes=10))
    await world.work()
    assert (await world.delivery(channel="webhook"))["status"] == "sent"
    assert await read() == 0


async def test_what_is_sent_again_has_all_its_patience_again(world: World) -> None:
    await world.add_endpoint()
    await world.receiver.set_mode("failing")
    await world.tell()
    await world.work()
    await world.work_for(timedelta(hours=40), step=timedelta(hours=2))
    dead = await world.delivery(channel="webhook")
    assert dead["status"] == "dead"
    moment = world.clock.now()
    async with world.database.transaction(world.as_user()) as connection:
        await replay_delivery(connection, dead["id"], at=moment)
    await world.work()
    again = await world.delivery(channel="webhook")
    assert (again["status"], again["attempts"]) == ("failed", 1)
    assert again["first_attempt_at"] >= moment
    await world.receiver.set_mode("up")
    await world.work_for(timedelta(hours=1))
    assert (await world.delivery(channel="webhook"))["status"] == "sent"


@pytest.mark.parametrize(
    ("sizes", "left_out"),
    [
        ({"a": 100, "b": 100}, []),
        ({"a": 200_000, "b": 100}, []),
        ({"a": 200_000, "b": 200_000}, ["b"]),
        ({"a": 200_000, "b": 200_000, "c": 100}, ["b"]),
        ({"a": 300_000, "b": 200_000}, ["a"]),
        ({"a": 256 * 1024 - 2}, []),
        ({"a": 256 * 1024 - 1}, ["a"]),
    ],
)
async def test_data_of_an_event_has_a_bound_for_the_whole(
    world: World, sizes: dict[str, int], left_out: list[str]
) -> None:
    data: dict[str, Any] = {name: "x" * size for name, size in sizes.items()}
    await world.tell(data=data)
    (row,) = await world.service("select data from notification_events")
    kept = {name: value for name, value in data.items() if name not in left_out}
    assert row["data"] == ({**kept, "left_out": left_out} if left_out else kept)
