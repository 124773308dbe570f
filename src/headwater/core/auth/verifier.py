"""Verifies JSON Web Tokens (RFC 7519) as Supabase issues them, following the advice of RFC 8725."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import orjson

from headwater.core.auth.claims import Claims
from headwater.core.auth.keys import KeySource
from headwater.core.clock import Clock, SystemClock
from headwater.core.errors import Unauthenticated

DEFAULT_ROLES = frozenset({"anon", "authenticated", "service_role"})
# `iat` only says when a token was made (RFC 7519 §4.1.6). Whoever signed in while the issuer's clock was ahead holds a
# good token from the future; refusing it would lock them out until time catches up, since clients renew by `exp`.
ISSUED_AHEAD = timedelta(days=7)
_LONGEST_TOKEN = 16_384
_PUBLIC_KEY_ALGORITHMS = frozenset({"ES256", "RS256", "EdDSA"})
_JWS = jwt.PyJWS(algorithms=["ES256", "RS256", "EdDSA", "HS256"])


class TokenVerifier:
    """Turns a token into its claims, or refuses it.

    `audience` is what tokens of users must carry; None leaves it unchecked. `roles` are the roles that may be asked
    for; None allows any. A symmetric signature (HS256) is accepted only where `legacy_secret` is given, and then only
    by that secret: the header never chooses which kind of key a token is verified with.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        legacy_secret: str | None = None,
        audience: str | None = "authenticated",
        issuer: str | None = None,
        roles: Collection[str] | None = DEFAULT_ROLES,
        leeway: timedelta = timedelta(seconds=10),
        require_expiry: bool = True,
        remembered: int = 10_000,
        remembered_for: timedelta = timedelta(seconds=60),
        clock: Clock | None = None,
    ) -> None:
        self._keys = keys
        self._secret = legacy_secret.encode() if legacy_secret else None
        self._audience = audience
        self._issuer = issuer
        self._roles = frozenset(roles) if roles is not None else None
        self._leeway = leeway.total_seconds()
        self._require_expiry = require_expiry
        self._clock = clock or SystemClock()
        self._remembered: OrderedDict[str, tuple[float, float, Claims]] = OrderedDict()
        self._max_remembered = remembered
        self._remembered_for = remembered_for.total_seconds()

    async def verify(self, token: str) -> Claims:
        """Return the claims of `token`.

        Raises:
            Unauthenticated: with the code bad_token, unknown_key, token_expired, token_not_yet_valid, wrong_audience,
                wrong_issuer or unknown_role.
            Unavailable: the issuer's keys were never read and can't be now.
        """
        now = self._clock.now().timestamp()
        known = self._remembered.get(token)
        if known is not None and known[0] <= now < known[1]:
            return known[2]
        if len(token) > _LONGEST_TOKEN:
            raise Unauthenticated("The token is too long.", code="bad_token")
        claims = Claims(await self._read_signed(token))
        self._check_times(claims, now)
        self._check_issue(claims)
        self._remember(token, claims, now)
        return claims

    async def _read_signed(self, token: str) -> dict[str, Any]:
        try:
            header = _JWS.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise Unauthenticated("The token is malformed.", code="bad_token") from error
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm == "HS256" and self._secret is not None:
            key: Any = self._secret
        elif isinstance(algorithm, str) and algorithm in _PUBLIC_KEY_ALGORITHMS and isinstance(key_id, str):
            found = await self._keys.find_key(key_id)
            if found is None:
                raise Unauthenticated("The token is signed with an unknown key.", code="unknown_key")
            if found.algorithm != algorithm:
                raise Unauthenticated("The token's algorithm isn't that of its key.", code="bad_token")
            key = found.key
        else:
            raise Unauthenticated("The token's algorithm isn't accepted.", code="bad_token")
        try:
            payload = _JWS.decode_complete(token, key, algorithms=[algorithm])["payload"]
            claims = orjson.loads(payload)
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise Unauthenticated("The token's signature doesn't hold.", code="bad_token") from error
        if not isinstance(claims, dict):
            raise Unauthenticated("The token holds no claims.", code="bad_token")
        return claims

    def _check_times(self, claims: Claims, now: float) -> None:
        expires = _read_time(claims, "exp")
        if expires is None and self._require_expiry:
            raise Unauthenticated("The token has no end.", code="bad_token")
        if expires is not None and now >= expires + self._leeway:
            raise Unauthenticated("The token has expired.", code="token_expired")
        for name, leeway in (("nbf", self._leeway), ("iat", ISSUED_AHEAD.total_seconds())):
            begins = _read_time(claims, name)
            if begins is not None and now < begins - leeway:
                raise Unauthenticated("The token isn't valid yet.", code="token_not_yet_valid")

    def _check_issue(self, claims: Claims) -> None:
        if self._roles is not None and claims.role not in self._roles:
            raise Unauthenticated("The token's role isn't known here.", code="unknown_role")
        if self._issuer is not None and claims.get("iss") != self._issuer:
            raise Unauthenticated("The token comes from another issuer.", code="wrong_issuer")
        if self._audience is None:
            return
        # The keys of a project are tokens of the roles anon and service_role that carry no audience.
        of_a_user = claims.role not in {"anon", "service_role"}
        if (of_a_user or "aud" in claims) and self._audience not in _read_audience(claims):
            raise Unauthenticated("The token is meant for another audience.", code="wrong_audience")
        if of_a_user and not _is_uuid(claims.get("sub")):
            raise Unauthenticated("The token names no user.", code="bad_token")

    def _remember(self, token: str, claims: Claims, now: float) -> None:
        until = now + self._remembered_for
        if claims.expires_at is not None:
            until = min(until, claims.expires_at)
        self._remembered.pop(token, None)
        while len(self._remembered) >= max(self._max_remembered, 1):
            self._remembered.popitem(last=False)
        if self._max_remembered > 0 and until > now:
            self._remembered[token] = (now, until, claims)


def read_bearer(authorization: str | None) -> str | None:
    """Return the token of an Authorization header (RFC 6750), or None when it holds none."""
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token and " " not in token else None


def _read_time(claims: Claims, name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unauthenticated(f"The token's {name} is no time.", code="bad_token")
    return float(value)


def _read_audience(claims: Claims) -> list[Any]:
    audience = claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _is_uuid(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True
