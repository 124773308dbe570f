"""A token is read up to a length that no issuer's exceeds, and not beyond."""

from __future__ import annotations

import jwt
import pytest

from headwater.core.auth import StaticKeySource, TokenVerifier
from headwater.core.auth.signatures import _MAX_TOKEN_LENGTH
from headwater.core.clock import MovableClock
from headwater.core.errors import Unauthenticated

SECRET = "a secret that only this test signs with"


def make_token(clock: MovableClock, *, length: int) -> str:
    """Sign a token of about this length, at most three characters longer."""
    claims = {"sub": "11111111-1111-4111-8111-111111111111", "aud": "authenticated", "role": "authenticated"}
    claims["exp"] = int(clock.now().timestamp()) + 3600  # type: ignore[assignment]
    pad = 0
    while len(token := jwt.encode({**claims, "pad": "x" * pad}, SECRET, algorithm="HS256")) < length:
        pad += max(1, (length - len(token)) * 3 // 4)
    return token


async def test_token_beyond_the_bound_is_refused(clock: MovableClock) -> None:
    verifier = TokenVerifier(StaticKeySource([]), legacy_secret=SECRET, clock=clock)
    within = make_token(clock, length=_MAX_TOKEN_LENGTH - 8)
    beyond = make_token(clock, length=_MAX_TOKEN_LENGTH + 1)
    assert len(within) <= _MAX_TOKEN_LENGTH == 16_384 < len(beyond)
    assert (await verifier.verify(within)).role == "authenticated"
    with pytest.raises(Unauthenticated) as refused:
        await verifier.verify(beyond)
    assert refused.value.code == "bad_token"
