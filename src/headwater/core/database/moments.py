"""Moments that Postgres keeps and Python can't: clamped when they are read, so that no such row fails a query.

Constraints keep members from writing them (`20261130004100_platform_readable_values.sql`); operators and other programs
write where they like. The units are those of Postgres's binary format: microseconds and days since 2000-01-01.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import asyncpg

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.date()
_MICROSECOND = timedelta(microseconds=1)
# A year inside what Python knows: whatever is reckoned from it in another zone, or a while later, is still a moment.
_FIRST = (datetime(2, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(9998, 12, 31, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_FIRST_DAY = (date(2, 1, 1) - _EPOCH_DAY).days
_LAST_DAY = (date(9998, 12, 31) - _EPOCH_DAY).days
_DAY = 24 * 60 * 60 * 1_000_000


async def clamp_moments(connection: asyncpg.Connection) -> None:
    """Make a connection read infinite, ancient and far moments as the first or last one that Python reckons with."""
    for name, write, read in (
        ("timestamptz", _write_moment, _read_moment),
        ("timestamp", _write_naive, _read_naive),
        ("date", _write_date, _read_date),
        ("time", _write_time, _read_time),
    ):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=write, decoder=read, format="tuple")


def _read_moment(value: tuple[int]) -> datetime:
    return _EPOCH + timedelta(microseconds=min(max(value[0], _FIRST), _LAST))


def _write_moment(value: Any) -> tuple[int]:
    if not isinstance(value, datetime):
        raise TypeError(f"expected a datetime, got {type(value).__name__}")
    # One without a zone is on the clock of this machine, as the driver has it.
    return ((value.astimezone(UTC) - _EPOCH) // _MICROSECOND,)


def _read_naive(value: tuple[int]) -> datetime:
    return _read_moment(value).replace(tzinfo=None)


def _write_naive(value: Any) -> tuple[int]:
    if not isinstance(value, datetime):
        raise TypeError(f"expected a datetime, got {type(value).__name__}")
    return ((value.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND,)


def _read_date(value: tuple[int]) -> date:
    return _EPOCH_DAY + timedelta(days=min(max(value[0], _FIRST_DAY), _LAST_DAY))


def _write_date(value: Any) -> tuple[int]:
    if not isinstance(value, date):
        raise TypeError(f"expected a date, got {type(value).__name__}")
    return ((date(value.year, value.month, value.day) - _EPOCH_DAY).days,)


def _read_time(value: tuple[int]) -> time:
    microseconds = min(value[0], _DAY - 1)
    seconds, fraction = divmod(microseconds, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, fraction)


def _write_time(value: Any) -> tuple[int]:
    if not isinstance(value, time):
        raise TypeError(f"expected a time, got {type(value).__name__}")
    return (((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond,)
