"""Reads JSON Web Tokens (RFC 7519) whose signature holds, following the advice of RFC 8725."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jwt
import orjson

from headwater.core.auth.claims import Claims
from headwater.core.auth.keys import KeySource, VerificationKey
from headwater.core.auth.refusals import Refusal, TokenInvalid

_MAX_TOKEN_LENGTH = 16_384
_PUBLIC_KEY_ALGORITHMS = ("ES256", "RS256", "EdDSA")
_JWS = jwt.PyJWS(algorithms=[*_PUBLIC_KEY_ALGORITHMS, "HS256"])


class SignatureVerifier:
    """Turns a token into what it claims, if one of the keys signed it.

    A symmetric signature (HS256) is accepted only where `legacy_secret` is given, and then only by that secret: the
    header never chooses which kind of key a token is verified with. `keys_without_id` are tried for a token that names
    no key; with none such a token is refused.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        legacy_secret: str | None = None,
        keys_without_id: Sequence[VerificationKey] = (),
    ) -> None:
        self._keys = keys
        self._secret = legacy_secret.encode() if legacy_secret else None
        self._keys_without_id = tuple(keys_without_id)

    async def read(self, token: str) -> Claims:
        """Return what `token` claims, of which nothing is looked at.

        Raises:
            TokenInvalid: it is too long, no token, or signed by none of the keys.
            Unavailable: the issuer's keys were never read and can't be now.
        """
        if len(token) > _MAX_TOKEN_LENGTH:
            raise TokenInvalid(Refusal.TOO_LONG)
        if token.count(".") != 2:
            # The compact form has three parts (RFC 7515 §7.1); not every release of PyJWT refuses more dots.
            raise TokenInvalid(Refusal.MALFORMED)
        try:
            header = _JWS.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise TokenInvalid(Refusal.MALFORMED) from error
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm == "HS256":
            if self._secret is None:
                raise TokenInvalid(Refusal.NO_KEY)
            return _read_claims(_verify(token, self._secret, algorithm))
        if not isinstance(algorithm, str) or algorithm not in _PUBLIC_KEY_ALGORITHMS:
            raise TokenInvalid(Refusal.UNSUPPORTED_ALGORITHM)
        if isinstance(key_id, str):
            return _read_claims(_verify(token, await self._find_key(key_id, algorithm), algorithm))
        return _read_claims(self._try_keys(token, algorithm))

    async def _find_key(self, key_id: str, algorithm: str) -> Any:
        found = await self._keys.find_key(key_id)
        if found is None:
            raise TokenInvalid(Refusal.UNKNOWN_KEY)
        if found.algorithm != algorithm:
            raise TokenInvalid(Refusal.NO_KEY)
        return found.key

    def _try_keys(self, token: str, algorithm: str) -> bytes:
        refused = TokenInvalid(Refusal.NO_KEY)
        for candidate in self._keys_without_id:
            if candidate.algorithm != algorithm:
                continue
            try:
                return _verify(token, candidate.key, algorithm)
            except TokenInvalid as error:
                refused = error
        raise refused


def _verify(token: str, key: Any, algorithm: str) -> bytes:
    try:
        payload: bytes = _JWS.decode_complete(token, key, algorithms=[algorithm])["payload"]
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise TokenInvalid(Refusal.WRONG_SIGNATURE) from error
    return payload


def _read_claims(payload: bytes) -> Claims:
    try:
        claims = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise TokenInvalid(Refusal.NO_CLAIMS) from error
    if not isinstance(claims, dict):
        raise TokenInvalid(Refusal.NO_CLAIMS)
    return Claims(claims)
