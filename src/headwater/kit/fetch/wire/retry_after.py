"""How long a host asks us to wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_SECONDS = 86_400.0


def read_retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the seconds that Retry-After asks for, at most a day, or None without a readable one (RFC 9110 §10.2.3).

    A date is compared with the answer's own Date, so that a host whose clock is wrong is still understood.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _LONGEST_SECONDS)
    moment = _read_date(value)
    if moment is None:
        return None
    sent = _read_date(headers.get("Date", "")) or now
    return min(max((moment - sent).total_seconds(), 0.0), _LONGEST_SECONDS)


def _read_date(value: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
