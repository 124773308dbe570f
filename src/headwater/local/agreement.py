"""Hosts that serve one database with the local data plane must have the same keys: the first start is remembered."""

from __future__ import annotations

import hashlib

import asyncpg

from headwater.core.database.dsn import normalise_dsn
from headwater.core.telemetry import get_logger
from headwater.local.keys import FILE_NAME, KeysError, LocalKeys

# Any number will do as long as every host takes the same one.
_LOCK = 5_210_442_987_015_341
# Kept as a setting of the database: what is dumped and restored elsewhere isn't bound to the keys of here.
_READ = """
select substr(setting, length($1) + 2)
from pg_db_role_setting, unnest(setconfig) as setting
where setrole = 0
    and setdatabase = (select oid from pg_database where datname = current_database())
    and setting like $1 || '=%'
"""
_WRITE = "select format('alter database %I set %s = %L', current_database(), $1::text, $2::text)"

logger = get_logger(__name__)


async def agree_on_keys(dsn: str, keys: LocalKeys) -> None:
    """Make sure that whoever serves this database has these keys; the first host to ask settles which.

    Raises:
        KeysError: another host's start settled on other keys, so neither would take what the other signed.
    """
    secrets = f"{keys.signing_key['kid']} {keys.jwt_secret} {keys.secret_key} {keys.address_key}"
    await agree(dsn, secrets, setting="headwater.keys", file_name=FILE_NAME)


async def agree(dsn: str, secrets: str, *, setting: str, file_name: str) -> None:
    """Make sure that whoever serves this database has these secrets, of `file_name`; only their digest is kept.

    Raises:
        KeysError: another host's start settled on others.
    """
    connection = await asyncpg.connect(normalise_dsn(dsn), statement_cache_size=0)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            ours = hashlib.sha256(secrets.encode()).hexdigest()
            settled = await connection.fetchval(_READ, setting)
            if settled is None:
                await connection.execute(await connection.fetchval(_WRITE, setting, ours))
            elif settled != ours:
                name = await connection.fetchval("select quote_ident(current_database())")
                raise KeysError(
                    f"{file_name}: another host serves DATABASE_URL with other keys; copy its {file_name} into"
                    f" HEADWATER_DATA here, or set SUPABASE_URL if the database is a Supabase project's. To begin with"
                    f" new keys everywhere: alter database {name} reset {setting}"
                )
    except asyncpg.InsufficientPrivilegeError as error:
        logger.warning("keys_not_compared", reason=str(error))
    finally:
        await connection.close()
