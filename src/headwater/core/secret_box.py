"""Encryption of secrets at rest: AES-256-GCM, bound to the row that the secret belongs to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from headwater.core.errors import Unavailable
from headwater.core.settings import Settings, SettingsError

_KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = "v1"


class SecretBox:
    """Seals texts with the first of its keys and opens what any of them sealed, so that keys can be rotated."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise SettingsError("ENCRYPTION_KEY: must be 32 bytes in base64")
        self._ciphers = {_name_key(key): AESGCM(key) for key in keys}
        self._sealing_key = _name_key(keys[0])

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Read ENCRYPTION_KEY: base64 of 32 bytes; several, separated by commas, while one is rotated.

        Raises:
            SettingsError: it is unset or not of this form.
        """
        if settings.encryption_key is None:
            raise SettingsError("ENCRYPTION_KEY: must be set to keep secrets; 32 bytes in base64")
        try:
            parts = settings.encryption_key.get_secret_value().split(",")
            return cls([base64.b64decode(_to_standard(part), validate=True) for part in parts])
        except binascii.Error:
            raise SettingsError("ENCRYPTION_KEY: must be 32 bytes in base64") from None

    def seal(self, text: str, *, context: str) -> str:
        """Encrypt `text`; only the same `context` (say, table and row) opens it again."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self._sealing_key].encrypt(nonce, text.encode(), context.encode())
        return f"{_VERSION}.{self._sealing_key}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, *, context: str) -> str:
        """Decrypt what `seal` gave.

        Raises:
            Unavailable: no key here opens it, or it was changed or moved to another row (code `secret_unreadable`).
        """
        try:
            version, key_name, encoded = sealed.split(".")
            raw = base64.urlsafe_b64decode(encoded)
            if version != _VERSION:
                raise ValueError(version)
            return self._ciphers[key_name].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
        except (ValueError, KeyError, InvalidTag):
            raise Unavailable(
                "A stored secret can't be read.", code="secret_unreadable", hint="Was ENCRYPTION_KEY changed?"
            ) from None


def _name_key(key: bytes) -> str:
    return hashlib.sha256(b"headwater secret box" + key).hexdigest()[:8]


def _to_standard(text: str) -> str:
    standard = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
    return standard + "=" * (-len(standard) % 4)
