"""What a token that is signed right has to say, and for how long it holds and is remembered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jwt
import pytest

from headwater.core.auth import ClaimRules, Claims, Refusal, TokenInvalid
from headwater.core.clock import MovableClock
from tests.core.tokens import (
    CLOCK,
    EC_KEY,
    SECRET,
    make_claims,
    make_verifier,
    refuse,
    sign,
)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "somebody-else"}, "wrong_audience"),
        ({"aud": ["a", "b"]}, "wrong_audience"),
        ({"aud": ...}, "wrong_audience"),
        ({"aud": None}, "wrong_audience"),
        ({"aud": {"authenticated": True}}, "wrong_audience"),
        ({"role": "postgres"}, "unknown_role"),
        ({"role": "supabase_admin"}, "unknown_role"),
        ({"role": ...}, "unknown_role"),
        ({"role": ["authenticated"]}, "unknown_role"),
        ({"sub": ...}, "bad_token"),
        ({"sub": "1234567890"}, "bad_token"),
        ({"sub": 7}, "bad_token"),
        ({"exp": ...}, "bad_token"),
        ({"exp": "tomorrow"}, "bad_token"),
        ({"exp": True}, "bad_token"),
    ],
)
async def test_claims_that_are_refused(changes: dict[str, Any], code: str) -> None:
    assert (
        await refuse(jwt.PyJWS().encode(json.dumps(make_claims(**changes)).encode(), EC_KEY, "ES256", {"kid": "ec"}))
        == code
    )


@pytest.mark.parametrize("audience", ["authenticated", ["other", "authenticated"]])
async def test_audiences_that_are_accepted(audience: Any) -> None:
    assert (await make_verifier().verify(sign(make_claims(aud=audience))))["aud"] == audience


@pytest.mark.parametrize("role", ["anon", "service_role"])
async def test_project_keys_need_neither_audience_nor_user(role: str) -> None:
    token = sign(make_claims(role=role, aud=..., sub=...), key=SECRET, algorithm="HS256", kid=None)
    verified = await make_verifier(legacy_secret=SECRET).verify(token)
    assert (verified.role, verified.user_id) == (role, None)


async def test_times_with_their_leeway() -> None:
    now = int(CLOCK.now().timestamp())
    verifier = make_verifier(rules=ClaimRules(leeway=timedelta(seconds=10)))
    assert await verifier.verify(sign(make_claims(exp=now - 5)))
    assert await refuse(sign(make_claims(exp=now - 11)), verifier) == "token_expired"
    assert await verifier.verify(sign(make_claims(nbf=now + 5, iat=now + 5)))
    assert await refuse(sign(make_claims(nbf=now + 30)), verifier) == "token_not_yet_valid"
    assert await refuse(sign(make_claims(iat=now + 8 * 86_400)), verifier) == "token_not_yet_valid"


@pytest.mark.parametrize(
    "leap", [timedelta(hours=2), timedelta(days=2), timedelta(hours=-3), timedelta(days=-2)], ids=str
)
async def test_tokens_hold_and_end_whatever_the_clock_was_when_they_were_made_or_seen(leap: timedelta) -> None:
    clock = MovableClock()
    verifier = make_verifier(clock=clock)
    clock.advance(leap)
    made = int(clock.now().timestamp())
    token = sign(make_claims(iat=made, exp=made + 3600))
    assert await verifier.verify(token)
    clock.advance(-leap)
    if leap < timedelta():
        # Its hour is over by the right clock, and what was remembered by the wrong one doesn't help it.
        assert await refuse(token, verifier) == "token_expired"
    else:
        assert await verifier.verify(token)
    fresh = int(clock.now().timestamp())
    assert await verifier.verify(sign(make_claims(iat=fresh, exp=fresh + 3600)))


async def test_issuer_where_one_is_set() -> None:
    verifier = make_verifier(rules=ClaimRules(issuer="https://project.example.com/auth/v1"))
    assert await verifier.verify(sign(make_claims(iss="https://project.example.com/auth/v1")))
    assert await refuse(sign(make_claims(iss="https://evil.example.com/auth/v1")), verifier) == "wrong_issuer"
    assert await refuse(sign(make_claims()), verifier) == "wrong_issuer"


@pytest.mark.parametrize("claims", [[], "text", 5, None, True])
async def test_claims_must_be_an_object(claims: Any) -> None:
    token = jwt.PyJWS().encode(json.dumps(claims).encode(), EC_KEY, "ES256", {"kid": "ec"})
    assert await refuse(token) == "bad_token"


async def test_remembered_tokens_end_with_their_time() -> None:
    clock = MovableClock()
    verifier = make_verifier(clock=clock, rules=ClaimRules(leeway=timedelta(0)), remembered_for=timedelta(hours=2))
    token = sign(make_claims(exp=int(clock.now().timestamp()) + 60))
    assert await verifier.verify(token) is await verifier.verify(token)
    clock.advance(timedelta(seconds=61))
    assert await refuse(token, verifier) == "token_expired"


async def test_memory_is_bounded() -> None:
    verifier = make_verifier(remembered=5)
    tokens = [sign(make_claims()) for _ in range(20)]
    for token in tokens:
        await verifier.verify(token)
    assert len(verifier._remembered) == 5
    assert await verifier.verify(tokens[0])


async def test_refused_tokens_are_not_remembered() -> None:
    verifier = make_verifier()
    for _ in range(3):
        assert await refuse(sign(make_claims(role="postgres")), verifier) == "unknown_role"
    assert not verifier._remembered


def test_claims_are_a_mapping_that_does_not_change() -> None:
    claims = Claims({"role": "anon", "exp": 5, "sub": "not a user"})
    assert claims.expires_at == 5.0
    assert claims.user_id is None
    assert "sub" in claims
    assert not hasattr(claims, "__setitem__")


@pytest.mark.parametrize("audience", [1, [1], ["authenticated", 1], {"authenticated": True}])
@pytest.mark.parametrize("expected", ["authenticated", None])
async def test_an_audience_that_is_no_text_is_refused_everywhere(audience: Any, expected: str | None) -> None:
    token = jwt.PyJWS().encode(json.dumps(make_claims(aud=audience)).encode(), EC_KEY, "ES256", {"kid": "ec"})
    assert await refuse(token, make_verifier(rules=ClaimRules(audience=expected))) == "wrong_audience"


async def test_each_refusal_names_its_rule() -> None:
    now = int(CLOCK.now().timestamp())
    for changes, rule in (
        ({"nbf": now + 60}, Refusal.NOT_YET_VALID),
        ({"iat": now + 30 * 86_400}, Refusal.ISSUED_IN_FUTURE),
        ({"aud": "others"}, Refusal.WRONG_AUDIENCE),
        ({"sub": "nobody"}, Refusal.NO_USER),
    ):
        with pytest.raises(TokenInvalid) as caught:
            await make_verifier().verify(sign(make_claims(**changes)))
        assert caught.value.refusal is rule
    # Codes and messages of two rules are never taken for one.
    assert len({rule.message for rule in Refusal}) == len(Refusal)
