"""What a process opens for itself is closed when it ends, however many hold on to it."""

from __future__ import annotations

import asyncpg
import redis

from headwater.core.database.database import Database, Identity
from headwater.core.settings import Settings
from headwater.kit.controls import SharedState
from headwater.services import open_resources
from tests.fixtures.waiting import wait_until

_OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


async def test_connections_to_postgres_and_valkey_end_with_the_resources(
    settings: Settings, dsn: str, valkey_url: str
) -> None:
    mine = int(valkey_url.rpartition("/")[2])
    owner = await asyncpg.connect(dsn)
    with redis.Redis.from_url(valkey_url) as client:

        def count_clients() -> int:
            return sum(int(one["db"]) == mine for one in client.client_list()) - 1

        async with open_resources(settings) as resources:
            async with resources.get(Database).transaction(Identity.service()) as connection:
                await connection.exec_driver_sql("select 1")
            async with resources.get(Database).raw(Identity.service()) as raw:
                await raw.execute("select 1")
            assert await resources.get(SharedState).ping()  # type: ignore[type-abstract]
            assert await owner.fetchval(_OTHERS) > 0
            assert count_clients() > 0

        async def all_gone() -> bool:
            return await owner.fetchval(_OTHERS) == 0 and count_clients() == 0

        await wait_until(all_gone, what="the connections to end")
        assert resources.has(Database), "they ended although somebody holds them"
    await owner.close()
