"""SendGrid's Mail Send as its clients know it."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.fixtures.simulated import SimulatedWorld
from tests.fixtures.waiting import wait_until

HEADERS = {"Authorization": "Bearer SG.demo"}


def write_request(**changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "personalizations": [
            {"to": [{"email": "ada@example.com", "name": "Ada"}], "bcc": [{"email": "log@example.com"}]}
        ],
        "from": {"email": "alerts@example.org", "name": "Headwater"},
        "subject": "Größe changed",
        "headers": {"List-Unsubscribe": "<https://example.org/u/1>", "Message-ID": "<7@example.org>"},
        "content": [
            {"type": "text/plain", "value": "It costs 24 € now."},
            {"type": "text/html", "value": "<p>24 €</p>"},
        ],
    }
    return request | changes


async def post(client: aiohttp.ClientSession, world: SimulatedWorld, body: Any, headers: Any = None) -> tuple[int, Any]:
    url = f"{world.sendgrid.url}/v3/mail/send"
    async with client.post(url, json=body, headers=HEADERS if headers is None else headers) as response:
        if response.status == 202:
            return 202, response.headers["X-Message-Id"]
        return response.status, (await response.json())["errors"]


async def test_a_message_lands_beside_the_mail_servers(world: SimulatedWorld, client: aiohttp.ClientSession) -> None:
    status, identity = await post(client, world, write_request())
    assert status == 202
    assert identity
    (message,) = await world.mail.wait_for(1, to="ada@example.com")
    assert message.subject == "Größe changed"
    assert message.text.strip() == "It costs 24 € now."
    assert message.html.strip() == "<p>24 €</p>"
    assert message.recipients == ("ada@example.com", "log@example.com")
    assert message.header("List-Unsubscribe") == "<https://example.org/u/1>"
    assert message.message_id == "<7@example.org>"
    assert message.header("From") == "Headwater <alerts@example.org>"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": [{"to": []}]}, "personalizations.0.to"),
        ({"from": {}}, "from"),
        ({"subject": ""}, "subject"),
        ({"content": []}, "content"),
    ],
)
async def test_incomplete_requests_name_the_field(
    world: SimulatedWorld, client: aiohttp.ClientSession, changes: dict[str, Any], field: str
) -> None:
    status, errors = await post(client, world, write_request(**changes))
    assert (status, errors[0]["field"]) == (400, field)
    assert world.mail.mailbox.count == 0


async def test_a_missing_key(world: SimulatedWorld, client: aiohttp.ClientSession) -> None:
    assert (await post(client, world, write_request(), headers={}))[0] == 401


@pytest.mark.parametrize(
    ("mode", "status"), [("rate_limited", 429), ("failing", 500), ("unavailable", 503), ("unauthorized", 401)]
)
async def test_refusing_modes(world: SimulatedWorld, client: aiohttp.ClientSession, mode: str, status: int) -> None:
    await world.call("sendgrid", "set_mode", mode=mode, times=1)
    assert (await post(client, world, write_request()))[0] == status
    assert (await post(client, world, write_request()))[0] == 202


async def test_down_held_and_dropping(world: SimulatedWorld, client: aiohttp.ClientSession) -> None:
    await world.sendgrid.set_mode("down")
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(client, world, write_request())
    await world.sendgrid.set_mode("held")
    posting = asyncio.ensure_future(post(client, world, write_request()))
    await wait_until(lambda: world.sendgrid.waiting, what="the request to be held")
    assert world.mail.mailbox.count == 0
    await world.sendgrid.set_mode("dropping", times=1)
    assert (await posting)[0] == 202
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(client, world, write_request())
    assert (world.mail.mailbox.count, world.mail.mailbox.distinct) == (2, 1)
