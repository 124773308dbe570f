"""Who a connection or channel acts as, and why a token is refused, in the words that clients know."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson

from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock
from headwater.core.errors import HeadwaterError, Unauthenticated
from headwater.local.realtime.changes.subscriptions import Viewer, find_viewer

MISSING_CLAIMS = "Fields `role` and `exp` are required in JWT"


class TokenRefused(Exception):
    """A token isn't accepted; `code` is what a refused join names."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Grant:
    """What an accepted token says."""

    token: str
    viewer: Viewer
    user_id: str
    expires_at: float | None
    """Seconds since 1970; None never ends."""

    def is_over(self, now: float) -> bool:
        """Say whether the token has run out."""
        return self.expires_at is not None and self.expires_at <= now


ANONYMOUS = Grant("", find_viewer("anon", {"role": "anon"}), "", None)


class TokenReader:
    """Reads tokens by the rules of Auth."""

    def __init__(self, verifier: TokenVerifier, *, clock: Clock) -> None:
        self._verifier = verifier
        self._clock = clock

    async def read(self, token: str) -> Grant:
        """Accept a token.

        Raises:
            TokenRefused: it isn't valid, or not any more.
        """
        token = "".join(token.split())
        try:
            claims = await self._verifier.verify(token)
        except Unauthenticated as error:
            raise self._explain(token, error) from error
        except HeadwaterError as error:
            raise TokenRefused("JwtSignerError", error.message) from error
        subject = claims.get("sub")
        user_id = subject if isinstance(subject, str) else ""
        grant = Grant(token, find_viewer(claims.role, dict(claims)), user_id, claims.expires_at)
        if grant.is_over(self._clock.now().timestamp()):
            # The verifier forgives some seconds for clocks that differ; a channel would be closed in the next one.
            raise self._explain_expired(claims.expires_at or 0)
        return grant

    def _explain(self, token: str, error: Unauthenticated) -> TokenRefused:
        if error.code == "wrong_kind":
            return TokenRefused("Unauthorized", error.message)
        claims = _peek(token)
        if claims is None:
            return TokenRefused("MalformedJWT", "The token provided is not a valid JWT")
        if error.code == "token_expired":
            return self._explain_expired(float(claims["exp"]))
        if "role" not in claims or "exp" not in claims:
            return TokenRefused("InvalidJWTToken", MISSING_CLAIMS)
        if error.code in {"bad_token", "unknown_key"}:
            return TokenRefused("JwtSignatureError", "Failed to validate JWT signature")
        return TokenRefused("Unauthorized", error.message)

    def _explain_expired(self, end: float) -> TokenRefused:
        ago = max(0, int(self._clock.now().timestamp() - end))
        return TokenRefused("InvalidJWTToken", f"Token has expired {ago} seconds ago")


def _peek(token: str) -> dict[str, Any] | None:
    """Return what a token claims, unproven, to tell its bearer what is wrong with it."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    return claims if isinstance(claims, dict) else None
