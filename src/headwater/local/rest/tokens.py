"""Who asks: verifying the bearer token and finding the role in its claims.

The gateway may bring its own verifier, so that a token is checked by one set of keys everywhere; `JwtVerifier` is for
the engine alone. Checks and words follow RFC 7519 and PostgREST: thirty seconds of skew, `aud` against the setting.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import jwt
import orjson

from headwater.core.auth.verifier import ISSUED_AHEAD
from headwater.core.clock import Clock, SystemClock
from headwater.core.errors import Unauthenticated, Unavailable
from headwater.local.rest.errors import RestError

SKEW = 30
ALGORITHMS = ("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
              "ES256", "ES384", "ES512", "EdDSA")  # fmt: skip


class RestTokenVerifier(Protocol):
    """Checks a token's signature, times and audience."""

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims; raises `RestError` (`token_rejected`, `claims_rejected`) for a token that does not
        hold.
        """
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """The role of a request and its claims as JSON, the role among them."""

    role: str
    claims: bytes
    is_anonymous: bool


def challenge(message: str) -> tuple[tuple[str, str], ...]:
    """Return the header that tells a client why its token was refused (RFC 6750)."""
    return (("WWW-Authenticate", f'Bearer error="invalid_token", error_description="{message}"'),)


def token_rejected(message: str, details: str | None = None) -> RestError:
    """Make PGRST301: the token can't be decoded."""
    return RestError(401, "PGRST301", message, details=details, headers=challenge(message))


def token_required() -> RestError:
    """Make PGRST302: no token, and no anonymous role."""
    return RestError(401, "PGRST302", "Anonymous access is disabled", headers=(("WWW-Authenticate", "Bearer"),))


def claims_rejected(message: str) -> RestError:
    """Make PGRST303: the claims don't hold."""
    return RestError(401, "PGRST303", message, headers=challenge(message))


def secret_missing() -> RestError:
    """Make PGRST300: there is no key to verify with."""
    return RestError(500, "PGRST300", "Server lacks JWT secret")


def read_time(claims: Mapping[str, Any], name: str) -> int | None:
    """Return a time claim in seconds; raises PGRST303 where it is no number."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise claims_rejected(f"The JWT '{name}' claim must be a number")
    return int(value)


def check_claims(claims: Mapping[str, Any], *, now: int, audience: str | None) -> None:
    """Raise PGRST303 unless times and audience hold."""
    expires = read_time(claims, "exp")
    if expires is not None and now - SKEW > expires:
        raise claims_rejected("JWT expired")
    starts = read_time(claims, "nbf")
    if starts is not None and now + SKEW < starts:
        raise claims_rejected("JWT not yet valid")
    issued = read_time(claims, "iat")
    # PostgREST forgives thirty seconds here; why days are forgiven stands with the number.
    if issued is not None and now + int(ISSUED_AHEAD.total_seconds()) < issued:
        raise claims_rejected("JWT issued at future")
    meant = claims.get("aud")
    if meant is None:
        return
    listed = [meant] if isinstance(meant, str) else meant
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise claims_rejected("The JWT 'aud' claim must be a string or an array of strings")
    if audience is not None and listed and not any(re.fullmatch(audience, item) for item in listed):
        raise claims_rejected("JWT not in audience")


class ApplicationVerifier(Protocol):
    """The part of `headwater.core.auth.TokenVerifier` that is needed here."""

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims; raises `Unauthenticated` or `Unavailable`."""
        ...


def check_parts(token: str) -> None:
    """Raise PGRST301 for what has not even the form of a token."""
    if not token:
        raise token_rejected("Empty JWT is sent in Authorization header")
    parts = token.count(".") + 1
    if parts != 3:
        raise token_rejected(f"Expected 3 parts in JWT; got {parts}")


