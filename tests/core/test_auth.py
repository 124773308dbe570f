"""Token verification: what is accepted, what is refused, and what attacks come to nothing."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from headwater.core.auth import (
    ClaimRules,
    Claims,
    Refusal,
    StaticKeySource,
    TokenInvalid,
    TokenVerifier,
    read_bearer,
)
from headwater.core.clock import MovableClock
from headwater.core.errors import Unauthenticated

SECRET = "a secret of more than thirty-two bytes"
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)
SHORT_RSA_KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505 - too short is what is tested
ED_KEY = ed25519.Ed25519PrivateKey.generate()
PUBLIC_KEYS: list[dict[str, Any]] = [
    {**ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True), "kid": "ec", "use": "sig", "alg": "ES256"},
    {**RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True), "kid": "rsa", "key_ops": ["verify"]},
    {**OKPAlgorithm.to_jwk(ED_KEY.public_key(), as_dict=True), "kid": "ed", "alg": "EdDSA"},
    {**RSAAlgorithm.to_jwk(SHORT_RSA_KEY.public_key(), as_dict=True), "kid": "short", "key_ops": ["verify"]},
    {"kty": "oct", "kid": "shared", "alg": "HS256", "k": base64.urlsafe_b64encode(SECRET.encode()).decode()},
    {**ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True), "kid": "for-encryption", "use": "enc"},
]
CLOCK = MovableClock()


def make_verifier(**settings: Any) -> TokenVerifier:
    return TokenVerifier(StaticKeySource(PUBLIC_KEYS), **{"clock": CLOCK, **settings})


def make_claims(**changes: Any) -> dict[str, Any]:
    now = int(CLOCK.now().timestamp())
    usual = {"sub": str(uuid4()), "aud": "authenticated", "role": "authenticated", "iat": now, "exp": now + 3600}
    return {name: value for name, value in {**usual, **changes}.items() if value is not ...}


def sign(claims: dict[str, Any], *, key: Any = EC_KEY, algorithm: str = "ES256", kid: str | None = "ec") -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def forge(header: dict[str, Any], claims: Any, signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


async def refuse(token: str, verifier: TokenVerifier | None = None) -> str:
    with pytest.raises(Unauthenticated) as caught:
        await (verifier or make_verifier()).verify(token)
    return caught.value.code


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"), [(EC_KEY, "ES256", "ec"), (RSA_KEY, "RS256", "rsa"), (ED_KEY, "EdDSA", "ed")]
)
async def test_public_key_signatures_hold(key: Any, algorithm: str, kid: str) -> None:
    claims = make_claims(email="ada@example.com", session_id=str(uuid4()))
    verified = await make_verifier().verify(sign(claims, key=key, algorithm=algorithm, kid=kid))
    assert dict(verified) == claims
    assert (verified.role, str(verified.user_id), verified.email) == (
        "authenticated",
        claims["sub"],
        "ada@example.com",
    )
    assert str(verified.session_id) == claims["session_id"]


@pytest.mark.parametrize("kid", [None, "whatever"])
async def test_legacy_secret_only_where_it_is_set(kid: str | None) -> None:
    token = sign(make_claims(), key=SECRET, algorithm="HS256", kid=kid)
    assert (await make_verifier(legacy_secret=SECRET).verify(token)).role == "authenticated"
    assert await refuse(token) == "bad_token"
    assert await refuse(token, make_verifier(legacy_secret="another secret of thirty-two bytes or more")) == "bad_token"


async def test_no_symmetric_key_is_taken_from_a_key_set() -> None:
    token = sign(make_claims(), key=SECRET, algorithm="HS256", kid="shared")
    assert await refuse(token) == "bad_token"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, 0, ["none"]])
@pytest.mark.parametrize("kid", ["ec", None])
async def test_unsigned_tokens_are_refused(algorithm: Any, kid: str | None) -> None:
    token = forge({"alg": algorithm, "kid": kid, "typ": "JWT"}, make_claims())
    assert await refuse(token, make_verifier(legacy_secret=SECRET)) == "bad_token"


async def test_a_public_key_is_no_shared_secret() -> None:
    """The classic confusion: sign by HMAC with the published key's own text (RFC 8725, section 2.1)."""
    pem = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, json.dumps(PUBLIC_KEYS[1]).encode()):
        header = {"alg": "HS256", "kid": "rsa", "typ": "JWT"}
        unsigned = forge(header, make_claims()).rpartition(".")[0]
        signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(unsigned.encode(), secret)
        token = f"{unsigned}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
        assert await refuse(token) == "bad_token"
        assert await refuse(token, make_verifier(legacy_secret=SECRET)) == "bad_token"


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA_KEY, "RS256", "ec"), (EC_KEY, "ES256", "rsa")])
async def test_the_key_decides_the_algorithm(key: Any, algorithm: str, kid: str) -> None:
    assert await refuse(sign(make_claims(), key=key, algorithm=algorithm, kid=kid)) == "bad_token"


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
async def test_other_algorithms_of_a_known_key_are_refused(algorithm: str) -> None:
    assert await refuse(sign(make_claims(), key=RSA_KEY, algorithm=algorithm, kid="rsa")) == "bad_token"


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [(EC_KEY, "ES256", "missing"), (SHORT_RSA_KEY, "RS256", "short"), (EC_KEY, "ES256", "for-encryption")],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_unusable_keys_are_unknown(key: Any, algorithm: str, kid: str) -> None:
    assert await refuse(sign(make_claims(), key=key, algorithm=algorithm, kid=kid)) == "unknown_key"


