"""Addresses of databases as hosters hand them out."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from headwater.core.database.database import Database, Identity


@pytest.mark.parametrize(
    "query", ["sslmode=disable", "sslmode=prefer&application_name=elsewhere", "options=-c%20jit%3Doff"]
)
async def test_parameters_of_an_address_are_taken_by_both_ways_to_the_database(dsn: str, query: str) -> None:
    database = Database(f"{dsn}?{query}")
    try:
        async with database.transaction(Identity.service()) as connection:
            assert (await connection.execute(text("select current_user"))).scalar() == "service_role"
        async with database.raw(Identity.service()) as raw:
            assert await raw.fetchval("select current_user") == "service_role"
    finally:
        await database.close()
