"""Every door of Auth counts what one address asks, and leaves the others their turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from tests.local.auth.conftest import FAST, AuthService, ServiceMaker, unique_email


@asynccontextmanager
async def ask_from(service: AuthService, number: int) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client at an address of its own."""
    transport = httpx2.AsyncHTTPTransport(local_address=f"127.0.1.{number}")
    base = f"{service.url}/auth/v1"
    headers = {"apikey": service.keys.publishable_key}
    async with httpx2.AsyncClient(base_url=base, transport=transport, headers=headers, timeout=30) as client:
        yield client


@pytest.mark.parametrize(
    ("setting", "path", "body"),
    [
        ("sign_in_sign_ups", "/signup", {"email": "x", "password": "y"}),
        ("anonymous_users", "/signup", {}),
        ("token_refresh", "/token?grant_type=refresh_token", {"refresh_token": "a" * 12}),
        ("token_refresh", "/token?grant_type=password", {"email": "a@example.com", "password": "wrong password"}),
        ("token_refresh", "/token?grant_type=pkce", {"auth_code": "x", "code_verifier": "y" * 43}),
        ("token_verifications", "/verify", {"type": "email", "email": "a@example.com", "token": "123456"}),
        ("token_verifications", "/verify", {"type": "email", "token_hash": "x"}),
        ("sign_in_sign_ups", "/otp", {"email": "x"}),
        ("sign_in_sign_ups", "/magiclink", {"email": "x"}),
        ("sign_in_sign_ups", "/recover", {"email": "x"}),
        ("sign_in_sign_ups", "/resend", {"type": "signup", "email": "x"}),
    ],
)
async def test_every_door_counts_what_one_address_asks(
    make_service: ServiceMaker, setting: str, path: str, body: dict[str, str]
) -> None:
    limits = {**FAST["rate_limit"], setting: 2}
    service = await make_service(rate_limit=limits, enable_anonymous_sign_ins=True)
    answers = [await service.post(path, body) for _ in range(3)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert int(answers[2].headers["retry-after"]) > 0
    async with ask_from(service, 1) as client:
        # What is counted by the account as well is asked for another one.
        other = {name: value.replace("a@", "b@") for name, value in body.items()}
        assert (await client.post(path, json=other)).status_code != 429, "somebody else's turn is theirs"


@pytest.mark.parametrize("length", [72, 73])
async def test_password_is_compared_whole(service: AuthService, length: int) -> None:
    email, password = unique_email(), "x" * 72
    await service.sign_up(email, password)
    answer = await service.log_in(email, password + "y" * (length - 72))
    assert answer.status_code == (200 if length == 72 else 400)
    assert (await service.post("/signup", {"email": unique_email(), "password": "x" * 73})).status_code == 400
