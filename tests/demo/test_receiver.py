"""The webhook receiver: signatures on the raw bytes, repeated deliveries, and the ways to refuse."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import aiohttp
import pytest
from standardwebhooks import Webhook

from headwater.core.clock import MovableClock, now
from headwater.demo import DemoReceiver, open_receiver
from tests.fixtures.waiting import wait_until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"type": "alert.created", "price": "24 €"}'


def sign(
    body: str = BODY, *, identity: str = "msg_1", at: datetime | None = None, secret: str = SECRET
) -> dict[str, str]:
    moment = at or now()
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(identity, moment, body),
        "content-type": "application/json",
    }


async def post(client: aiohttp.ClientSession, receiver: DemoReceiver, headers: dict[str, str], body: str = BODY) -> int:
    async with client.post(receiver.url, data=body.encode(), headers=headers, allow_redirects=False) as response:
        return response.status


async def test_a_signed_delivery_is_taken_once(receiver: DemoReceiver, client: aiohttp.ClientSession) -> None:
    receiver.trust(SECRET)
    assert [await post(client, receiver, sign()) for _ in range(3)] == [204, 204, 204]
    assert await post(client, receiver, sign(identity="msg_2")) == 204
    first, second = await receiver.wait_for(2)
    assert (first.webhook_id, second.webhook_id) == ("msg_1", "msg_2")
    assert first.payload == {"type": "alert.created", "price": "24 €"}
    assert first.body == BODY.encode()
    assert receiver.count_hits() == {"taken": 2, "repeated": 2}
    assert len(receiver.list_deliveries(repeated=True)) == 4


async def test_what_is_not_signed_right_is_refused(receiver: DemoReceiver, client: aiohttp.ClientSession) -> None:
    assert await post(client, receiver, sign()) == 401
    receiver.trust(SECRET)
    good = sign()
    for headers, body in (
        (good, BODY.replace("24", "42")),
        (good, BODY + " "),
        (sign(secret=OTHER), BODY),
        (sign(at=now() - timedelta(minutes=6)), BODY),
        (sign(at=now() + timedelta(minutes=6)), BODY),
        ({**good, "webhook-id": "msg_2"}, BODY),
        ({**good, "webhook-signature": "v1"}, BODY),
        ({**good, "webhook-signature": "v1,%%%"}, BODY),
        ({"content-type": "application/json"}, BODY),
    ):
        assert await post(client, receiver, headers, body) == 401, headers
    assert receiver.list_deliveries() == []
    assert receiver.count_hits() == {"refused": 10}
    assert [delivery.verified for delivery in receiver.deliveries] == [False] * 10


async def test_two_secrets_during_a_rotation(receiver: DemoReceiver, client: aiohttp.ClientSession) -> None:
    receiver.trust(SECRET)
    assert receiver.trust(OTHER) == 2
    old, new = sign(), sign(secret=OTHER)
    both = {**old, "webhook-signature": f"{old['webhook-signature']} {new['webhook-signature']}"}
    assert [await post(client, receiver, headers) for headers in (old, new, both)] == [204, 204, 204]


@pytest.mark.parametrize(
    ("mode", "status"), [("failing", 500), ("unavailable", 503), ("gone", 410), ("redirecting", 302)]
)
async def test_refusing_modes(receiver: DemoReceiver, client: aiohttp.ClientSession, mode: str, status: int) -> None:
    receiver.trust(SECRET)
    await receiver.set_mode(mode, times=1, seconds=7)
    assert await post(client, receiver, sign()) == status
    assert await post(client, receiver, sign()) == 204
    assert receiver.count_hits() == {mode: 1, "taken": 1}


async def test_down_slow_and_dropping(receiver: DemoReceiver, client: aiohttp.ClientSession) -> None:
    receiver.trust(SECRET)
    await receiver.set_mode("down")
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(client, receiver, sign())
    await receiver.set_mode("slow", seconds=3600)
    posting = asyncio.ensure_future(post(client, receiver, sign()))
    await wait_until(lambda: receiver.waiting, what="the delivery to be held")
    assert not posting.done()
    await receiver.set_mode("dropping", times=1)
    assert await posting == 204
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(client, receiver, sign(identity="msg_2"))
    assert await post(client, receiver, sign(identity="msg_2")) == 204
    assert receiver.count_hits() == {"taken": 2, "repeated": 1}


async def test_a_clock_that_tests_move(client: aiohttp.ClientSession) -> None:
    clock = MovableClock()
    async with open_receiver(clock=clock) as receiver:
        receiver.trust(SECRET)
        early = sign()
        clock.advance(timedelta(days=1))
        assert await post(client, receiver, early) == 401
        late = sign(identity="msg_2", at=clock.now())
        assert await post(client, receiver, late) == 204
        assert await post(client, receiver, {**late, "webhook-timestamp": "soon"}) == 401
        assert await post(client, receiver, late, body="{}") == 401
        (delivery,) = receiver.list_deliveries()
        assert delivery.at > now() + timedelta(hours=23)


async def test_control_answers_while_the_receiver_is_down(
    receiver: DemoReceiver, client: aiohttp.ClientSession
) -> None:
    for mode in ("down", "up"):
        async with client.post(f"{receiver.control_url}/_control/set_mode", json={"mode": mode}) as response:
            assert (await response.json())["result"]["name"] == mode
    receiver.trust(SECRET)
    assert await post(client, receiver, sign()) == 204
