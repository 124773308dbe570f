"""Public keys that tokens are verified with, and where they come from (JSON Web Keys, RFC 7517 and 7518)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from headwater.core.telemetry import get_logger

logger = get_logger(__name__)
_LEAST_RSA_BITS = 2048
_ALGORITHMS = {"RSA/": "RS256", "EC/P-256": "ES256", "OKP/Ed25519": "EdDSA"}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True)
class VerificationKey:
    """One public key and the only algorithm that it is used with."""

    key_id: str
    algorithm: str
    key: Any


class KeySource(Protocol):
    """Finds the public key that a token names."""

    async def find_key(self, key_id: str) -> VerificationKey | None:
        """Return the key, or None when the issuer has no such key.

        Raises:
            Unavailable: the issuer can't be asked and nothing is known from before.
        """
        ...


class StaticKeySource:
    """Keys that are at hand in this process: the local data plane's own."""

    def __init__(self, keys: Iterable[Mapping[str, Any]]) -> None:
        self._keys = read_keys(keys)

    @property
    def keys(self) -> tuple[VerificationKey, ...]:
        """All of them."""
        return tuple(self._keys.values())

    async def find_key(self, key_id: str) -> VerificationKey | None:
        """Return the key of that id, or None."""
        return self._keys.get(key_id)


def read_keys(keys: Iterable[Mapping[str, Any]]) -> dict[str, VerificationKey]:
    """Return the usable keys of a key set by their id.

    Left out: symmetric keys (published, they would let anybody sign), keys without an id or not meant for signatures,
    RSA below 2048 bits, and kinds that are not understood (RFC 7517, section 5).
    """
    usable: dict[str, VerificationKey] = {}
    for entry in keys:
        found = _read_key(entry)
        if found is not None:
            usable[found.key_id] = found
    return usable


def _read_key(entry: Mapping[str, Any]) -> VerificationKey | None:
    key_id, algorithm = entry.get("kid"), _algorithm_of(entry)
    if not isinstance(key_id, str) or not key_id or algorithm is None or entry.get("use", "sig") != "sig":
        return None
    public = {name: value for name, value in entry.items() if name not in _PRIVATE_MEMBERS}
    try:
        key = jwt.PyJWK(public, algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        logger.warning("auth_key_not_understood", key_id=key_id, reason=type(error).__name__)
        return None
    if isinstance(key, RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        logger.warning("auth_key_too_short", key_id=key_id, bits=key.key_size)
        return None
    return VerificationKey(key_id, algorithm, key)


def _algorithm_of(entry: Mapping[str, Any]) -> str | None:
    algorithm = _ALGORITHMS.get(f"{entry.get('kty')}/{entry.get('crv', '')}")
    return algorithm if entry.get("alg", algorithm) == algorithm else None
