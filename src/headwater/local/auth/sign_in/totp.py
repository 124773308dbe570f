"""Time-based one-time passwords (RFC 6238, SHA-1, six digits, thirty seconds), as authenticator apps make them."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

_PERIOD_SECONDS = 30
_DIGITS = 6


def make_secret() -> str:
    """Make a secret of 160 bits in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def make_uri(secret: str, *, issuer: str, account: str) -> str:
    """Return the address that an authenticator app reads from a QR code."""
    label = quote(f"{issuer}:{account}", safe="")
    query = {"algorithm": "SHA1", "digits": _DIGITS, "issuer": issuer, "period": _PERIOD_SECONDS, "secret": secret}
    return f"otpauth://totp/{label}?{urlencode(query, quote_via=quote)}"


def make_code(secret: str, moment: datetime) -> str:
    """Return the code that is in force at that moment."""
    return _code_of(secret, _step_of(moment))


def find_step(code: str, secret: str, moment: datetime) -> int | None:
    """Return the time step whose code this is, up to one step away, or None for a wrong code."""
    now, given = _step_of(moment), code.encode()
    matching = [step for step in (now, now - 1, now + 1) if hmac.compare_digest(_code_of(secret, step).encode(), given)]
    return matching[0] if matching else None


def _step_of(moment: datetime) -> int:
    return int(moment.timestamp()) // _PERIOD_SECONDS


def _code_of(secret: str, step: int) -> str:
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"
