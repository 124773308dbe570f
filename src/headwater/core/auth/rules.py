"""What the claims of a token must say where it is taken (RFC 7519, section 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from headwater.core.auth.claims import Claims
from headwater.core.auth.refusals import Refusal, TokenInvalid

_SUPABASE_ROLES = frozenset({"anon", "authenticated", "service_role"})
# `iat` only says when a token was made (RFC 7519 §4.1.6). Whoever signed in while the issuer's clock was ahead holds a
# good token from the future; refusing it would lock them out until time catches up, since clients renew by `exp`.
_ISSUED_AHEAD = timedelta(days=7).total_seconds()
# The keys of a project are tokens of these roles that carry neither audience nor user.
_PROJECT_ROLES = frozenset({"anon", "service_role"})


@dataclass(frozen=True, kw_only=True)
class ClaimRules:
    """What is asked of claims; the defaults are Supabase's for tokens of users and the keys of a project.

    A claim that is null counts as one that isn't there.
    """

    audience: str | None = "authenticated"
    """What a token that names audiences must name; None leaves it unchecked."""
    require_audience: bool = True
    """Whether a user's token must name one; else a token that names none is for everybody."""
    require_user: bool = True
    """Whether a token that is no key of the project must name a user."""
    require_expiry: bool = True
    issuer: str | None = None
    """Who must have issued the token; None leaves it unchecked."""
    roles: frozenset[str] | None = _SUPABASE_ROLES
    """The roles that may be asked for; None allows any, or none."""
    leeway: timedelta = timedelta(seconds=10)
    """How far clocks may differ."""

    def check(self, claims: Claims, *, now: float) -> None:
        """Hold claims to the rules at `now`, in seconds since 1970. Raises TokenInvalid."""
        self._check_times(claims, now)
        if self.roles is not None and claims.role not in self.roles:
            raise TokenInvalid(Refusal.UNKNOWN_ROLE)
        if self.issuer is not None and claims.get("iss") != self.issuer:
            raise TokenInvalid(Refusal.WRONG_ISSUER)
        self._check_audience(claims)
        if self.require_user and claims.role not in _PROJECT_ROLES and not _is_uuid(claims.get("sub")):
            raise TokenInvalid(Refusal.NO_USER)

    def _check_times(self, claims: Claims, now: float) -> None:
        leeway = self.leeway.total_seconds()
        expires = _read_time(claims, "exp", otherwise=Refusal.WRONG_TYPE_OF_EXP)
        if expires is None and self.require_expiry:
            raise TokenInvalid(Refusal.NO_EXPIRY)
        # The end is the first moment at which a token doesn't hold (RFC 7519 §4.1.4).
        if expires is not None and now >= expires + leeway:
            raise TokenInvalid(Refusal.EXPIRED)
        starts = _read_time(claims, "nbf", otherwise=Refusal.WRONG_TYPE_OF_NBF)
        if starts is not None and now < starts - leeway:
            raise TokenInvalid(Refusal.NOT_YET_VALID)
        issued = _read_time(claims, "iat", otherwise=Refusal.WRONG_TYPE_OF_IAT)
        if issued is not None and now < issued - _ISSUED_AHEAD:
            raise TokenInvalid(Refusal.ISSUED_IN_FUTURE)

    def _check_audience(self, claims: Claims) -> None:
        meant = _read_audience(claims)
        if self.audience is None:
            return
        if meant is None:
            if self.require_audience and claims.role not in _PROJECT_ROLES:
                raise TokenInvalid(Refusal.WRONG_AUDIENCE)
        elif self.audience not in meant and (meant or self.require_audience):
            raise TokenInvalid(Refusal.WRONG_AUDIENCE)


def _read_time(claims: Claims, name: str, *, otherwise: Refusal) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TokenInvalid(otherwise)
    return float(value)


def _read_audience(claims: Claims) -> list[str] | None:
    audience = claims.get("aud")
    if audience is None:
        return None
    named = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(one, str) for one in named):
        raise TokenInvalid(Refusal.WRONG_TYPE_OF_AUD)
    return named


def _is_uuid(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True
