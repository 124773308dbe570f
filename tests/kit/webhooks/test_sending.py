from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from headwater.core.clock import now
from headwater.demo.receiver import DemoReceiver, open_receiver
from headwater.kit.fetch import AddressPolicy, Fetcher
from headwater.kit.webhooks import WebhookResult, classify_answer, generate_secret, make_body, send_webhook

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = make_body(kind="watch.alert", occurred_at=MOMENT, data={"title": "Prices changed", "price": "24 €"})


@pytest.fixture
async def receiver() -> AsyncIterator[DemoReceiver]:
    async with open_receiver() as opened:
        yield opened


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    opened = Fetcher(user_agent="Headwater/test (+https://example.com)", policy=AddressPolicy.allowing(["127.0.0.1"]))
    yield opened
    await opened.close()


async def send(fetcher: Fetcher, url: str, *secrets: str, timeout: float = 5.0) -> WebhookResult:
    return await send_webhook(
        fetcher, url=url, valid_secrets=secrets, id="msg_1", body=BODY, now=now(), timeout=timeout
    )


async def test_a_receiver_accepts_what_is_sent(receiver: DemoReceiver, fetcher: Fetcher) -> None:
    secret = generate_secret()
    receiver.trust(secret)
    result = await send(fetcher, receiver.url, secret)
    assert (result.outcome, result.status_code) == ("delivered", 204)
    (delivery,) = receiver.list_deliveries()
    assert delivery.webhook_id == "msg_1"
    assert delivery.payload == {
        "type": "watch.alert",
        "timestamp": "2026-03-01T12:00:00+00:00",
        "data": {"title": "Prices changed", "price": "24 €"},
    }


async def test_a_receiver_that_knows_one_of_two_secrets_accepts(receiver: DemoReceiver, fetcher: Fetcher) -> None:
    old, new = generate_secret(), generate_secret()
    receiver.trust(old)
    assert (await send(fetcher, receiver.url, new, old)).outcome == "delivered"
    assert (await send(fetcher, receiver.url, new)).status_code == 401


@pytest.mark.parametrize(
    ("mode", "status"),
    [("failing", 500), ("unavailable", 503), ("redirecting", 302), ("down", None), ("held", None)],
)
async def test_failures_are_tried_again(
    receiver: DemoReceiver, fetcher: Fetcher, mode: str, status: int | None
) -> None:
    await receiver.set_mode(mode)
    result = await send(fetcher, receiver.url, generate_secret(), timeout=0.5)
    assert (result.outcome, result.status_code) == ("retry", status)
    assert (result.retry_after is not None) == (mode == "unavailable")
    await receiver.set_mode("up")


async def test_gone_disables(receiver: DemoReceiver, fetcher: Fetcher) -> None:
    await receiver.set_mode("gone")
    assert (await send(fetcher, receiver.url, generate_secret())).outcome == "disable"


async def test_a_connection_cut_after_the_delivery_is_tried_again_under_the_same_id(
    receiver: DemoReceiver, fetcher: Fetcher
) -> None:
    secret = generate_secret()
    receiver.trust(secret)
    await receiver.set_mode("dropping", times=1)
    assert (await send(fetcher, receiver.url, secret)).outcome == "retry"
    assert (await send(fetcher, receiver.url, secret)).outcome == "delivered"
    assert len(receiver.list_deliveries()) == 1
    assert len(receiver.list_deliveries(repeated=True)) == 2


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "http://[::1]/", "ftp://x.test/"]
)
async def test_private_addresses_are_never_called(url: str) -> None:
    guarded = Fetcher(user_agent="Headwater/test (+https://example.com)")
    result = await send(guarded, url, generate_secret())
    assert result.outcome == "retry"
    assert result.response.startswith("The address may not be called")
    await guarded.close()


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "wait"),
    [
        (200, {}, "delivered", None),
        (299, {}, "delivered", None),
        (301, {"Location": "http://10.0.0.1/"}, "retry", None),
        (404, {}, "retry", None),
        (410, {}, "disable", None),
        (429, {"Retry-After": "120"}, "retry", timedelta(minutes=2)),
        (503, {"Retry-After": "Sun, 01 Mar 2026 12:01:00 GMT"}, "retry", timedelta(minutes=1)),
        (503, {"Retry-After": "soon"}, "retry", None),
        (500, {"Retry-After": "120"}, "retry", None),
    ],
)
def test_answers_are_classified(status: int, headers: dict[str, str], outcome: str, wait: timedelta | None) -> None:
    result = classify_answer(status, headers, "x" * 9_000 + "\x00", milliseconds=3, now=MOMENT)
    assert (result.outcome, result.retry_after) == (outcome, wait)
    assert len(result.response) == 500


async def test_a_status_counts_although_its_body_is_endless(fetcher: Fetcher) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 200_000)

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host, port = runner.addresses[0][:2]
        result = await send(fetcher, f"http://{host}:{port}/", generate_secret())
        assert (result.outcome, result.status_code) == ("delivered", 200)
    finally:
        await runner.cleanup()
