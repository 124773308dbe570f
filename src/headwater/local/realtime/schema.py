"""Installs the schema `realtime`."""

from __future__ import annotations

from pathlib import Path

from headwater.local.postgres.installing import install_schema

_SQL = Path(__file__).with_suffix(".sql")
# Any number will do as long as everybody who installs the schema takes the same one.
_LOCK = 5_210_442_987_015_339


async def install_realtime_schema(dsn: str) -> None:
    """Make what Realtime needs in the database where it is missing.

    Safe to run twice, and by several processes at once. On hosted Supabase it is all there already.
    """
    await install_schema(dsn, _SQL, lock=_LOCK)
