"""What hosted Supabase provides in a database, installed where it is not used: roles, schemas, tables of each
service.
"""

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
# How much there is of what is installed: whoever drops a part of it has it installed again.
_COUNT = """
with installed as (
    select oid
    from pg_namespace
    where nspname in ('auth', 'extensions', 'realtime', 'storage')
),
tables as (
    select pg_class.oid
    from pg_class
    where relnamespace in (select oid from installed) and not relispartition
)
select concat_ws(
    ' ',
    (select count(*) from installed),
    (select count(*) from tables),
    (select count(*) from pg_proc where pronamespace in (select oid from installed)),
    (select count(*) from pg_trigger where tgrelid in (select oid from tables)),
    (select count(*) from pg_policy where polrelid in (select oid from tables)),
    (select count(*) from pg_roles where rolname in ('anon', 'authenticated', 'authenticator', 'service_role')),
    (select count(*) from pg_publication where pubname = 'supabase_realtime'),
    (select count(*) from pg_event_trigger)
)
"""
# Kept as a setting of the database: it is neither dumped nor copied with it, so that elsewhere all is installed anew.
_READ_MARK = "select current_setting('headwater.laid', true)"
_WRITE_MARK = "select format('alter database %I set headwater.laid = %L', current_database(), $1::text)"


async def install_schemas(dsn: str) -> None:
    """Install everything that comes before the first migration. Running it again changes nothing.

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
        await _install(dsn)
        mark = f"{text} {await connection.fetchval(_COUNT)}"
        await connection.execute(await connection.fetchval(_WRITE_MARK, mark))
    finally:
        await connection.close()


async def _install(dsn: str) -> None:
    # Read in here alone: with them come the services, which a start that finds all installed has no use for.
    from headwater.local.auth import install_auth_schema
    from headwater.local.postgres import install_foundation
    from headwater.local.realtime import install_realtime_schema
    from headwater.local.rest import install_rest_schema
    from headwater.local.storage import install_storage_schema

    await install_foundation(dsn)
    await install_auth_schema(dsn)
    await install_realtime_schema(dsn)
    await install_rest_schema(dsn)
    await install_storage_schema(dsn)


def _fingerprint() -> str:
    """Tell the texts that install everything from those of other versions."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*/*.sql")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
