"""Signatures of Standard Webhooks (github.com/standard-webhooks, version 1): HMAC-SHA256 over id, time and raw body."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from headwater.core.errors import InvalidInput, Unauthenticated

SECRET_PREFIX = "whsec_"  # noqa: S105  # how secrets begin, not one of them
TOLERANCE = timedelta(minutes=5)
_SECRET_BYTES = range(24, 65)


@dataclass(frozen=True)
class VerifiedMessage:
    """What a valid signature vouches for. Receivers drop a second message with the same id."""

    id: str
    sent_at: datetime


class BadSignature(Unauthenticated):
    """The message wasn't signed with a known secret, or not lately."""

    default_code = "bad_signature"


def generate_secret() -> str:
    """Make a secret of 32 random bytes, `whsec_` and base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def read_secret(secret: str) -> bytes:
    """Return the bytes of a secret; the prefix and the padding may be missing.

    Raises:
        InvalidInput: it is no base64 of 24 to 64 bytes.
    """
    text = secret.removeprefix(SECRET_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        key = b""
    if len(key) not in _SECRET_BYTES:
        raise InvalidInput("A webhook secret is `whsec_` and base64 of 24 to 64 bytes.", code="invalid_secret")
    return key


def sign(secret: str, *, id: str, timestamp: datetime, body: bytes) -> str:
    """Return one signature, `v1,<base64>`. `timestamp` must be aware; it is signed in whole UTC seconds."""
    mac = _hash_message(read_secret(secret), id=id, seconds=str(_whole_seconds(timestamp)), body=body)
    return f"v1,{base64.b64encode(mac).decode()}"


def sign_headers(valid_secrets: Sequence[str], *, id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers; while a secret is rotated, both the new and the old one sign."""
    signatures = [sign(secret, id=id, timestamp=timestamp, body=body) for secret in valid_secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(_whole_seconds(timestamp)),
        "webhook-signature": " ".join(signatures),
    }


def verify(
    valid_secrets: Sequence[str],
    *,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> VerifiedMessage:
    """Check a message's headers against its raw body. Any of the secrets may have signed it.

    Raises:
        BadSignature: a header is missing or wrong, the time is too far from `now`, or nobody known signed it.
    """
    by_name = {name.lower(): value for name, value in headers.items()}
    message_id, seconds = by_name.get("webhook-id", ""), by_name.get("webhook-timestamp", "")
    if not message_id or not seconds.isascii() or not seconds.isdigit() or len(seconds) > 12:
        raise BadSignature("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    sent_at = datetime.fromtimestamp(int(seconds), UTC)
    if abs(now - sent_at) > tolerance:
        raise BadSignature("The message is too old or from the future.", code="stale_signature")
    given = [_read_signature(part) for part in by_name.get("webhook-signature", "").split(" ")]
    matches = False
    for secret in valid_secrets:
        expected = _hash_message(read_secret(secret), id=message_id, seconds=seconds, body=body)
        for signature in given:
            # Every pair is compared, in constant time, so that the time taken says nothing.
            matches |= hmac.compare_digest(expected, signature)
    if not matches:
        raise BadSignature("The signature doesn't match.")
    return VerifiedMessage(message_id, sent_at)


def _hash_message(key: bytes, *, id: str, seconds: str, body: bytes) -> bytes:
    return hmac.digest(key, f"{id}.{seconds}.".encode() + body, hashlib.sha256)


def _whole_seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("the time of a webhook must be aware")
    return int(moment.timestamp())


def _read_signature(text: str) -> bytes:
    version, _, encoded = text.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
