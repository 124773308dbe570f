"""Installs the tables of Auth beside `auth.users`, which comes with the foundation."""

from __future__ import annotations

from pathlib import Path

from headwater.local.postgres.installing import install_schema

_SQL = Path(__file__).with_suffix(".sql")
# Any number will do as long as everybody who installs the tables takes the same one.
_LOCK = 5_210_442_987_015_338


async def install_auth_schema(dsn: str) -> None:
    """Make the tables of Auth where they are missing. Safe to run twice, and by several processes at once.

    The schema `auth` and the table `auth.users` must be there, as `install_foundation` or hosted Supabase provides
    them.
    """
    await install_schema(dsn, _SQL, lock=_LOCK)
