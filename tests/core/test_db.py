"""The closed set of errors, and what becomes of a driver's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from headwater.core.database.database import Database, Identity, driver
from headwater.core.database.dsn import normalise_dsn
from headwater.core.database.translating import translate_error
from headwater.core.errors import (
    CLOSED_SET,
    Conflict,
    Forbidden,
    HeadwaterError,
    InvalidInput,
    NotFound,
    RateLimited,
    Unavailable,
)

SERVICE = Identity.service()

REFUSALS: list[tuple[str, type[HeadwaterError], str]] = [
    ("insert into things (id, name) values (1, 'twice')", Conflict, "things_pkey"),
    ("insert into parts (thing_id) values (99)", NotFound, ""),
    ("insert into things (id, name) values (2, '')", InvalidInput, "things_name_check"),
    ("insert into things (id) values (3)", InvalidInput, ""),
    ("insert into things (id, name) values (4, repeat('x', 21))", InvalidInput, ""),
    ("insert into things (id, name) values (99999999999, 'x')", InvalidInput, ""),
    ("select 'no uuid'::uuid", InvalidInput, ""),
    ("select * from hidden", Forbidden, ""),
    ("set local statement_timeout = 1; select pg_sleep(5)", Unavailable, ""),
]


@pytest.fixture
async def tables(dsn: str) -> None:
    """Tables to be refused by."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "create table things (id integer primary key, name varchar(20) not null check (name <> ''));"
        "create table parts (thing_id integer references things (id));"
        "create table hidden (id integer);"
        "grant all on things, parts to service_role;"
        "insert into things values (1, 'first')"
    )
    await connection.close()


@pytest.mark.parametrize(("statement", "kind", "constraint"), REFUSALS)
@pytest.mark.usefixtures("tables")
async def test_refusal_of_postgres_becomes_an_error_of_the_closed_set(
    database: Database, statement: str, kind: type[HeadwaterError], constraint: str
) -> None:
    with pytest.raises(kind) as raw:
        await _run_raw(database, statement)
    assert type(raw.value) is kind
    assert raw.value.details == (constraint or None)
    # What Postgres said stays with us.
    assert "first" not in raw.value.message
    if ";" not in statement:
        with pytest.raises(kind) as composed:
            await _run_composed(database, statement)
        assert (composed.value.message, composed.value.details) == (raw.value.message, raw.value.details)


@pytest.mark.parametrize("statement", ["select * from nowhere", "selct 1", "select 1 / 0"])
async def test_fault_of_ours_is_not_dressed_up(database: Database, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await _run_raw(database, statement)
    with pytest.raises(Exception, match=r"nowhere|selct|division") as composed:
        await _run_composed(database, statement)
    assert not isinstance(composed.value, HeadwaterError)
    assert translate_error(composed.value) is None


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), IntegrityError("x", None, ValueError("x"))])
def test_other_errors_are_not_translated(error: Exception) -> None:
    assert translate_error(error) is None


async def test_unreachable_server_is_unavailable() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    try:
        with pytest.raises(Unavailable):
            await database.ping()
        with pytest.raises(Unavailable):
            await _run_composed(database, "select 1")
    finally:
        await database.close()


async def test_whoever_waits_too_long_for_a_connection_hears_that_all_are_busy(database: Database) -> None:
    single = Database(database.dsn, pool_size=1, pool_timeout_seconds=0.01)
    async with single.transaction(Identity.anonymous()):
        with pytest.raises(Unavailable) as refused:
            async with single.transaction(Identity.anonymous()):
                raise AssertionError("there is one connection alone")
    assert refused.value.code == "busy"
    await single.close()


async def test_connection_that_is_cut_is_unavailable_and_the_next_works(database: Database, dsn: str) -> None:
    owner = await asyncpg.connect(dsn)
    try:
        with pytest.raises(Unavailable):
            await _run_raw(database, "select pg_terminate_backend(pg_backend_pid())", dsn_role=True)
        assert await _run_raw(database, "select 1") == "SELECT 1"
        with pytest.raises(Unavailable):
            await _cut_and_go_on(database, owner)
        await _run_composed(database, "select 1")
    finally:
        await owner.close()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        TimeoutError("the bucket took too long"),
        ConnectionResetError(104, "cut"),
    ],
)
@pytest.mark.parametrize("way", ["composed", "raw"])
async def test_what_the_body_does_beside_the_database_fails_as_itself(
    database: Database, tables: None, way: str, error: OSError
) -> None:
    """A full disk or a slow bucket is not told as an outage of Postgres, and rolls back like any other error."""
    with pytest.raises(OSError) as found:
        await _insert_beside(database, error, way=way)
    assert found.value is error
    assert await _names(database) == ["first"]


async def test_source_of_a_copy_fails_as_itself(database: Database, tables: None) -> None:
    """asyncpg calls the source, so the error passes through its code."""
    full = OSError(28, "No space left on device")

    async def read() -> AsyncIterator[bytes]:
        yield b"2\tsecond\n"
        raise full

    with pytest.raises(OSError, match="No space") as found:
        await _copy(database, read())
    assert found.value is full
    assert await _names(database) == ["first"]


@pytest.mark.parametrize("way", ["composed", "raw"])
async def test_time_that_a_statement_was_given_is_over_as_the_databases_own(database: Database, way: str) -> None:
    with pytest.raises(Unavailable):
        await _wait_in_database(database, way=way)


