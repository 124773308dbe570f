"""Short-lived tokens that our own services show each other, signed with the secret that they share (HS256)."""

from __future__ import annotations

from datetime import timedelta

import jwt

from headwater.core.clock import Clock
from headwater.core.errors import Unauthenticated

_VALID_FOR = timedelta(seconds=60)


def issue_service_token(secret: str, *, audience: str, clock: Clock) -> str:
    """Make a token with which one of our services calls the service `audience`; it holds for a minute."""
    now = clock.now()
    return jwt.encode({"aud": audience, "iat": now, "exp": now + _VALID_FOR}, secret, algorithm="HS256")


def verify_service_token(token: str, secret: str, *, audience: str) -> None:
    """Check the token of a call to the service `audience`. Raises Unauthenticated."""
    try:
        jwt.decode(token, secret, algorithms=["HS256"], audience=audience, options={"require": ["exp", "aud"]})
    except jwt.PyJWTError:
        raise Unauthenticated("This service takes calls of the gateway only.") from None
