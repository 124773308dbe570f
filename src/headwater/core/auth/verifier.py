"""Verifies tokens as Supabase issues them: the only place where one is judged, whichever service it is shown to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta

from headwater.core.auth.claims import Claims
from headwater.core.auth.keys import KeySource, VerificationKey
from headwater.core.auth.rules import ClaimRules
from headwater.core.auth.signatures import SignatureVerifier
from headwater.core.clock import Clock, SystemClock

_SUPABASE_RULES = ClaimRules()


class TokenVerifier:
    """Turns a token into its claims, or refuses it.

    `rules` are what its claims must say; the other keys are those of `SignatureVerifier`. Tokens that held are
    remembered, `remembered` of them for `remembered_for`, so that a key that was withdrawn is noticed.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        legacy_secret: str | None = None,
        keys_without_id: Sequence[VerificationKey] = (),
        rules: ClaimRules = _SUPABASE_RULES,
        remembered: int = 10_000,
        remembered_for: timedelta = timedelta(seconds=60),
        clock: Clock | None = None,
    ) -> None:
        self._signatures = SignatureVerifier(keys, legacy_secret=legacy_secret, keys_without_id=keys_without_id)
        self._rules = rules
        self._clock = clock or SystemClock()
        self._remembered: OrderedDict[str, tuple[float, float, Claims]] = OrderedDict()
        self._max_remembered = remembered
        self._remembered_for = remembered_for.total_seconds()

    async def verify(self, token: str) -> Claims:
        """Return the claims of `token`.

        Raises:
            TokenInvalid: with the code bad_token, unknown_key, token_expired, token_not_yet_valid, wrong_audience,
                wrong_issuer or unknown_role, and the rule that it breaks.
            Unavailable: the issuer's keys were never read and can't be now.
        """
        now = self._clock.now().timestamp()
        known = self._remembered.get(token)
        if known is not None and known[0] <= now < known[1]:
            return known[2]
        claims = await self._signatures.read(token)
        self._rules.check(claims, now=now)
        self._remember(token, claims, now)
        return claims

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
