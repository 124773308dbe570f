"""Tokens in signed URLs: what may be read or written with them, and until when (RFC 7519, HS256)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import jwt

from headwater.core.clock import Clock
from headwater.local.storage import errors

Purpose = Literal["read", "upload"]
_LONGEST = timedelta(days=365 * 100)


class UrlSigner:
    """Signs and reads the tokens of signed URLs with a secret of their own, never that of the users' tokens."""

    def __init__(self, secret: str, *, clock: Clock) -> None:
        if len(secret) < 32:
            raise ValueError("the secret of signed URLs needs 32 characters at least")
        self._secret = secret
        self._clock = clock

    def sign(self, url: str, purpose: Purpose, *, lifetime: timedelta, **claims: Any) -> str:
        """Sign access to `url` (`bucket/name`) for one purpose, so that a link to read never writes."""
        now = int(self._clock.now().timestamp())
        end = now + int(min(lifetime, _LONGEST).total_seconds())
        return jwt.encode({"url": url, "for": purpose, **claims, "iat": now, "exp": end}, self._secret, "HS256")

    def read(self, token: str, purpose: Purpose) -> dict[str, Any]:
        """Return the claims of a token. Raises InvalidSignature."""
        try:
            # The time is compared with the clock given here, which tests move.
            claims: dict[str, Any] = jwt.decode(
                token, self._secret, ["HS256"], options={"verify_exp": False, "verify_iat": False}
            )
        except jwt.PyJWTError as error:
            raise errors.bad_signature() from error
        if claims.get("for") != purpose or not isinstance(claims.get("url"), str):
            raise errors.bad_signature()
        if self._clock.now().timestamp() >= claims["exp"]:
            raise errors.StorageError(400, "InvalidJWT", '"exp" claim timestamp check failed', code="ExpiredToken")
        return claims
