"""What hosted Supabase provides in a database, laid where it is not used: roles, schemas, tables of each service."""

from __future__ import annotations

import asyncpg

from headwater.core.db import normalise_dsn
from headwater.core.settings import SettingsError
from headwater.local.auth import lay_auth_schema
from headwater.local.postgres import lay_foundation
from headwater.local.realtime import lay_realtime_schema
from headwater.local.storage import lay_storage_schema

_IS_HOSTED = """
select to_regclass('auth.users') is not null
    and not (select rolsuper from pg_roles where rolname = current_user)
"""


async def lay_schemas(dsn: str) -> None:
    """Lay everything that comes before the first migration. Running it again changes nothing.

    Raises:
        SettingsError: the database is a Supabase project's, which has all of this and must not be touched.
    """
    connection = await asyncpg.connect(normalise_dsn(dsn))
    try:
        is_hosted = await connection.fetchval(_IS_HOSTED)
    finally:
        await connection.close()
    if is_hosted:
        raise SettingsError("SUPABASE_URL: is unset, but DATABASE_URL is the database of a Supabase project; set both")
    await lay_foundation(dsn)
    await lay_auth_schema(dsn)
    await lay_realtime_schema(dsn)
    await lay_storage_schema(dsn)
