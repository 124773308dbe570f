"""The table of cases, and that nothing is missing from it."""

from __future__ import annotations

import asyncpg
import pytest

from headwater.core.database.database import Database
from tests.database.cases import CASES, NOBODY
from tests.database.rows import Stage, open_stage
from tests.fixtures.workspaces import Cast


@pytest.fixture
async def stage(owner: asyncpg.Connection, cast: Cast, database: Database) -> Stage:
    """Everybody, and a row of everything."""
    return await open_stage(owner, cast, database)


@pytest.mark.parametrize("table", CASES)
async def test_each_caller_reaches_what_the_table_of_cases_says(stage: Stage, table: str) -> None:
    case, name = CASES[table], f"public.{table}"
    found = {
        "select": await stage.list_allowed(f"select {case.column} from {name} where {case.seeded}"),
        "insert": await stage.list_allowed(
            f"insert into {name} {case.insert}",
            # What one has one row of must be gone before another can be added.
            before=f"delete from {name} where {case.seeded}" if "'{user}'" in case.insert and case.is_personal else "",
        ),
        "update": await stage.list_allowed(f"update {name} set {case.update} where {case.seeded}"),
        "delete": await stage.list_allowed(f"delete from {name} where {case.seeded}"),
    }
    expected = {
        "select": case.select,
        "insert": case.insert_by,
        "update": case.update_by,
        "delete": case.delete_by,
    }
    assert {deed: sorted(callers) for deed, callers in found.items()} == {
        deed: sorted(callers) for deed, callers in expected.items()
    }


async def test_statements_without_a_condition_reach_no_further(stage: Stage) -> None:
    """A policy for reading guards statements that read; one without a condition is held by its own policy alone."""
    reached = []
    for table, case in CASES.items():
        for statement, allowed in (
            (f"update public.{table} set {case.update}", case.update_by),
            (f"delete from public.{table}", case.delete_by),
        ):
            for caller in {"anonymous", "stranger", "other_job", "key_read"} - allowed:
                if not await _leaves_alone(stage, caller, statement, row=f"public.{table} where {case.seeded}"):
                    reached.append(f"{caller}: {statement}")
    assert reached == []


async def test_nobody_moves_a_row_to_another_workspace(stage: Stage, owner: asyncpg.Connection) -> None:
    tables = await owner.fetch(
        "select table_name from information_schema.columns"
        " where table_schema = 'public' and column_name = 'workspace_id'"
    )
    assert {row["table_name"] for row in tables} == CASES.keys() - {"profiles", "workspaces"}
    # What refers to the membership, or to the row, must not be what stops the move.
    joined = (
        "insert into public.workspace_members (workspace_id, user_id, role) values ('{other}', '{admin}', 'editor');"
        "set local session_replication_role = replica"
    )
    for row in tables:
        table = row["table_name"]
        statement = f"update public.{table} set workspace_id = '{{other}}' where {CASES[table].seeded}"
        assert await stage.list_allowed(statement, before=joined) <= NOBODY, table


async def test_every_table_is_in_the_table_of_cases(owner: asyncpg.Connection) -> None:
    tables = await owner.fetch(
        "select relname from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')"
    )
    assert sorted(row["relname"] for row in tables) == sorted(CASES)


async def test_every_case_lets_somebody_and_refuses_somebody() -> None:
    for table, case in CASES.items():
        for callers in (case.select, case.insert_by, case.update_by, case.delete_by):
            assert "service" in callers, table
            assert not callers & {"anonymous", "stranger", "other_job"}, table


async def _leaves_alone(stage: Stage, caller: str, statement: str, *, row: str) -> bool:
    look = stage.fill(f"select row::text from (select * from {row}) as row", caller=caller)
    transaction = stage.owner.transaction()
    await transaction.start()
    before = await stage.owner.fetchval(look)
    try:
        await stage.assume(caller)
        await stage.owner.execute(stage.fill(statement, caller=caller))
        await stage.owner.execute("reset role")
        return bool(before) and await stage.owner.fetchval(look) == before
    except (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError):
        return True
    finally:
        await transaction.rollback()
