"""Addresses and numbers of users: what is accepted, and in which form it is kept."""

from __future__ import annotations

import re

from headwater.local.auth.errors import bad_request

# RFC 5321's limits on the parts; the local part as RFC 5322's dot-atom, which is what mail servers take.
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_E164 = re.compile(r"[1-9][0-9]{1,14}")


def check_email(email: str) -> str:
    """Return the address in lower case. Raises AuthError when it is none."""
    if email == "":
        raise bad_request("validation_failed", "An email address is required")
    if len(email) > 255:
        raise bad_request("validation_failed", "An email address is too long")
    lowered = email.lower()
    if _EMAIL.fullmatch(lowered) is None or len(lowered.partition("@")[0]) > 64:
        raise bad_request("validation_failed", "Unable to validate email address: invalid format")
    return lowered


def format_phone(phone: str) -> str:
    """Return the number without a leading plus and without spaces."""
    return phone.removeprefix("+").replace(" ", "")


def check_phone(phone: str) -> str:
    """Return the number as E.164 without its plus. Raises AuthError when it is none."""
    formatted = format_phone(phone)
    if _E164.fullmatch(formatted) is None:
        raise bad_request("validation_failed", "Invalid phone number format (E.164 required)")
    return formatted
