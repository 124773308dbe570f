"""Installs what notifies the engine of changes to the schema."""

from __future__ import annotations

from pathlib import Path

from headwater.local.postgres.installing import install_schema

_SQL = Path(__file__).with_suffix(".sql")
# Any number will do as long as everybody who installs it takes the same one.
_LOCK = 5_210_442_987_015_342


async def install_rest_schema(dsn: str) -> None:
    """Make the event triggers that notify the engine where they are missing. Safe to run twice, and by several at once.

    `dsn` must be that of a superuser, as event triggers ask for.
    """
    await install_schema(dsn, _SQL, lock=_LOCK)
