"""Tokens in signed URLs: what may be read or written with them, and until when (RFC 7519, HS256)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import jwt

from headwater.core.auth import ClaimRules, Claims, Refusal, StaticKeySource, TokenInvalid, TokenVerifier
from headwater.core.clock import Clock
from headwater.local.storage import errors

Purpose = Literal["read", "upload"]
_LONGEST = timedelta(days=365 * 100)
# One clock signs and reads: none differs from another.
_RULES = ClaimRules(audience=None, roles=None, require_user=False, leeway=timedelta(0))


class UrlSigner:
    """Signs and reads the tokens of signed URLs with a secret of their own, never that of the users' tokens."""

    def __init__(self, secret: str, *, clock: Clock) -> None:
        if len(secret) < 32:
            raise ValueError("the secret of signed URLs needs 32 characters at least")
        self._secret = secret
        self._clock = clock
        self._tokens = TokenVerifier(
            StaticKeySource([]), legacy_secret=secret, rules=_RULES, remembered=1_000, clock=clock
        )

    def sign(self, url: str, purpose: Purpose, *, lifetime: timedelta, **claims: Any) -> str:
        """Sign access to `url` (`bucket/name`) for one purpose, so that a link to read never writes."""
        now = int(self._clock.now().timestamp())
        end = now + int(min(lifetime, _LONGEST).total_seconds())
        return jwt.encode({"url": url, "for": purpose, **claims, "iat": now, "exp": end}, self._secret, "HS256")

    async def read(self, token: str, purpose: Purpose) -> Claims:
        """Return the claims of a token. Raises InvalidSignature, and InvalidJWT for one that has run out."""
        try:
            claims = await self._tokens.verify(token)
        except TokenInvalid as error:
            if error.refusal is Refusal.EXPIRED:
                raise errors.StorageError(
                    400, "InvalidJWT", '"exp" claim timestamp check failed', code="ExpiredToken"
                ) from error
            raise errors.bad_signature() from error
        if claims.get("for") != purpose or not isinstance(claims.get("url"), str):
            raise errors.bad_signature()
        return claims
