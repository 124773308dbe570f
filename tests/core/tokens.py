"""Keys, and tokens signed with them or forged, for the tests of what verifies tokens."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from headwater.core.auth import StaticKeySource, TokenVerifier
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
    """Return a verifier of the public keys."""
    return TokenVerifier(StaticKeySource(PUBLIC_KEYS), **{"clock": CLOCK, **settings})


def make_claims(**changes: Any) -> dict[str, Any]:
    """Return the usual claims with `changes`; `...` leaves one out."""
    now = int(CLOCK.now().timestamp())
    usual = {"sub": str(uuid4()), "aud": "authenticated", "role": "authenticated", "iat": now, "exp": now + 3600}
    return {name: value for name, value in {**usual, **changes}.items() if value is not ...}


def sign(claims: dict[str, Any], *, key: Any = EC_KEY, algorithm: str = "ES256", kid: str | None = "ec") -> str:
    """Return a signed token."""
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def forge(header: dict[str, Any], claims: Any, signature: bytes = b"") -> str:
    """Return a token whose signature is what is given."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


async def refuse(token: str, verifier: TokenVerifier | None = None) -> str:
    """Return the code with which a token is refused."""
    with pytest.raises(Unauthenticated) as caught:
        await (verifier or make_verifier()).verify(token)
    return caught.value.code
