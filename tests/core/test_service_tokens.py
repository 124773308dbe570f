"""Tokens that our services show each other: for one service, with the shared secret, for a minute."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest

from headwater.core.auth import issue_service_token, verify_service_token
from headwater.core.clock import MovableClock
from headwater.core.errors import Unauthenticated

SECRET = "a secret that both services know well"


def issue(*, age: timedelta = timedelta(), secret: str = SECRET, audience: str = "discovery") -> str:
    """Make a token, as old as is asked for."""
    clock = MovableClock()
    clock.advance(-age)
    return issue_service_token(secret, audience=audience, clock=clock)


async def test_a_token_opens_the_service_that_it_is_for() -> None:
    await verify_service_token(issue(), SECRET, audience="discovery", clock=MovableClock())
    await verify_service_token(issue(age=timedelta(seconds=50)), SECRET, audience="discovery", clock=MovableClock())


@pytest.mark.parametrize(
    "token",
    [
        issue(age=timedelta(seconds=61)),
        issue(secret="a secret that only somebody else knows"),
        issue(audience="ingress"),
        jwt.encode({"aud": "discovery"}, SECRET, algorithm="HS256"),
        jwt.encode({"aud": "discovery", "exp": 4_000_000_000}, "", algorithm="none"),
        jwt.encode({"role": "anon", "exp": 4_000_000_000}, SECRET, algorithm="HS256"),
        "nonsense",
    ],
)
async def test_no_other_token_does(token: str) -> None:
    with pytest.raises(Unauthenticated):
        await verify_service_token(token, SECRET, audience="discovery", clock=MovableClock())