class JwtVerifier:
    """Verifies with one secret or a set of JSON Web Keys; signatures once checked are remembered."""

    def __init__(
        self,
        *,
        secret: str | bytes | None = None,
        jwks: Sequence[Mapping[str, Any]] = (),
        audience: str | None = None,
        clock: Clock | None = None,
        remembered: int = 1000,
    ) -> None:
        self._keys: list[tuple[str | None, str, Any]] = []
        if secret is not None:
            self._keys.append((None, "HS", secret.encode() if isinstance(secret, str) else secret))
        for key in jwks:
            known = jwt.PyJWK.from_dict(dict(key))
            family = {"oct": "HS", "RSA": "RS", "EC": "ES", "OKP": "Ed"}[str(known.key_type)]
            self._keys.append((known.key_id, family, known.key))
        self._audience = audience
        self._clock = clock or SystemClock()
        self._known: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._most = remembered

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token that holds."""
        claims = self._known.get(token)
        if claims is None:
            claims = self._decode(token)
            self._known[token] = claims
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        check_claims(claims, now=int(self._clock.now().timestamp()), audience=self._audience)
        return claims

    def _decode(self, token: str) -> dict[str, Any]:
        if not self._keys:
            raise secret_missing()
        check_parts(token)
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise token_rejected("JWT cryptographic operation failed") from error
        algorithm = str(header.get("alg"))
        if algorithm not in ALGORITHMS:
            problem = "JWT is unsecured but expected 'alg' was not 'none'"
            raise token_rejected("Wrong or unsupported encoding algorithm", problem)
        family = {"PS": "RS"}.get(algorithm[:2], algorithm[:2])
        wanted = header.get("kid")
        for name, kind, key in self._keys:
            if kind != family or (wanted is not None and name is not None and name != wanted):
                continue
            try:
                payload = jwt.api_jws.decode(token, key, algorithms=[algorithm])
            except (jwt.PyJWTError, TypeError, ValueError):
                continue
            try:
                claims = orjson.loads(payload)
            except orjson.JSONDecodeError:
                claims = None
            if not isinstance(claims, dict):
                raise claims_rejected("Parsing claims failed")
            return claims
        raise token_rejected("No suitable key or wrong key type", "None of the keys was able to decode the JWT")


REFUSALS = {
    "token_expired": "JWT expired",
    "token_not_yet_valid": "JWT not yet valid",
    "wrong_audience": "JWT not in audience",
    "wrong_issuer": "JWT not in audience",
}


class SharedVerifier:
    """Verifies with the tokens' verifier of the whole application, and refuses in PostgREST's words."""

    def __init__(self, verifier: ApplicationVerifier) -> None:
        self._verifier = verifier

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token that holds; raises PGRST301, PGRST303, or PGRST000 where keys can't be read."""
        check_parts(token)
        try:
            return await self._verifier.verify(token)
        except Unauthenticated as error:
            if message := REFUSALS.get(error.code):
                raise claims_rejected(message) from error
            raise token_rejected("No suitable key or wrong key type", error.message) from error
        except Unavailable as error:
            raise RestError(503, "PGRST000", error.message) from error


STEP = re.compile(r"\.?(?:\"((?:[^\"\\]|\\.){0,200})\"|([\w-]+))|\[(\d+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")


def find_role(claims: Mapping[str, Any], path: str) -> str | None:
    """Return the role at a path such as `role`, `.a.b[0]` or `$.a["b"]`."""
    value: Any = claims
    for quoted, plain, index, single, double in STEP.findall(path.removeprefix("$")):
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
        else:
            key = quoted or plain or single or double
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is None:
            return None
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def identify(claims: Mapping[str, Any], *, path: str, anon_role: str | None) -> Caller:
    """Return the caller of verified claims; raises PGRST302 where there is neither a role nor an anonymous one."""
    role = find_role(claims, path) or anon_role
    if role is None:
        raise token_required()
    return Caller(role, orjson.dumps({**claims, "role": role}), role == anon_role)
