"""Passwords: how strong they must be, and their bcrypt hashes (computed off the event loop)."""

from __future__ import annotations

import asyncio
import re
import secrets
import string
from functools import lru_cache

import bcrypt

from headwater.local.auth.config import AuthConfig
from headwater.local.auth.errors import AuthError, bad_request

LONGEST_BYTES = 72
_BCRYPT = re.compile(r"\$2[abxy]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")
_LOWER, _UPPER, _DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
_SYMBOLS = "!@#$%^&*()_+-=[]{};'\\:\"|<>?,./`~"
_REQUIRED: dict[str, list[str]] = {
    "": [],
    "letters_digits": [_LOWER + _UPPER, _DIGITS],
    "lower_upper_letters_digits": [_LOWER, _UPPER, _DIGITS],
    "lower_upper_letters_digits_symbols": [_LOWER, _UPPER, _DIGITS, _SYMBOLS],
}


def check_strength(password: str, config: AuthConfig) -> None:
    """Refuse a password that is too long for bcrypt or too weak.

    Raises:
        AuthError: 400 for too long, 422 weak_password with its reasons.
    """
    if len(password.encode()) > LONGEST_BYTES:
        raise bad_request("validation_failed", f"Password cannot be longer than {LONGEST_BYTES} characters")
    messages, reasons = [], []
    if len(password.encode()) < config.minimum_password_length:
        reasons.append("length")
        messages.append(f"Password should be at least {config.minimum_password_length} characters.")
    required = _REQUIRED[config.password_requirements]
    if any(not set(characters) & set(password) for characters in required):
        reasons.append("characters")
        messages.append(f"Password should contain at least one character of each: {', '.join(required)}.")
    if reasons:
        raise AuthError(422, "weak_password", " ".join(messages), reasons=reasons)


async def hash_password(password: str, *, cost: int) -> str:
    """Return the bcrypt hash of a password of at most 72 bytes."""
    hashed = await asyncio.to_thread(bcrypt.hashpw, password.encode(), bcrypt.gensalt(cost))
    return hashed.decode()


async def matches(password: str, hashed: str, *, cost: int) -> bool:
    """Tell whether `password` belongs to `hashed`.

    Where there is no hash (no such user, or one without a password) as much work is done, so that the time taken
    doesn't tell who has an account.
    """
    known = hashed or _stand_in(cost)
    try:
        same = await asyncio.to_thread(bcrypt.checkpw, password.encode()[:LONGEST_BYTES], known.encode())
    except ValueError:
        return False
    return same and bool(hashed) and len(password.encode()) <= LONGEST_BYTES


def is_bcrypt(hashed: str) -> bool:
    """Tell whether `hashed` is a bcrypt hash."""
    return _BCRYPT.fullmatch(hashed) is not None


def invent_password() -> str:
    """Make a password that nobody knows, for accounts that sign in by code."""
    return secrets.token_urlsafe(40) + "aA1!"


@lru_cache
def _stand_in(cost: int) -> str:
    return bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt(cost)).decode()
