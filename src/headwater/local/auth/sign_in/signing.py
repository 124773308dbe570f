"""Signs access tokens (RFC 7519) with the project's key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt


class TokenSigner:
    """Signs with a private JSON Web Key (RFC 7517)."""

    def __init__(self, signing_key: Mapping[str, Any]) -> None:
        self._algorithm = str(signing_key["alg"])
        self._key: Any = jwt.PyJWK(dict(signing_key), algorithm=self._algorithm).key
        self._headers = {"kid": str(signing_key["kid"])}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the signed token."""
        return jwt.encode(dict(claims), self._key, algorithm=self._algorithm, headers=self._headers)
