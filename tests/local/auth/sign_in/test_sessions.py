"""Sessions and refresh tokens: rotation, reuse, races, and the ways in which a session ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.local.auth.conftest import AuthService, ServiceMaker, unique_email

USED = "refresh_token_already_used"


async def count_tokens(service: AuthService, condition: str) -> int:
    found: int = await service.pool.fetchval(f"select count(*) from auth.refresh_tokens where {condition}")
    return found


async def refresh(service: AuthService, token: str) -> str:
    answer = await service.refresh(token)
    assert answer.status_code == 200, answer.text
    fresh: str = answer.json()["refresh_token"]
    return fresh


async def test_each_refresh_makes_a_child(service: AuthService) -> None:
    session = await service.sign_up()
    answer = await service.refresh(session["refresh_token"])
    body = answer.json()
    assert body["refresh_token"] != session["refresh_token"]
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    assert body["user"]["id"] == session["user"]["id"]
    assert answer.headers["sb-auth-user-id"] == session["user"]["id"]
    row = await service.pool.fetchrow(
        "select parent, revoked, session_id from auth.refresh_tokens where token = $1", body["refresh_token"]
    )
    assert (row["parent"], row["revoked"]) == (session["refresh_token"], False)
    assert answer.headers["sb-auth-session-id"] == str(row["session_id"])


async def test_a_lost_answer_gives_the_same_child_again(service: AuthService) -> None:
    session = await service.sign_up()
    child = await refresh(service, session["refresh_token"])
    service.clock.advance(timedelta(minutes=30))
    assert await refresh(service, session["refresh_token"]) == child


async def test_a_grandparent_is_taken_within_the_interval(service: AuthService) -> None:
    first = (await service.sign_up())["refresh_token"]
    second = await refresh(service, first)
    third = await refresh(service, second)
    service.clock.advance(timedelta(seconds=8))
    assert await refresh(service, first) == third
    assert await count_tokens(service, "not revoked") == 1


async def test_reuse_ends_the_family_and_stays_so(service: AuthService) -> None:
    first = (await service.sign_up())["refresh_token"]
    second = await refresh(service, first)
    third = await refresh(service, second)
    service.clock.advance(timedelta(seconds=11))
    stolen = await service.refresh(first)
    assert (stolen.status_code, stolen.json()["error_code"]) == (400, USED)
    assert stolen.json()["msg"] == "Invalid Refresh Token: Already Used"
    assert await count_tokens(service, "not revoked") == 0
    service.clock.advance(timedelta(seconds=11))
    for token in (third, second, first):
        assert (await service.refresh(token)).json()["error_code"] == USED


async def test_reuse_ends_only_its_own_family(service: AuthService) -> None:
    email = unique_email()
    other = (await service.sign_up(email))["refresh_token"]
    first = (await service.log_in(email)).json()["refresh_token"]
    await refresh(service, await refresh(service, first))
    service.clock.advance(timedelta(seconds=11))
    assert (await service.refresh(first)).status_code == 400
    assert await refresh(service, other)


async def test_without_rotation_reuse_only_fails(make_service: ServiceMaker) -> None:
    service = await make_service(enable_refresh_token_rotation=False)
    first = (await service.sign_up())["refresh_token"]
    third = await refresh(service, await refresh(service, first))
    service.clock.advance(timedelta(seconds=11))
    assert (await service.refresh(first)).json()["error_code"] == USED
    assert await refresh(service, third)


async def test_concurrent_refreshes_share_one_child(service: AuthService) -> None:
    session = await service.sign_up()
    answers = await asyncio.gather(*(service.refresh(session["refresh_token"]) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert await count_tokens(service, "true") == 2
    assert await count_tokens(service, "not revoked") == 1


async def test_a_held_session_is_waited_for(service: AuthService) -> None:
    session = await service.sign_up()
    async with service.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute("select from auth.sessions for update")
            waiting = asyncio.create_task(service.refresh(session["refresh_token"]))
            done, _ = await asyncio.wait({waiting}, timeout=0.2)
            assert not done
        assert (await waiting).status_code == 200


UNKNOWN_TOKENS = {
    "abcdefghijkl": "refresh_token_not_found",
    "": "validation_failed",
    "short": "validation_failed",
    "ABCDEFGHIJKL": "validation_failed",
    "x" * 500: "validation_failed",
    "²³abcdefghij": "validation_failed",
}


async def test_unknown_refresh_tokens(service: AuthService) -> None:
    for token, code in UNKNOWN_TOKENS.items():
        answer = await service.refresh(token)
        assert (answer.status_code, answer.json()["error_code"]) == (400, code), token


async def test_time_limits_of_sessions(make_service: ServiceMaker) -> None:
    service = await make_service(sessions={"timebox": "24h", "inactivity_timeout": "8h"})
    token = (await service.sign_up())["refresh_token"]
    service.clock.advance(timedelta(hours=7))
    token = await refresh(service, token)
    service.clock.advance(timedelta(hours=9))
    idle = (await service.refresh(token)).json()
    assert (idle["error_code"], "Inactivity" in idle["msg"]) == ("session_expired", True)
    token = (await service.sign_up())["refresh_token"]
    for _ in range(4):
        service.clock.advance(timedelta(hours=5))
        token = await refresh(service, token)
    service.clock.advance(timedelta(hours=5))
    assert (await service.refresh(token)).json()["error_code"] == "session_expired"


@pytest.mark.parametrize(("scope", "left"), [("global", set()), ("local", {"other"}), ("others", {"own"}), ("", set())])
async def test_log_out_by_scope(service: AuthService, scope: str, left: set[str]) -> None:
    email = unique_email()
    await service.sign_up(email)
    sessions: dict[str, Any] = {name: (await service.log_in(email)).json() for name in ("own", "other")}
    answer = await service.post(f"/logout?scope={scope}", token=sessions["own"]["access_token"])
    assert (answer.status_code, answer.content) == (204, b"")
    for name, session in sessions.items():
        refreshed = await service.refresh(session["refresh_token"])
        seen = await service.get("/user", token=session["access_token"])
        assert (refreshed.status_code, seen.status_code) == ((200, 200) if name in left else (400, 403))
        if name not in left:
            assert refreshed.json()["error_code"] == "refresh_token_not_found"
            assert seen.json()["error_code"] == "session_not_found"


async def test_unknown_scope(service: AuthService) -> None:
    session = await service.sign_up()
    answer = await service.post("/logout?scope=planet", token=session["access_token"])
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")


async def test_another_users_session_is_no_session(service: AuthService) -> None:
    """A token signed for one user that names another's session (a bug elsewhere) gives nothing."""
    mine, theirs = await service.sign_up(), await service.sign_up()
    row = await service.pool.fetchval(
        "select id from auth.sessions where user_id = $1::text::uuid", theirs["user"]["id"]
    )
    await service.pool.execute(
        "update auth.sessions set user_id = $1::text::uuid where id = $2", mine["user"]["id"], row
    )
    assert (await service.get("/user", token=theirs["access_token"])).status_code == 403


async def test_banned_users_are_out(service: AuthService) -> None:
    session = await service.sign_up()
    path = f"/admin/users/{session['user']['id']}"
    admin = service.keys.service_role_key
    assert (await service.put(path, {"ban_duration": "24h"}, token=admin)).json()["banned_until"]
    assert (await service.refresh(session["refresh_token"])).json()["error_code"] == "user_banned"
    assert (await service.get("/user", token=session["access_token"])).json()["error_code"] == "user_banned"
    assert (await service.log_in(session["user"]["email"])).json()["error_code"] == "user_banned"
    wrong = await service.log_in(session["user"]["email"], "not the password")
    assert wrong.json()["error_code"] == "invalid_credentials"
    service.clock.advance(timedelta(hours=25))
    assert (await service.log_in(session["user"]["email"])).status_code == 200
    await service.put(path, {"ban_duration": "24h"}, token=admin)
    await service.put(path, {"ban_duration": "none"}, token=admin)
    assert (await service.log_in(session["user"]["email"])).status_code == 200
