"""Installs the tables of Storage."""

from __future__ import annotations

from pathlib import Path

from headwater.local.postgres.installing import install_schema

_SQL = Path(__file__).with_suffix(".sql")
# Any number will do as long as everybody who installs the tables takes the same one.
_LOCK = 5_210_442_987_015_340


async def install_storage_schema(dsn: str) -> None:
    """Make the tables of Storage where they are missing. Safe to run twice, and by several processes at once.

    The roles of Supabase must be there, as `install_foundation` or hosted Supabase provides them.
    """
    await install_schema(dsn, _SQL, lock=_LOCK)
