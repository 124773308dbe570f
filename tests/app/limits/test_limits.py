"""How many requests a minute are answered: every route has a limit for callers, workspaces and addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import asyncpg
import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from headwater.core.settings import Settings
from tests.app.routes import list_requests
from tests.fixtures.gateway import Gateway, open_gateway
from tests.fixtures.workspaces import Cast, add_member, make_api_key

OPEN = {
    "rate_limit_reads": 0,
    "rate_limit_writes": 0,
    "rate_limit_workspace_reads": 0,
    "rate_limit_workspace_writes": 0,
    "rate_limit_public": 0,
}
ME = "/api/v1/auth/me"
ERROR = {"code", "message", "details", "hint"}

Opener = Callable[..., AbstractAsyncContextManager[Gateway]]


@pytest.fixture
async def open_limited(settings: Settings, cast: Cast) -> AsyncIterator[Any]:
    """Yield a function that opens a gateway whose only limits are those given; another one shares its counts."""
    async with AsyncExitStack() as closing:

        async def open_one(**limits: int) -> Gateway:
            given = settings.model_copy(update={**OPEN, **limits})
            return await closing.enter_async_context(open_gateway(given, cast=cast))

        yield open_one


# Where the dashboard is built this is one of its files, which are in memory and cost nothing.
START = "/"


async def ask(gateway: Gateway, caller: str, method: str, path: str, **more: Any) -> Response:
    """Send one request as a caller."""
    async with gateway.client(caller) as client:
        return await client.request(method, path, **more)


def check_refusal(answer: Response) -> None:
    """See that an answer refuses in the shape of every error, and says when to come again."""
    assert answer.status_code == 429, answer.text
    assert set(answer.json()) == ERROR
    assert answer.json()["code"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-remaining"] == "0"


@pytest.mark.parametrize("limit", ["rate_limit_{}", "rate_limit_workspace_{}"])
@pytest.mark.parametrize("caller", ["editor", "key_write"])
async def test_no_route_is_beside_the_limits_of_a_caller(
    open_limited: Any, cast: Cast, limit: str, caller: str
) -> None:
    gateway = await open_limited(**{limit.format(kind): 1 for kind in ("reads", "writes")})
    async with gateway.client(caller, **{"X-Workspace-Id": str(cast.workspace_id)}) as client:
        assert (await client.get(ME)).status_code == 200
        assert (await client.post("/api/v1/jobs/00000000-0000-0000-0000-000000000007/cancel")).status_code != 429
        passed = [
            (method, path)
            for method, path in list_requests(gateway.app, workspace_id=cast.workspace_id)
            if path != START and (await client.request(method, path)).status_code != 429
        ]
    assert passed == []


async def test_no_route_is_beside_the_limit_of_an_address(open_limited: Any) -> None:
    gateway = await open_limited(rate_limit_public=1)
    passed = []
    async with gateway.client() as client:
        for method, path in list_requests(gateway.app):
            await client.request(method, path)
            if path != START and (await client.request(method, path)).status_code != 429:
                passed.append((method, path))
    assert passed == []


async def test_reads_and_writes_are_counted_apart_and_answers_say_what_is_left(open_limited: Any) -> None:
    gateway = await open_limited(rate_limit_reads=3, rate_limit_writes=2)
    told = [await ask(gateway, "editor", "GET", ME) for _ in range(4)]
    assert [one.status_code for one in told] == [200, 200, 200, 429]
    assert [one.headers["ratelimit-remaining"] for one in told] == ["2", "1", "0", "0"]
    assert {one.headers["ratelimit-limit"] for one in told} == {"3"}
    check_refusal(told[-1])
    written = [await ask(gateway, "editor", "POST", "/api/v1/notifications/read-all") for _ in range(3)]
    assert [one.status_code for one in written] == [200, 200, 429]


async def test_one_caller_spends_nothing_of_another(open_limited: Any) -> None:
    gateway = await open_limited(rate_limit_reads=2)
    for caller in ("editor", "viewer", "key_read", "key_write", "stranger"):
        assert [(await ask(gateway, caller, "GET", ME)).status_code for _ in range(3)] == [200, 200, 429], caller


async def test_processes_count_together(open_limited: Any) -> None:
    one, two = await open_limited(rate_limit_reads=2), await open_limited(rate_limit_reads=2)
    statuses = [(await ask(gateway, "editor", "GET", ME)).status_code for gateway in (one, two, one, two)]
    assert statuses == [200, 200, 429, 429]


async def test_a_workspace_is_counted_for_all_its_callers(open_limited: Any, cast: Cast) -> None:
    gateway = await open_limited(rate_limit_workspace_reads=3)
    where = {"workspace_id": str(cast.workspace_id)}
    statuses = [
        (await ask(gateway, caller, "GET", "/api/v1/alerts", params=where)).status_code
        for caller in ("editor", "viewer", "owner", "admin")
    ]
    assert statuses == [200, 200, 200, 429]
    # However it is named, and by a key that names none.
    by_header = await ask(gateway, "admin", "GET", "/api/v1/alerts", headers={"X-Workspace-Id": where["workspace_id"]})
    by_path = await ask(gateway, "admin", "GET", f"/api/v1/workspaces/{cast.workspace_id}/members")
    by_key = await ask(gateway, "key_read", "GET", ME)
    assert [one.status_code for one in (by_header, by_path, by_key)] == [429, 429, 429]
    # The caller's own workspace, and another's, have counts of their own.
    assert (await ask(gateway, "admin", "GET", ME)).status_code == 200
    assert (await ask(gateway, "stranger", "GET", ME)).status_code == 200


async def test_a_stranger_spends_nothing_of_a_workspace_that_they_name(open_limited: Any, cast: Cast) -> None:
    gateway = await open_limited(rate_limit_workspace_reads=2)
    where = {"workspace_id": str(cast.workspace_id)}
    for _ in range(5):
        await ask(gateway, "stranger", "GET", "/api/v1/alerts", params=where)
    assert (await ask(gateway, "editor", "GET", "/api/v1/alerts", params=where)).status_code == 200


async def test_member_of_two_workspaces_spends_in_each(
    open_limited: Any, cast: Cast, owner: asyncpg.Connection
) -> None:
    await add_member(owner, workspace_id=cast.other_workspace_id, person=cast["editor"], role="viewer")
    gateway = await open_limited(rate_limit_workspace_reads=1)
    for workspace_id in (cast.workspace_id, cast.other_workspace_id):
        where = {"workspace_id": str(workspace_id)}
        told = [(await ask(gateway, "editor", "GET", "/api/v1/alerts", params=where)).status_code for _ in range(2)]
        assert told == [200, 429]


@pytest.mark.parametrize("credentials", ["nonsense", "hw_live_nobody", "eyJhbGciOiJub25lIn0.e30."])
async def test_credentials_that_do_not_hold_are_counted_by_address(open_limited: Any, credentials: str) -> None:
    gateway = await open_limited(rate_limit_public=2)
    async with gateway.client(Authorization=f"Bearer {credentials}") as client:
        told = [await client.get(ME) for _ in range(3)]
    assert [one.status_code for one in told] == [401, 401, 429]
    check_refusal(told[-1])
    # Somebody signed in at the same address goes on.
    assert (await ask(gateway, "editor", "GET", ME)).status_code == 200


async def test_revoked_key_is_refused_at_once_although_its_caller_is_remembered(
    open_limited: Any, cast: Cast, owner: asyncpg.Connection
) -> None:
    gateway = await open_limited(rate_limit_reads=10)
    key = await make_api_key(owner, workspace_id=cast.workspace_id, person=cast["admin"], scopes=("read",))
    async with gateway.client(Authorization=f"Bearer {key}") as client:
        assert (await client.get(ME)).status_code == 200
        await owner.execute("update public.api_keys set revoked_at = now()")
        assert (await client.get(ME)).status_code == 401


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("203.0.113.5", "203.0.113.5", "203.0.113.6"),
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", "2001:db8:1:3::5"),
        ("::ffff:203.0.113.5", "203.0.113.5", "::ffff:203.0.113.6"),
    ],
)
async def test_addresses_are_counted_one_by_one(open_limited: Any, one: str, same: str, other: str) -> None:
    gateway = await open_limited(rate_limit_public=1)

    async def look(address: str, path: str = "/health") -> int:
        transport = ASGITransport(app=gateway.app, client=(address, 4711))
        async with AsyncClient(transport=transport, base_url="http://gateway.test") as client:
            return (await client.get(path)).status_code

    assert [await look(one), await look(same), await look(other)] == [200, 429, 200]
    # Each public door has its own count: a flood at one leaves the others open.
    assert await look(one, "/api/v1/config") == 200


@pytest.mark.parametrize(
    "query", ["workspace_id=", "workspace_id", "workspace_id=x", "workspace_id=%00&workspace_id=y"]
)
async def test_workspace_that_is_none_is_the_endpoints_to_refuse(open_limited: Any, query: str) -> None:
    gateway = await open_limited(rate_limit_workspace_reads=5)
    told = await ask(gateway, "editor", "GET", f"/api/v1/alerts?{query}", headers={"X-Workspace-Id": "neither"})
    assert told.status_code in {200, 422}


async def test_nothing_is_counted_where_limits_are_off(open_limited: Any) -> None:
    gateway = await open_limited()
    async with gateway.client("editor") as client:
        told = [await client.get(ME) for _ in range(5)]
    assert {one.status_code for one in told} == {200}
    assert not any("ratelimit-limit" in one.headers for one in told)


async def test_browsers_of_other_origins_may_read_what_is_left(open_limited: Any) -> None:
    gateway = await open_limited(rate_limit_reads=1)
    for _ in range(2):
        answer = await ask(gateway, "editor", "GET", ME, headers={"Origin": "https://app.example.com"})
        assert "ratelimit-remaining" in answer.headers["access-control-expose-headers"].lower()
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["x-request-id"]
    check_refusal(answer)