async def test_error_rolls_back_and_success_commits(database: Database, tables: None) -> None:
    async with database.transaction(SERVICE) as connection:
        await connection.execute(text("insert into things values (2, 'kept')"))
    with pytest.raises(ValueError, match="mine"):
        await _insert_and_fail(database)
    assert await _names(database) == ["first", "kept"]


async def test_identity_ends_with_its_transaction(database: Database) -> None:
    """On a pool of one connection the next transaction begins as whoever it is for."""
    single = Database(database.dsn, pool_size=1)
    user, workspace = uuid4(), uuid4()
    ask = "select current_user, auth.uid(), headwater.tenant()"
    try:
        for _ in range(2):
            async with single.raw(Identity.user({"sub": str(user)})) as connection:
                assert tuple(await connection.fetchrow(ask)) == ("authenticated", user, None)
            async with single.raw(Identity.job(workspace)) as connection:
                assert tuple(await connection.fetchrow(ask)) == ("workspace_job", None, workspace)
            async with single.raw(Identity.anonymous()) as connection:
                assert await connection.fetchval("select current_user") == "anon"
        assert single._raw_pool is not None
        async with single._raw_pool.acquire() as bare:
            assert await bare.fetchval("select current_user") == "postgres"
            assert not await bare.fetchval("select current_setting('request.jwt.claims', true)")
    finally:
        await single.close()


async def test_driver_is_inside_the_same_transaction(database: Database, tables: None) -> None:
    async with database.transaction(SERVICE) as connection:
        await connection.execute(text("insert into things values (2, 'seen')"))
        assert await (await driver(connection)).fetchval("select count(*) from things") == 2


async def test_claims_of_any_shape_reach_the_policies(database: Database) -> None:
    claims: dict[str, Any] = {"sub": str(uuid4()), "user_metadata": {"name": 'O\'Hara \\ "x" 🌊', "n": [1, None, 2.5]}}
    async with database.raw(Identity.user(claims)) as connection:
        found = await connection.fetchval("select auth.jwt() -> 'user_metadata' ->> 'name'")
    assert found == claims["user_metadata"]["name"]


def test_user_identity_never_takes_another_role() -> None:
    identity = Identity.user({"role": "service_role", "sub": str(uuid4())})
    assert identity.role == "authenticated"
    assert identity.claims["role"] == "authenticated"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+asyncpg://u:p@h/d?ssl=require", "postgresql://u:p@h/d?ssl=require"),
        ("postgresql://h", "postgresql://h"),
    ],
)
def test_dsn_is_written_so_that_every_driver_takes_it(given: str, expected: str) -> None:
    assert normalise_dsn(given) == expected


def test_closed_set_has_one_status_and_code_each() -> None:
    assert (
        len({kind.status for kind in CLOSED_SET}) == len({kind.default_code for kind in CLOSED_SET}) == len(CLOSED_SET)
    )
    assert {kind.status for kind in CLOSED_SET} == {422, 401, 403, 404, 409, 413, 429, 502, 503}
    assert {kind.__bases__ for kind in CLOSED_SET} == {(HeadwaterError,)}


def test_error_says_what_it_is() -> None:
    error = Conflict("Taken.", code="name_taken", details={"name": "x"}, hint="Take another.")
    assert error.to_body() == {
        "code": "name_taken",
        "message": "Taken.",
        "details": {"name": "x"},
        "hint": "Take another.",
    }
    assert str(error) == "Taken."
    assert RateLimited("Later.", retry_after=2.5).retry_after == 2.5


async def _run_raw(database: Database, statement: str, *, dsn_role: bool = False) -> str:
    async with database.raw(SERVICE) as connection:
        if dsn_role:
            await connection.execute("reset role")
        done: str = await connection.execute(statement)
        return done


async def _run_composed(database: Database, statement: str) -> None:
    async with database.transaction(SERVICE) as connection:
        await connection.execute(text(statement))


async def _cut_and_go_on(database: Database, owner: asyncpg.Connection) -> None:
    async with database.transaction(SERVICE) as connection:
        backend = (await connection.execute(text("select pg_backend_pid()"))).scalar_one()
        await owner.execute("select pg_terminate_backend($1, 5000)", backend)
        await connection.execute(text("select 1"))


async def _insert_and_fail(database: Database) -> None:
    async with database.transaction(SERVICE) as connection:
        await connection.execute(text("insert into things values (3, 'lost')"))
        raise ValueError("mine")


async def _insert_beside(database: Database, error: OSError, *, way: str) -> None:
    """Insert, and then fail at something else."""
    if way == "raw":
        async with database.raw(SERVICE) as bare:
            await bare.execute("insert into things values (3, 'lost')")
            raise error
    async with database.transaction(SERVICE) as connection:
        await connection.execute(text("insert into things values (3, 'lost')"))
        raise error


async def _copy(database: Database, source: AsyncIterator[bytes]) -> None:
    async with database.raw(SERVICE) as bare:
        await bare.copy_to_table("things", source=source)


async def _wait_in_database(database: Database, *, way: str) -> None:
    if way == "raw":
        async with database.raw(SERVICE) as bare:
            await bare.execute("select pg_sleep(20)", timeout=0.05)
    async with database.transaction(SERVICE) as connection:
        await (await driver(connection)).fetchval("select pg_sleep(20)", timeout=0.05)


async def _names(database: Database) -> list[str]:
    async with database.transaction(SERVICE) as connection:
        return list((await connection.execute(text("select name from things order by id"))).scalars())
