"""What the catalogue of a migrated database must say, whatever tables there are: nothing is left open by oversight."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from pglast import parse_sql
from pglast.ast import FuncCall, Node, SubLink

from headwater.core.database.migrations import apply_migrations

# The engine's own tables are in a schema that nobody but its owner may enter, so row security would guard nothing.
_CLOSED_SCHEMAS = {"procrastinate", "supabase_migrations"}
# Its tables force row security all the same.
_CLOSED_TO_ALL = {*_CLOSED_SCHEMAS, "controls"}
_OURS = ("public", "headwater", "controls", "procrastinate", "supabase_migrations")

# Security-definer functions that people without a token may run, and why that gives nothing away.
_OPEN_TO_ANON = {
    "headwater.read_invitation(text)": "shows an invitation to whoever holds its token, who may not have signed up yet",
    "headwater.workspaces_with_role(text)": "gives only what the caller's own claims lead to: nothing without a user",
}

_HOSTED_DEFAULTS = """
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
"""

_GRANTS = """
select grantee, table_name as on_object, privilege_type, '' as columns
from information_schema.role_table_grants
where table_schema in ('public', 'headwater', 'controls', 'procrastinate')
    and grantee in ('anon', 'authenticated', 'workspace_job', 'PUBLIC')
union all
select grantee, table_name, privilege_type, column_name
from information_schema.column_privileges
where table_schema in ('public', 'headwater', 'controls', 'procrastinate')
    and grantee in ('anon', 'authenticated', 'workspace_job', 'PUBLIC')
union all
select role.name, proc.oid::regprocedure::text, 'EXECUTE', ''
from pg_proc as proc
cross join unnest(array['anon', 'authenticated', 'workspace_job']) as role (name)
where proc.pronamespace in ('public'::regnamespace, 'headwater'::regnamespace, 'controls'::regnamespace)
    and has_function_privilege(role.name, proc.oid, 'execute')