async def test_a_public_key_signature_needs_a_key_id() -> None:
    assert await refuse(sign(make_claims(), kid=None)) == "bad_token"


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


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "Bearer x", "x" * 20_000, "é.é.é", "null.null.null", "e30.e30.e30", "\x00.\x00."]
)
async def test_rubbish_is_refused(token: str) -> None:
    assert await refuse(token) == "bad_token"


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
async def test_deep_nesting_is_refused(bracket: str) -> None:
    deep = base64.urlsafe_b64encode(bracket.encode() * 2_000).decode()
    assert await refuse(f"{deep}.e30.e30") == "bad_token"


@pytest.mark.parametrize("claims", [[], "text", 5, None, True])
async def test_claims_must_be_an_object(claims: Any) -> None:
    token = jwt.PyJWS().encode(json.dumps(claims).encode(), EC_KEY, "ES256", {"kid": "ec"})
    assert await refuse(token) == "bad_token"


VALID = sign(make_claims())


@given(position=st.integers(min_value=0, max_value=len(VALID) - 1), character=st.characters(codec="ascii"))
async def test_no_character_can_be_changed(position: int, character: str) -> None:
    changed = VALID[:position] + character + VALID[position + 1 :]
    verifier = make_verifier()
    try:
        verified = await verifier.verify(changed)
    except Unauthenticated:
        return
    # The last characters of a base64 part may carry bits that are not used: such a text is the same token.
    assert dict(verified) == dict(await verifier.verify(VALID))


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20))))
async def test_any_header_is_refused_without_a_signature(header: dict[str, Any]) -> None:
    assert await refuse(forge(header, make_claims()), make_verifier(legacy_secret=SECRET)) in {
        "bad_token",
        "unknown_key",
    }


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


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("Bearer  abc", "abc"),
        ("Basic abc", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("Bearer a b", None),
        ("", None),
        (None, None),
    ],
)
def test_bearer_headers(header: str | None, token: str | None) -> None:
    assert read_bearer(header) == token


def test_claims_are_a_mapping_that_does_not_change() -> None:
    claims = Claims({"role": "anon", "exp": 5, "sub": "not a user"})
    assert claims.expires_at == 5.0
    assert claims.user_id is None
    assert "sub" in claims
    assert not hasattr(claims, "__setitem__")


async def test_a_signed_token_of_more_than_three_parts_is_refused() -> None:
    head, payload, _ = VALID.split(".")
    # Four dots more keep the padding of the base64 text right: a lenient decoder passes over them.
    signing_input = f"{head}.{payload[:8]}....{payload[8:]}"
    signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(signing_input.encode(), EC_KEY)
    assert await refuse(f"{signing_input}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}") == "bad_token"


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
