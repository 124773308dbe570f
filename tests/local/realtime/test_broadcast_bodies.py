"""Several messages at once over HTTP: a list of some, up to a bound, and nothing that merely looks like one."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from headwater.local.realtime.rest import _MAX_MESSAGES
from tests.local.realtime.conftest import MOUNT, Service

MESSAGE = {"topic": "a", "event": "b", "payload": {}}


async def post(service: Service, body: Any) -> httpx2.Response:
    """Send messages as anybody."""
    headers = {"apikey": service.keys.publishable_key}
    async with httpx2.AsyncClient(base_url=service.url + MOUNT, timeout=20, headers=headers) as http:
        return await http.post("/api/broadcast", json=body)


async def test_what_is_no_list_of_messages_is_refused(service: Service) -> None:
    refused: tuple[object, ...] = (None, [], {}, {"0": MESSAGE}, "a", "", 5, 0, True, 1.5)
    for messages in refused:
        answer = await post(service, {"messages": messages})
        assert answer.status_code == 422, messages
        assert answer.json() == {"errors": {"messages": ["is invalid" if messages else "can't be blank"]}}
    for body in ([MESSAGE], "messages", 5, None):
        assert (await post(service, body)).status_code in {400, 422}, body


@pytest.mark.parametrize("more", [0, 1])
async def test_number_of_messages_has_a_bound(service: Service, more: int) -> None:
    assert _MAX_MESSAGES == 1_000
    answer = await post(service, {"messages": [MESSAGE] * (_MAX_MESSAGES + more)})
    assert answer.status_code == (422 if more else 202)
