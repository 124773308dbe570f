"""Header fields that may be sent: nothing that could end the line and begin another (RFC 9110 §5.5, §5.6.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from headwater.core.errors import InvalidInput

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_LONGEST_VALIDATOR = 1_024
#: What the connection itself decides; a caller that sets one of these means another request than the one that is sent.
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"})


def check_headers(headers: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return `headers` if they may be sent.

    Raises:
        InvalidInput: code `invalid_header`; a name or value isn't one, or the header isn't the caller's to set.
    """
    for name, value in (headers or {}).items():
        if not _NAME.fullmatch(name) or name.lower() in _OURS or not is_sendable(value):
            raise InvalidInput("This header can't be sent.", code="invalid_header", details={"name": name[:100]})
    return headers or {}


def is_sendable(value: str) -> bool:
    """Say whether `value` is visible text, which can be sent and stored as it is."""
    return value.isprintable() or value.replace("\t", " ").isprintable()


def keep_validator(value: str | None) -> str | None:
    """Return an ETag or Last-Modified if it can be stored and sent back as it came; without one, pages come whole."""
    return value if value and len(value) <= _LONGEST_VALIDATOR and is_sendable(value) else None
