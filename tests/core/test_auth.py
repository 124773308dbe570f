"""Whose signature holds: keys and algorithms, and what attacks on them come to."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.auth import read_bearer
from headwater.core.errors import Unauthenticated
from tests.core.tokens import (
    EC_KEY,
    ED_KEY,
    PUBLIC_KEYS,
    RSA_KEY,
    SECRET,
    SHORT_RSA_KEY,
    forge,
    make_claims,
    make_verifier,
    refuse,
    sign,
)


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
    "token", ["", ".", "..", "a.b.c", "Bearer x", "x" * 20_000, "é.é.é", "null.null.null", "e30.e30.e30", "\x00.\x00."]
)
async def test_rubbish_is_refused(token: str) -> None:
    assert await refuse(token) == "bad_token"


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
async def test_deep_nesting_is_refused(bracket: str) -> None:
    deep = base64.urlsafe_b64encode(bracket.encode() * 2_000).decode()
    assert await refuse(f"{deep}.e30.e30") == "bad_token"


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


async def test_a_signed_token_of_more_than_three_parts_is_refused() -> None:
    head, payload, _ = VALID.split(".")
    # Four dots more keep the padding of the base64 text right: a lenient decoder passes over them.
    signing_input = f"{head}.{payload[:8]}....{payload[8:]}"
    signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(signing_input.encode(), EC_KEY)
    assert await refuse(f"{signing_input}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}") == "bad_token"
