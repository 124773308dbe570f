"""The doors of the local data plane: each service has limits, and the headers that every answer has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest
import websockets

from headwater.core.settings import Settings
from tests.local.test_plane import PASSWORD, Plane, open_plane

_OPEN = {"rate_limit_reads": 0, "rate_limit_writes": 0, "rate_limit_public": 0}
# One of each service and of each way in; the gateway counts before any of their routes is chosen.
_ROUTES = [
    ("GET", "/auth/v1/settings"),
    ("GET", "/auth/v1/health"),
    ("GET", "/auth/v1/user"),
    ("POST", "/auth/v1/token?grant_type=password"),
    ("POST", "/auth/v1/verify"),
    ("GET", "/auth/v1/.well-known/jwks.json"),
    ("GET", "/auth/v1/nothing"),
    ("GET", "/rest/v1/"),
    ("GET", "/rest/v1/monitored_sources"),
    ("POST", "/rest/v1/rpc/nothing"),
    ("GET", "/storage/v1/bucket"),
    ("GET", "/storage/v1/object/public/none/none.png"),
    ("POST", "/storage/v1/object/list/none"),
    ("GET", "/realtime/v1/api/tenants/x/health"),
    ("POST", "/realtime/v1/api/broadcast"),
]


@pytest.fixture
async def open_with(settings: Settings) -> AsyncIterator[Any]:
    """Yield a function that opens the plane with these limits alone."""
    async with AsyncExitStack() as closing:

        async def open_one(**limits: Any) -> Plane:
            return await closing.enter_async_context(open_plane(settings.model_copy(update={**_OPEN, **limits})))

        yield open_one


async def ask(plane: Plane, method: str, path: str, *, key: str = "", token: str = "", **more: Any) -> httpx2.Response:
    """Send one request."""
    headers = {"apikey": key} if key else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    async with httpx2.AsyncClient() as client:
        return await client.request(method, plane.url + path, headers={**headers, **more.pop("headers", {})}, **more)


async def test_each_service_has_a_limit_for_addresses(open_with: Any) -> None:
    plane = await open_with(rate_limit_public=1)
    for key in ("", plane.keys.publishable_key):
        for method, path in _ROUTES:
            await ask(plane, method, path, key=key)
            answer = await ask(plane, method, path, key=key)
            assert answer.status_code == 429, path
            assert set(answer.json()) == {"code", "message", "details", "hint"}
            assert int(answer.headers["retry-after"]) >= 1
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with websockets.connect(
            f"{plane.url.replace('http', 'ws')}/realtime/v1/websocket?apikey={plane.keys.publishable_key}&vsn=2.0.0"
        ):
            pass
    assert refused.value.response.status_code == 429


async def test_each_service_has_a_limit_for_people_and_none_for_the_operator(open_with: Any) -> None:
    plane = await open_with(rate_limit_reads=1, rate_limit_writes=1)
    _, token = await plane.sign_up("ada@example.com")
    key = plane.keys.publishable_key
    rows = "/rest/v1/monitored_sources?name=eq.none"
    assert (await ask(plane, "GET", rows, key=key, token=token)).status_code == 200
    assert (await ask(plane, "PATCH", rows, key=key, token=token, json={"name": "x"})).status_code in {200, 204}
    for method, path in _ROUTES:
        assert (await ask(plane, method, path, key=key, token=token)).status_code == 429, path
    for method in ("POST", "PATCH", "DELETE"):
        assert (await ask(plane, method, rows, key=key, token=token, json={})).status_code == 429, method
    # Her requests to the API count as well, and another person has a count of their own.
    assert (await ask(plane, "GET", "/api/v1/auth/me", token=token)).status_code == 429
    _, other = await plane.sign_up("bob@example.com")
    assert (await ask(plane, "GET", rows, key=key, token=other)).status_code == 200
    for _ in range(3):
        assert (await ask(plane, "GET", rows, key=plane.keys.secret_key)).status_code == 200


async def test_browsers_are_told_of_a_limit_whatever_their_origin(open_with: Any) -> None:
    plane = await open_with(rate_limit_public=1)
    for _ in range(2):
        answer = await ask(plane, "GET", "/auth/v1/settings", headers={"Origin": "https://app.example.com"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "RateLimit-Remaining" in answer.headers["access-control-expose-headers"]
    assert answer.status_code == 429


@pytest.mark.parametrize("signed_in", [False, True])
async def test_every_answer_has_the_headers_of_all_answers(open_with: Any, *, signed_in: bool) -> None:
    plane = await open_with(public_url="https://headwater.example.com")
    key = plane.keys.publishable_key
    token = (await plane.sign_up("ada@example.com"))[1] if signed_in else ""
    for method, path in _ROUTES:
        for given in (key, ""):
            answer = await ask(plane, method, path, key=given, token=token)
            told = answer.headers
            assert told.get_list("x-content-type-options") == ["nosniff"], path
            assert told["referrer-policy"] == "no-referrer", path
            assert told["strict-transport-security"] == "max-age=31536000", path
            if not path.startswith("/storage/"):
                assert told.get_list("x-frame-options") == ["DENY"], path
                assert "frame-ancestors 'none'" in told["content-security-policy"], path
            assert len(told.get_list("cache-control")) == 1, path
            if "well-known" not in path:
                assert told["cache-control"] == "no-store", path
    wrong = await ask(
        plane,
        "POST",
        "/auth/v1/token?grant_type=password",
        key=key,
        json={"email": "x@y.example", "password": PASSWORD},
    )
    assert (wrong.status_code, wrong.headers["cache-control"]) == (400, "no-store")