order by 1, 2, 3, 4
"""


async def test_every_table_forces_row_security(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        "select relnamespace::regnamespace::text as schema, relname, relrowsecurity, relforcerowsecurity from pg_class"
        " where relkind in ('r', 'p') and relnamespace::regnamespace::text = any ($1)",
        list(_OURS),
    )
    assert found
    open_tables = [
        f"{row['schema']}.{row['relname']}"
        for row in found
        if not (row["relrowsecurity"] and row["relforcerowsecurity"]) and row["schema"] not in _CLOSED_SCHEMAS
    ]
    assert open_tables == []


@pytest.mark.parametrize("schema", sorted(_CLOSED_TO_ALL))
async def test_nobody_enters_a_closed_schema(owner: asyncpg.Connection, schema: str) -> None:
    for role in ("anon", "authenticated", "authenticator", "workspace_job"):
        assert not await owner.fetchval("select has_schema_privilege($1, $2, 'usage')", role, schema)
        reachable = await owner.fetch(
            "select relname from pg_class where relnamespace = $2::regnamespace and relkind in ('r', 'p', 'v', 'm')"
            " and has_table_privilege($1, oid, 'select, insert, update, delete, truncate')",
            role,
            schema,
        )
        assert reachable == []


async def test_controls_are_closed_to_the_service_role_too(owner: asyncpg.Connection) -> None:
    """PostgREST becomes it for whoever has the secret key, and a limit that can be deleted is none."""
    assert not await owner.fetchval("select has_schema_privilege('service_role', 'controls', 'usage')")
    reachable = await owner.fetch(
        "select relname::text as name from pg_class where relnamespace = 'controls'::regnamespace"
        " and relkind in ('r', 'p') and has_table_privilege('service_role', oid, 'select, insert, update, delete')"
        " union all select oid::regprocedure::text from pg_proc where pronamespace = 'controls'::regnamespace"
        " and (has_function_privilege('service_role', oid, 'execute')"
        " or has_function_privilege('anon', oid, 'execute'))"
    )
    assert reachable == []


async def test_controls_are_written_to_no_log(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        "select relname::text, relpersistence from pg_class"
        " where relnamespace = 'controls'::regnamespace and relkind = 'r' order by 1"
    )
    assert [row["relname"] for row in found] == ["buckets", "circuits", "entries", "leases", "turns"]
    assert {row["relpersistence"] for row in found} == {b"u"}


async def test_nobody_may_truncate_or_attach_triggers(owner: asyncpg.Connection) -> None:
    """Neither is held by row security."""
    found = await owner.fetch(
        "select role.name, class.oid::regclass from pg_class as class"
        " cross join unnest(array['anon', 'authenticated', 'workspace_job']) as role (name)"
        " where class.relkind in ('r', 'p') and class.relnamespace::regnamespace::text = any ($1)"
        " and has_table_privilege(role.name, class.oid, 'truncate, trigger, references')",
        list(_OURS),
    )
    assert found == []


async def test_anon_reaches_no_table(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        "select oid::regclass from pg_class where relkind in ('r', 'p', 'v', 'm')"
        " and relnamespace::regnamespace::text = any ($1)"
        " and (has_table_privilege('anon', oid, 'select, insert, update, delete')"
        " or has_any_column_privilege('anon', oid, 'select, insert, update'))",
        list(_OURS),
    )
    assert found == []


async def test_every_table_policy_function_and_schema_has_a_comment(owner: asyncpg.Connection) -> None:
    tables = await owner.fetch(
        "select oid::regclass::text as name from pg_class where relkind in ('r', 'p')"
        " and relnamespace::regnamespace::text in ('public', 'headwater', 'controls')"
        " and obj_description(oid, 'pg_class') is null"
    )
    policies = await owner.fetch(
        "select polname || ' on ' || polrelid::regclass as name from pg_policy"
        " where obj_description(oid, 'pg_policy') is null"
        " and polrelid in (select oid from pg_class"
        " where relnamespace::regnamespace::text in ('public', 'headwater', 'controls'))"
    )
    functions = await owner.fetch(
        "select oid::regprocedure::text as name from pg_proc"
        " where pronamespace::regnamespace::text in ('public', 'headwater', 'controls')"
        " and obj_description(oid, 'pg_proc') is null"
    )
    assert [row["name"] for row in (*tables, *policies, *functions)] == []


async def test_security_definer_functions_are_closed_and_fixed(owner: asyncpg.Connection) -> None:
    functions = await owner.fetch(
        "select oid::regprocedure::text as name, proconfig, prosecdef,"
        " has_function_privilege('anon', oid, 'execute') as open_to_anon from pg_proc"
        " where pronamespace::regnamespace::text in ('public', 'headwater', 'controls', 'procrastinate')"
    )
    definers = [row for row in functions if row["prosecdef"]]
    loose = [row["name"] for row in definers if 'search_path=""' not in (row["proconfig"] or [])]
    assert loose == []
    assert {row["name"] for row in definers if row["open_to_anon"]} == set(_OPEN_TO_ANON)


async def test_every_function_of_ours_fixes_its_search_path(owner: asyncpg.Connection) -> None:
    functions = await owner.fetch(
        "select oid::regprocedure::text as name, proconfig from pg_proc"
        " where pronamespace::regnamespace::text in ('public', 'headwater', 'controls')"
    )
    assert [row["name"] for row in functions if 'search_path=""' not in (row["proconfig"] or [])] == []


async def test_policies_ask_once_a_statement(owner: asyncpg.Connection) -> None:
    """A function outside a `(select …)` would be called once a row."""
    policies = await owner.fetch(
        "select tablename, policyname, concat_ws(', ', qual, with_check) as text from pg_policies"
        " where schemaname in ('public', 'headwater', 'controls')"
    )
    assert policies
    assert [f"{row['policyname']} on {row['tablename']}" for row in policies if _calls_bare(row["text"])] == []


def test_the_check_on_policies_knows_a_bare_call() -> None:
    assert _calls_bare("(workspace_id = headwater.tenant())")
    assert _calls_bare("((user_id = auth.uid()) AND true)")
    assert not _calls_bare("(user_id = ( SELECT auth.uid() AS uid))")
    assert not _calls_bare("(id IN ( SELECT headwater.workspaces_with_role('viewer'::text) AS workspaces_with_role))")


async def test_policies_name_their_roles(owner: asyncpg.Connection) -> None:
    """A policy for `public` would hold for whoever comes later."""
    policies = await owner.fetch(
        "select policyname, tablename from pg_policies"
        " where schemaname in ('public', 'headwater', 'controls') and roles && array['public', 'anon']::name[]"
    )
    assert policies == []


async def test_every_foreign_key_has_an_index(owner: asyncpg.Connection) -> None:
    """Without one, deleting what it points to reads the whole table."""
    missing = await owner.fetch(
        """
        select conrelid::regclass::text || ' ' || conname as name
        from pg_constraint as key
        where contype = 'f'
            and connamespace::regnamespace::text in ('public', 'headwater', 'controls')
            and not exists (
                select
                from pg_index as index
                where index.indrelid = key.conrelid
                    and index.indisvalid
                    and (
                        index.indpred is null
                        or pg_get_expr(index.indpred, index.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$'
                    )
                    and (index.indkey::int2[])[0:cardinality(key.conkey) - 1] @> key.conkey
            )
        """
    )
    assert [row["name"] for row in missing] == []


async def test_no_foreign_key_crosses_products(owner: asyncpg.Connection) -> None:
    """Between rooms only workspaces, their members and users are pointed at."""
    found = await owner.fetch(
        "select distinct conrelid::regclass::text as source, confrelid::regclass::text as target from pg_constraint"
        " where contype = 'f' and connamespace = 'public'::regnamespace"
    )
    shared = {"workspaces", "workspace_members", "auth.users"}
    rooms = [
        {
            "notification_events",
            "notifications",
            "notification_deliveries",
            "notification_attempts",
            "webhook_endpoints",
        },
        {"user_queries", "monitored_sources", "source_checks", "scraped_contents", "change_alerts"},
    ]
    crossing = [
        (row["source"], row["target"])
        for row in found
        if row["target"] not in shared and not any({row["source"], row["target"]} <= room for room in rooms)
    ]
    assert crossing == []


async def test_realtime_sends_only_tables_under_row_security(owner: asyncpg.Connection) -> None:
    sent = {
        row["tablename"]
        for row in await owner.fetch("select tablename from pg_publication_tables where pubname = 'supabase_realtime'")
    }
    assert {"jobs", "monitored_sources", "change_alerts", "notifications"} <= sent
    assert not sent & {"api_keys", "workspace_invitations", "webhook_endpoints", "alert_feeds"}


async def test_rights_are_the_same_where_everything_is_granted_by_default(
    dsn: str, unmigrated_dsn: str, owner: asyncpg.Connection
) -> None:
    """Hosted Supabase grants every new table and function to everybody; the migrations take that back."""
    hosted = await asyncpg.connect(unmigrated_dsn)
    try:
        await hosted.execute(_HOSTED_DEFAULTS)
        await apply_migrations(unmigrated_dsn)
        on_hosted = [tuple(row) for row in await hosted.fetch(_GRANTS)]
    finally:
        await hosted.close()
    assert on_hosted == [tuple(row) for row in await owner.fetch(_GRANTS)]


def _calls_bare(text: str) -> bool:
    """Say whether a policy's condition calls a function of auth or headwater outside every `select`."""
    statement: Any = parse_sql(f"select {text}")[0].stmt
    return _finds_call(statement.targetList)


def _finds_call(node: Any) -> bool:
    if isinstance(node, SubLink):
        return False
    if isinstance(node, tuple):
        return any(_finds_call(part) for part in node)
    called: Any = node
    if isinstance(node, FuncCall) and called.funcname[0].sval in {"auth", "headwater"}:
        return True
    return isinstance(node, Node) and any(_finds_call(getattr(called, name)) for name in called.__slots__)
