"""Short-lived tokens that our own services show each other, signed with the secret that they share (HS256)."""

from __future__ import annotations

from datetime import timedelta

import jwt

from headwater.core.auth.keys import StaticKeySource
from headwater.core.auth.refusals import TokenInvalid
from headwater.core.auth.rules import ClaimRules
from headwater.core.auth.verifier import TokenVerifier
from headwater.core.clock import Clock
from headwater.core.errors import Unauthenticated

_VALID_FOR = timedelta(seconds=60)
# A service asks for no role. The keys of a project do and name no audience: they open no service, whoever signs them.
_NO_ROLE = frozenset({""})


def issue_service_token(secret: str, *, audience: str, clock: Clock) -> str:
    """Make a token with which one of our services calls the service `audience`; it holds for a minute."""
    now = clock.now()
    return jwt.encode({"aud": audience, "iat": now, "exp": now + _VALID_FOR}, secret, algorithm="HS256")


async def verify_service_token(token: str, secret: str, *, audience: str, clock: Clock) -> None:
    """Check the token of a call to the service `audience`. Raises Unauthenticated."""
    rules = ClaimRules(audience=audience, roles=_NO_ROLE, require_user=False, leeway=timedelta(0))
    verifier = TokenVerifier(StaticKeySource([]), legacy_secret=secret, rules=rules, remembered=0, clock=clock)
    try:
        await verifier.verify(token)
    except TokenInvalid:
        raise Unauthenticated("This service takes calls of the gateway only.") from None
