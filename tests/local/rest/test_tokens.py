"""Tokens alone: secrets and key sets, families of algorithms, claims, and the path to the role."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from headwater.core.auth import StaticKeySource, TokenVerifier
from headwater.core.clock import MovableClock
from headwater.local.rest import RestError, RestVerifier
from headwater.local.rest.tokens import find_role, identify
from tests.local.rest.clients import ADA, SECRET, sign

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
KEYS: list[dict[str, Any]] = [
    {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA.public_key())), "kid": "first", "alg": "RS256"},
    {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC.public_key())), "kid": "second", "alg": "ES256"},
]
VERIFIER = RestVerifier.from_keys(secret=SECRET, jwks=KEYS)


async def refusal(verifier: RestVerifier, token: str) -> tuple[str, str]:
    """Return code and message that a token is refused with."""
    with pytest.raises(RestError) as caught:
        await verifier.verify(token)
    assert caught.value.status in (401, 500)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize(("key", "algorithm", "name"), [(RSA, "RS256", "first"), (EC, "ES256", "second")])
async def test_keys_of_a_set_verify(key: Any, algorithm: str, name: str) -> None:
    for headers in ({"kid": name}, {}):
        token = jwt.encode({"role": "x"}, key, algorithm=algorithm, headers=headers)
        assert await VERIFIER.verify(token) == {"role": "x"}
    stranger = jwt.encode({"role": "x"}, key, algorithm=algorithm, headers={"kid": "other"})
    assert (await refusal(VERIFIER, stranger))[0] == "PGRST301"


async def test_a_public_key_is_no_secret() -> None:
    public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, payload, _ = jwt.encode({"role": "x"}, SECRET, algorithm="HS256").split(".")
    import hmac
    from base64 import urlsafe_b64encode

    forged = urlsafe_b64encode(hmac.digest(public, f"{head}.{payload}".encode(), "sha256")).decode().rstrip("=")
    code, _ = await refusal(RestVerifier.from_keys(jwks=KEYS), f"{head}.{payload}.{forged}")
    assert code == "PGRST301"


async def test_unsigned_tokens_are_refused() -> None:
    token = jwt.encode({"role": "service_role"}, "", algorithm="none")
    assert await refusal(VERIFIER, token) == ("PGRST301", "Wrong or unsupported encoding algorithm")


async def test_without_a_key_nothing_is_verified() -> None:
    assert (await refusal(RestVerifier.from_keys(), sign("x")))[0] == "PGRST300"


@pytest.mark.parametrize(
    ("audience", "refused"),
    [("us", False), (["them", "us"], False), ([], False), (None, False), ("them", True), (["them"], True)],
)
async def test_the_audience_must_be_ours(audience: Any, refused: bool) -> None:
    verifier = RestVerifier.from_keys(secret=SECRET, audience="us")
    token = sign("x", **({} if audience is None else {"aud": audience}))
    if refused:
        assert await refusal(verifier, token) == ("PGRST303", "JWT not in audience")
    else:
        assert (await verifier.verify(token))["role"] == "x"


@pytest.mark.parametrize("claims", [{"exp": "soon"}, {"nbf": True}, {"iat": []}, {"aud": 1}, {"aud": [1]}])
async def test_claims_of_the_wrong_kind_are_refused(claims: dict[str, Any]) -> None:
    head, _, _ = sign("x").split(".")
    from base64 import urlsafe_b64encode

    payload = urlsafe_b64encode(json.dumps({"role": "x", **claims}).encode()).decode().rstrip("=")
    import hmac

    signed = urlsafe_b64encode(hmac.digest(SECRET.encode(), f"{head}.{payload}".encode(), "sha256")).decode()
    code, message = await refusal(VERIFIER, f"{head}.{payload}.{signed.rstrip('=')}")
    assert code == "PGRST303"
    assert "must be" in message


async def test_a_token_expires_although_it_was_remembered() -> None:
    clock = MovableClock()
    verifier = RestVerifier.from_keys(secret=SECRET, clock=clock)
    token = sign("x", exp=int((clock.now() + timedelta(seconds=60)).timestamp()))
    assert (await verifier.verify(token))["role"] == "x"
    clock.advance(timedelta(seconds=60 + 29))
    assert (await verifier.verify(token))["role"] == "x"
    clock.advance(timedelta(seconds=5))
    assert await refusal(verifier, token) == ("PGRST303", "JWT expired")


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("role", "plain"),
        ("$.role", "plain"),
        (".app.roles[1]", "second"),
        ('$.app["roles"][0]', "first"),
        ('."https://example.com/role"', "named"),
        ("$.nothing.here", None),
        (".app.roles[9]", None),
    ],
)
def test_the_role_is_found_by_its_path(path: str, role: str | None) -> None:
    claims = {"role": "plain", "app": {"roles": ["first", "second"]}, "https://example.com/role": "named"}
    assert find_role(claims, path) == role


def test_the_claims_tell_the_role_that_is_taken() -> None:
    caller = identify({"sub": "a"}, path="role", anon_role="anon")
    assert (caller.role, json.loads(caller.claims), caller.is_anonymous) == ("anon", {"sub": "a", "role": "anon"}, True)


async def test_the_applications_verifier_refuses_in_the_same_words() -> None:
    clock = MovableClock()
    shared = TokenVerifier(StaticKeySource([]), legacy_secret=SECRET, clock=clock)
    verifier = RestVerifier(shared)
    soon = int((clock.now() + timedelta(minutes=1)).timestamp())
    token = sign("authenticated", subject=ADA, exp=soon, aud="authenticated")
    assert (await verifier.verify(token))["sub"] == ADA
    stranger = sign("authenticated", subject=ADA, exp=soon, aud="others")
    assert await refusal(verifier, stranger) == ("PGRST303", "JWT not in audience")
    assert (await refusal(verifier, token + "x"))[0] == "PGRST301"
    assert await refusal(verifier, "a.b") == ("PGRST301", "Expected 3 parts in JWT; got 2")
    clock.advance(timedelta(minutes=2))
    assert await refusal(verifier, token) == ("PGRST303", "JWT expired")


@pytest.mark.parametrize(
    ("token", "code", "message", "details"),
    [
        (sign("x", pad="x" * 16_384), "PGRST301", "JWT cryptographic operation failed", "The token is too long."),
        ("a.b.c", "PGRST301", "JWT cryptographic operation failed", None),
        ("a.b.c.d", "PGRST301", "Expected 3 parts in JWT; got 4", None),
        (
            jwt.encode({"role": "x"}, SECRET, algorithm="HS384"),
            "PGRST301",
            "Wrong or unsupported encoding algorithm",
            "JWT is unsecured but expected 'alg' was not 'none'",
        ),
        (jwt.PyJWS().encode(b"[]", SECRET, "HS256"), "PGRST303", "Parsing claims failed", None),
        (jwt.PyJWS().encode(b"{", SECRET, "HS256"), "PGRST303", "Parsing claims failed", None),
    ],
    ids=["long", "malformed", "parts", "algorithm", "list", "no-json"],
)
async def test_each_rule_is_refused_in_postgrests_words(
    token: str, code: str, message: str, details: str | None
) -> None:
    with pytest.raises(RestError) as caught:
        await VERIFIER.verify(token)
    assert (caught.value.code, caught.value.message, caught.value.details) == (code, message, details)


async def test_a_token_is_verified_once_and_its_claims_are_kept() -> None:
    token = sign("x")
    assert await VERIFIER.verify(token) is await VERIFIER.verify(token)
