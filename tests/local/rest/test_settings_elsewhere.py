"""Settings of the role count where they were made: in this database or in all, and not in another one."""

from __future__ import annotations

import asyncpg

from tests.fixtures.waiting import wait_until
from tests.local.rest.clients import RestClient
from tests.local.rest.test_reloading import answers, listening

__all__ = ["listening"]

_AGGREGATES = "alter role authenticator in database {} {} pgrst.db_aggregates_enabled{}"


async def test_setting_for_another_database_is_not_obeyed(listening: RestClient, owner: asyncpg.Connection) -> None:
    name = await owner.fetchval("select quote_ident(current_database())")
    # Of another database of the same server: the one that nobody's tables are in.
    await owner.execute(_AGGREGATES.format("postgres", "set", " = 'true'"))
    try:
        # That the settings were read anew is seen by one that is made here.
        await owner.execute(f"alter role authenticator in database {name} set pgrst.db_max_rows = '1'")
        await owner.execute("notify pgrst, 'reload config'")

        async def is_read() -> bool:
            return len((await listening.get("/books?select=id")).json) == 1

        await wait_until(is_read, what="the setting of this database")
        assert await answers(listening, "/books?select=pages.sum()", 400)
    finally:
        await owner.execute(_AGGREGATES.format("postgres", "reset", ""))
