"""Who asks: the bearer token, judged by the core's verifier, refused in PostgREST's words; the role in its claims.

Rules for claims follow PostgREST: thirty seconds of skew, any role, an end and an audience only where the token names
them. Codes: https://docs.postgrest.org/en/stable/references/errors.html#group-3-jwt-errors
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, Self

import orjson

from headwater.core.auth import ClaimRules, Refusal, StaticKeySource, TokenInvalid, TokenVerifier
from headwater.core.clock import Clock
from headwater.core.errors import Unavailable
from headwater.local.rest.errors import RestError

_SKEW = timedelta(seconds=30)
_NO_SUITABLE_KEY = "No suitable key or wrong key type"
_UNDECODED = (_NO_SUITABLE_KEY, "None of the keys was able to decode the JWT")
_REJECTED: Mapping[Refusal, tuple[str, str | None]] = {
    Refusal.TOO_LONG: ("JWT cryptographic operation failed", Refusal.TOO_LONG.message),
    Refusal.MALFORMED: ("JWT cryptographic operation failed", None),
    Refusal.UNSUPPORTED_ALGORITHM: (
        "Wrong or unsupported encoding algorithm",
        "JWT is unsecured but expected 'alg' was not 'none'",
    ),
    Refusal.NO_KEY: _UNDECODED,
    Refusal.UNKNOWN_KEY: _UNDECODED,
    Refusal.WRONG_SIGNATURE: _UNDECODED,
}
_CLAIMS_REJECTED: Mapping[Refusal, str] = {
    Refusal.NO_CLAIMS: "Parsing claims failed",
    Refusal.WRONG_TYPE_OF_EXP: "The JWT 'exp' claim must be a number",
    Refusal.WRONG_TYPE_OF_NBF: "The JWT 'nbf' claim must be a number",
    Refusal.WRONG_TYPE_OF_IAT: "The JWT 'iat' claim must be a number",
    Refusal.WRONG_TYPE_OF_AUD: "The JWT 'aud' claim must be a string or an array of strings",
    Refusal.EXPIRED: "JWT expired",
    Refusal.NOT_YET_VALID: "JWT not yet valid",
    Refusal.ISSUED_IN_FUTURE: "JWT issued at future",
    Refusal.WRONG_AUDIENCE: "JWT not in audience",
    Refusal.WRONG_ISSUER: "JWT not in audience",
}


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


def check_parts(token: str) -> None:
    """Raise PGRST301 for what has not even the form of a token."""
    if not token:
        raise token_rejected("Empty JWT is sent in Authorization header")
    parts = token.count(".") + 1
    if parts != 3:
        raise token_rejected(f"Expected 3 parts in JWT; got {parts}")


class RestVerifier:
    """Refuses in PostgREST's words what the core's verifier refuses; without one, everything."""

    def __init__(self, tokens: TokenVerifier | None = None) -> None:
        self._tokens = tokens

    @classmethod
    def from_keys(
        cls,
        *,
        secret: str | None = None,
        jwks: Sequence[Mapping[str, Any]] = (),
        audience: str | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """Make one that holds tokens to PostgREST's rules, with one secret or a set of public JSON Web Keys.

        A token that names no key is tried with each: naming one is optional (RFC 7515 §4.1.4).
        """
        keys = StaticKeySource(jwks)
        if not secret and not keys.keys:
            return cls()
        rules = ClaimRules(
            audience=audience,
            require_audience=False,
            require_user=False,
            require_expiry=False,
            roles=None,
            leeway=_SKEW,
        )
        return cls(
            TokenVerifier(
                keys, legacy_secret=secret, keys_without_id=keys.keys, rules=rules, remembered=1_000, clock=clock
            )
        )

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token that holds.

        Raises:
            RestError: PGRST300 without keys, PGRST301 or PGRST303 for a token that doesn't hold, PGRST000 where keys
                can't be read.
        """
        if self._tokens is None:
            raise secret_missing()
        try:
            return await self._tokens.verify(token)
        except TokenInvalid as error:
            check_parts(token)
            raise _explain(error) from error
        except Unavailable as error:
            raise RestError(503, "PGRST000", error.message) from error


def _explain(error: TokenInvalid) -> RestError:
    if (claims := _CLAIMS_REJECTED.get(error.refusal)) is not None:
        return claims_rejected(claims)
    # What PostgREST has no words for, since it takes any role and needs no end, is told by the detail.
    message, details = _REJECTED.get(error.refusal, (_NO_SUITABLE_KEY, error.message))
    return token_rejected(message, details)


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
