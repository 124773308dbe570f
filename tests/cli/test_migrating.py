"""`headwater migrate` on a Postgres of one's own: what Supabase would bring is laid first, and then the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import psycopg

from headwater.core.database.migrations import find_migrations_folder, read_migrations
from tests.cli.installation import Installation
from tests.conftest import cloned
from tests.fixtures.servers import Addresses, name_database


async def test_empty_database_is_made_ready_and_a_second_time_left_alone(
    addresses: Addresses, server_connection: psycopg.Connection[Any], worker_number: int, tmp_path: Path
) -> None:
    versions = [migration.version for migration in read_migrations(find_migrations_folder())]
    with cloned("template0", server_connection, worker_number) as name:
        dsn = name_database(addresses.postgres, name)
        apart = Installation(tmp_path / "headwater", {"DATABASE_URL": dsn})
        said = (await apart.run("migrate", "--dry-run", "--json")).json
        assert [one["version"] for one in said] == versions
        connection = await asyncpg.connect(dsn)
        asked = "select to_regclass('auth.users') is not null and to_regclass('public.workspaces') is not null"
        assert await connection.fetchval(asked) is False, "nothing is done by saying what would be done"
        done = (await apart.run("migrate", "--json")).json
        assert [one["version"] for one in done] == versions
        assert await connection.fetchval(asked) is True
        assert (await apart.run("migrate", "--json")).json == []
        await connection.close()
