"""What hosted Supabase provides in a database, laid where it is not used: roles, schemas, tables of each service."""

from __future__ import annotations

import hashlib
from pathlib import Path

import asyncpg

from headwater.core.database.dsn import normalise_dsn
from headwater.core.settings import SettingsError

_IS_HOSTED = """
select to_regclass('auth.users') is not null
    and not (select rolsuper from pg_roles where rolname = current_user)
"""
# How much there is of what is laid: whoever drops a part of it has it laid again.
_COUNT = """
with laid as (
    select oid
    from pg_namespace
    where nspname in ('auth', 'extensions', 'realtime', 'storage')
),
tables as (
    select pg_class.oid
    from pg_class
    where relnamespace in (select oid from laid) and not relispartition
)
select concat_ws(
    ' ',
    (select count(*) from laid),
    (select count(*) from tables),
    (select count(*) from pg_proc where pronamespace in (select oid from laid)),
    (select count(*) from pg_trigger where tgrelid in (select oid from tables)),
    (select count(*) from pg_policy where polrelid in (select oid from tables)),
    (select count(*) from pg_roles where rolname in ('anon', 'authenticated', 'authenticator', 'service_role')),
    (select count(*) from pg_publication where pubname = 'supabase_realtime'),
    (select count(*) from pg_event_trigger)
)
"""
# Kept as a setting of the database: it is neither dumped nor copied with it, so that elsewhere all is laid anew.
_READ_MARK = "select current_setting('headwater.laid', true)"
_WRITE_MARK = "select format('alter database %I set headwater.laid = %L', current_database(), $1::text)"


async def lay_schemas(dsn: str) -> None:
    """Lay everything that comes before the first migration. Running it again changes nothing.

    Raises:
        SettingsError: the database is a Supabase project's, which has all of this and must not be touched.
    """
    connection = await asyncpg.connect(normalise_dsn(dsn), statement_cache_size=0)
    try:
        if await connection.fetchval(_IS_HOSTED):
            raise SettingsError(
                "SUPABASE_URL: is unset, but DATABASE_URL is the database of a Supabase project; set both"
            )
        text = _fingerprint()
        if await connection.fetchval(_READ_MARK) == f"{text} {await connection.fetchval(_COUNT)}":
            return
        await _lay(dsn)
        mark = f"{text} {await connection.fetchval(_COUNT)}"
        await connection.execute(await connection.fetchval(_WRITE_MARK, mark))
    finally:
        await connection.close()


async def _lay(dsn: str) -> None:
    # Read in here alone: with them come the services, which a start that finds all laid has no use for.
    from headwater.local.auth import lay_auth_schema
    from headwater.local.postgres import lay_foundation
    from headwater.local.realtime import lay_realtime_schema
    from headwater.local.rest import lay_rest_schema
    from headwater.local.storage import lay_storage_schema

    await lay_foundation(dsn)
    await lay_auth_schema(dsn)
    await lay_realtime_schema(dsn)
    await lay_rest_schema(dsn)
    await lay_storage_schema(dsn)


def _fingerprint() -> str:
    """Tell the texts that lay everything from those of other versions."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*/*.sql")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
