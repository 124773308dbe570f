"""Guessing an account's password or codes is slow from wherever, and keeps nobody out of their own account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from headwater.local.auth.sign_in.guesses import CODE_TRIES, KNOWN_PASSWORD_TRIES, PASSWORD_TRIES, find_network
from tests.local.auth.conftest import PASSWORD, AuthService, read_fragment, unique_email

AT_ONCE, A_DAY = PASSWORD_TRIES[0].limit, PASSWORD_TRIES[1].limit


async def try_password(service: AuthService, email: str, password: str, *, address: str) -> httpx2.Response:
    """Sign in from an address, as a proxy on this machine tells it."""
    return await service.http.post(
        "/token?grant_type=password",
        json={"email": email, "password": password},
        headers={"x-forwarded-for": address},
    )


async def guess(service: AuthService, email: str, times: int) -> list[int]:
    """Guess from a new address each time."""
    answers = [
        await try_password(service, email, f"wrong {number}", address=f"198.51.{number // 250}.{number % 250}")
        for number in range(times)
    ]
    return [answer.status_code for answer in answers]


TOTP = {"factor_type": "totp", "friendly_name": "phone"}


async def test_guesses_from_many_addresses_are_counted_together(service: AuthService) -> None:
    email, other = unique_email(), unique_email()
    await service.sign_up(email)
    await service.sign_up(other)
    assert await guess(service, email, AT_ONCE + 3) == [400] * AT_ONCE + [429] * 3
    refused = await try_password(service, email.upper(), PASSWORD, address="203.0.113.77")
    assert (refused.status_code, refused.json()["error_code"]) == (429, "over_request_rate_limit")
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert (await try_password(service, other, PASSWORD, address="203.0.113.77")).status_code == 200


async def test_guessing_gets_slower(service: AuthService) -> None:
    email, tried = unique_email(), 0
    await service.sign_up(email)
    for _ in range(A_DAY):
        tried += (await guess(service, email, AT_ONCE)).count(400)
        service.clock.advance(timedelta(minutes=9))
    # Fifteen hours of it: what may be tried at once, and what has come back meanwhile.
    assert A_DAY <= tried <= 2 * A_DAY


async def test_owner_signs_in_where_they_did_before_whatever_strangers_try(service: AuthService) -> None:
    email, home = unique_email(), "203.0.113.5"
    await service.http.post("/signup", json={"email": email, "password": PASSWORD}, headers={"x-forwarded-for": home})
    await guess(service, email, AT_ONCE + 1)
    assert (await try_password(service, email, PASSWORD, address="203.0.113.6")).status_code == 429
    for _ in range(3):
        signed_in = await try_password(service, email, PASSWORD, address=home)
        assert signed_in.status_code == 200
    # Signing out forgets the session, not the place.
    await service.post("/logout?scope=global", token=signed_in.json()["access_token"])
    assert (await try_password(service, email, PASSWORD, address=home)).status_code == 200


async def test_known_address_may_not_guess_for_ever_either(service: AuthService) -> None:
    email, home = unique_email(), "203.0.113.5"
    await service.http.post("/signup", json={"email": email, "password": PASSWORD}, headers={"x-forwarded-for": home})
    limit = KNOWN_PASSWORD_TRIES[0].limit
    told = [(await try_password(service, email, "wrong", address=home)).status_code for _ in range(limit + 2)]
    assert told == [400] * limit + [429] * 2


async def test_owner_comes_in_by_link_from_anywhere_and_their_session_goes_on(service: AuthService) -> None:
    email = unique_email()
    session = await service.sign_up(email)
    await guess(service, email, AT_ONCE + 1)
    await service.post("/otp", {"email": email})
    auth_email = await service.inbox.wait(email)
    followed = await service.http.get(auth_email.link, headers={"x-forwarded-for": "203.0.113.9"})
    assert read_fragment(followed.headers["location"])["access_token"]
    assert (await service.refresh(session["refresh_token"])).status_code == 200
    # And the place from which the link was followed is known from then on.
    assert (await try_password(service, email, PASSWORD, address="203.0.113.9")).status_code == 200


async def test_account_that_is_none_is_answered_the_same(service: AuthService) -> None:
    there, nobody = unique_email(), unique_email()
    await service.sign_up(there)
    told: dict[str, list[Any]] = {}
    for email in (there, nobody):
        answers = [
            await try_password(service, email, "wrong", address=f"198.51.100.{number}") for number in range(AT_ONCE + 2)
        ]
        told[email] = [(answer.status_code, answer.json()) for answer in answers]
    assert told[there] == told[nobody]


async def test_codes_of_a_letter_are_guessed_slowly_from_many_addresses(service: AuthService) -> None:
    email, codes = unique_email(), []
    await service.sign_up(email)
    await service.post("/otp", {"email": email})
    for number in range(200):
        if number % 25 == 0:
            service.clock.advance(timedelta(minutes=5))
        answer = await service.http.post(
            "/verify",
            json={"type": "email", "email": email, "token": "000000"},
            headers={"x-forwarded-for": f"198.51.100.{number}"},
        )
        codes.append(answer.status_code)
    limit = CODE_TRIES[0].limit
    assert limit <= codes.count(403) <= 2 * limit - 20
    auth_email = await service.inbox.wait(email)
    assert "access_token" in (await service.http.get(auth_email.link)).headers["location"]


async def test_codes_of_a_factor_are_guessed_slowly_from_many_addresses(service: AuthService) -> None:
    token = (await service.sign_up())["access_token"]
    factor = (await service.post("/factors", TOTP, token=token)).json()["id"]
    codes = [await try_factor(service, token, factor, number) for number in range(17)]
    assert codes == [422] * 15 + [429] * 2


async def test_codes_of_a_factor_are_limited_by_the_hour_too(service: AuthService) -> None:
    session = await service.sign_up()
    factor = (await service.post("/factors", TOTP, token=session["access_token"])).json()["id"]
    limit, codes = CODE_TRIES[0].limit, []
    # As fast as the short limit lets somebody go on, which is faster than the bucket of an hour fills up again.
    for number in range(260):
        if number % 14 == 0:
            service.clock.advance(timedelta(minutes=5, seconds=1))
            session = (await service.refresh(session["refresh_token"])).json()
        codes.append(await try_factor(service, session["access_token"], factor, number))
    assert codes[:limit] == [422] * limit
    assert set(codes) == {422, 429}


async def try_factor(service: AuthService, token: str, factor: str, number: int) -> int:
    """Try a wrong code from an address of its own."""
    headers = {**service.bearer(token), "x-forwarded-for": f"198.51.{number // 100}.{number % 100}"}
    asked = await service.http.post(f"/factors/{factor}/challenge", headers=headers)
    assert asked.status_code == 200, asked.text
    body = {"challenge_id": asked.json()["id"], "code": "000000"}
    return (await service.http.post(f"/factors/{factor}/verify", json=body, headers=headers)).status_code


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_network_of_an_address(address: str, network: str) -> None:
    assert find_network(address) == network
