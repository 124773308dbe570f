"""Exactly the tables that the dashboard follows live are sent out, and each of them is under row-level security."""

from __future__ import annotations

import asyncpg

LIVE = {
    "change_alerts",
    "jobs",
    "monitored_sources",
    "notification_deliveries",
    "notifications",
    "user_queries",
}


async def test_publication_holds_exactly_these_tables(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select schemaname, tablename, relforcerowsecurity from pg_publication_tables"
        " join pg_class on oid = format('%I.%I', schemaname, tablename)::regclass"
        " where pubname = 'supabase_realtime'"
    )
    assert {(row["schemaname"], row["tablename"]) for row in rows} == {("public", name) for name in LIVE}
    assert all(row["relforcerowsecurity"] for row in rows)
