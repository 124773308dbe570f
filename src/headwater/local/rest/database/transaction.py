"""One request, one transaction, as a rule in one round trip: start, settings, pre-request, statement, end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

from headwater.local.rest import errors
from headwater.local.rest.catalog.model import SchemaCache
from headwater.local.rest.config import RestConfig
from headwater.local.rest.database.connection import ConnectionLost, DatabaseFailure, PipelineConnection, Statement
from headwater.local.rest.database.errors import translate
from headwater.local.rest.identifiers import quote_identifier, quote_name
from headwater.local.rest.plan.model import Recipe
from headwater.local.rest.plan.planner import Compiled
from headwater.local.rest.requests.request import RestRequest
from headwater.local.rest.tokens import Caller

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

LEVELS = {"repeatable read": b" isolation level repeatable read", "serializable": b" isolation level serializable"}
COMMIT = Statement(b"commit")
ROLLBACK = Statement(b"rollback")
CHECK_CONSTRAINTS = Statement(b"set constraints all immediate")
FIXED = (
    "search_path", "role", "request.jwt.claims", "request.method", "request.path", "request.headers",
    "request.cookies",
)  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """What the statement gave."""

    total: int | None = None
    rows: int = 0
    location: list[tuple[str, str]] | None = None
    body: bytes = b""
    headers: bytes | None = None
    status: str | None = None
    inserted: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the database is told about a request beside the statement."""

    caller: Caller
    path: bytes
    headers: bytes
    cookies: bytes


@lru_cache(maxsize=256)
def write_settings(before: int, after: int) -> bytes:
    """Write the statement that sets everything: some settings of the role first, some others last."""
    parts = ["set_config('search_path', $1, true)"]
    number = 2
    for _ in range(before):
        parts.append(f"set_config(${number}, ${number + 1}, true)")
        number += 2
    for name in FIXED[1:]:
        parts.append(f"set_config('{name}', ${number}, true)")
        number += 1
    for _ in range(after):
        parts.append(f"set_config(${number}, ${number + 1}, true)")
        number += 2
    return ("select " + ", ".join(parts)).encode()


@lru_cache(maxsize=64)
def write_search_path(schema: str, extra: tuple[str, ...]) -> bytes:
    """Write the search path of a schema."""
    return ", ".join(quote_identifier(name) for name in (schema, *extra)).encode()


def make_settings(
    config: RestConfig,
    cache: SchemaCache,
    request: RestRequest,
    surroundings: Surroundings,
    routine_settings: Sequence[tuple[str, str]],
) -> Statement:
    """Make the statement that sets role, claims and the rest for this transaction alone.

    The role's own settings go before the role, so that the connecting role's rights decide who may set them.
    """
    caller = surroundings.caller
    values: list[bytes | None] = [write_search_path(request.schema, config.extra_search_path)]
    before = cache.role_settings.get(caller.role)
    count = 0
    if before:
        for key, value in before.items():
            if key != "default_transaction_isolation":
                values += (key.encode(), value.encode())
                count += 1
    values += (
        caller.role.encode(),
        caller.claims,
        request.method.encode(),
        surroundings.path,
        surroundings.headers,
        surroundings.cookies,
    )
    after = list(routine_settings)
    if request.preferences.timezone:
        after.insert(0, ("timezone", request.preferences.timezone))
    after += config.app_settings
    for key, value in after:
        values += (key.encode(), value.encode())
    return Statement(write_settings(count, len(after)), values)


def fill(recipes: Sequence[Recipe], values: Sequence[bytes | None]) -> list[bytes | None]:
    """Return the values of a statement's parameters."""
    return [values[recipe] if recipe.__class__ is int else recipe for recipe in recipes]  # type: ignore[misc]


def begin(config: RestConfig, cache: SchemaCache, role: str, compiled: Compiled | None, *, writes: bool) -> Statement:
    """Return the statement that starts the transaction, at the level that the function or the role asks for."""
    call = compiled.plan.call if compiled else None
    level = call.routine.isolation if call else None
    if level is None and role in cache.role_settings:
        level = cache.role_settings[role].get("default_transaction_isolation")
    text = b"begin" + LEVELS.get((level or "").lower(), b"")
    return Statement(text if writes else text + b" read only")


def is_write(request: RestRequest, compiled: Compiled) -> bool:
    """Say whether the transaction may write: changes, and calls by POST of volatile functions."""
    if compiled.plan.kind == "mutate":
        return True
    call = compiled.plan.call
    return call is not None and request.action == "post" and call.routine.volatility == "v"


def check_outcome(request: RestRequest, compiled: Compiled, outcome: Outcome) -> None:
    """Raise where the rows are not as many as the caller insists on."""
    plan = compiled.plan
    preferences = request.preferences
    if request.action == "put":
        if outcome.rows != 1:
            raise errors.put_key_mismatch()
        return
    if plan.media.kind == "object" and outcome.rows != 1:
        raise errors.not_singular(outcome.rows)
    limit = preferences.max_affected
    bounded = plan.kind == "call" or request.action in ("update", "delete")
    if bounded and limit is not None and preferences.is_strict and outcome.rows > limit:
        raise errors.too_many_affected(outcome.rows)


def needs_check(request: RestRequest, compiled: Compiled) -> bool:
    """Say whether the number of rows decides between commit and rollback."""
    if request.action == "put" or compiled.plan.media.kind == "object":
        return True
    return request.preferences.max_affected is not None and request.preferences.is_strict


async def run_request(
    connection: PipelineConnection,
    config: RestConfig,
    cache: SchemaCache,
    request: RestRequest,
    compiled: Compiled,
    surroundings: Surroundings,
) -> Outcome:
    """Run a request's transaction; raises `RestError` for whatever Postgres or the checks refuse."""
    call = compiled.plan.call
    writes = is_write(request, compiled)
    rolls_back = request.preferences.transaction == "rollback" or (
        config.rollback_all and request.preferences.transaction != "commit"
    )
    values = request.query.values
    statements = [
        begin(config, cache, surroundings.caller.role, compiled, writes=writes),
        make_settings(config, cache, request, surroundings, call.routine.settings if call else ()),
    ]
    if config.pre_request:
        statements.append(Statement(b"select " + quote_name(config.pre_request).encode() + b"()"))
    main = len(statements)
    statements.append(
        Statement(
            compiled.text,
            fill(compiled.recipes, values),
            compiled.reusable and not compiled.octets,
            compiled.plan.handler.kind == "custom",
            compiled.octets,
        )
    )
    if compiled.explain_text:
        statements.append(Statement(compiled.explain_text, fill(compiled.explain_recipes, values), compiled.reusable))
    checked = writes and not rolls_back and needs_check(request, compiled)
    if rolls_back:
        statements += (CHECK_CONSTRAINTS, ROLLBACK) if writes else (ROLLBACK,)
    elif not checked:
        statements.append(COMMIT)
    results = await run_statements(connection, statements, anonymous=surroundings.caller.is_anonymous)
    outcome = read_outcome(results[main], compiled)
    if compiled.explain_text:
        add_plan_count(request, config, outcome, results[main + 1])
    if not checked:
        check_outcome(request, compiled, outcome)
        return outcome
    try:
        check_outcome(request, compiled, outcome)
    except errors.RestError:
        await connection.run([ROLLBACK])
        raise
    await run_statements(connection, [COMMIT], anonymous=surroundings.caller.is_anonymous)
    return outcome


async def run_statements(
    connection: PipelineConnection, statements: Sequence[Statement], *, anonymous: bool
) -> list[PGresult]:
    """Run statements; a failure ends the transaction and is raised as the answer that it means."""
    try:
        return await connection.run(statements)
    except DatabaseFailure as failure:
        if not connection.is_closed and not connection.is_idle:
            await connection.run([ROLLBACK])
        raise translate(failure, anonymous=anonymous) from failure
    except ConnectionLost as lost:
        raise errors.connection_lost(str(lost)) from lost


def read_outcome(result: PGresult, compiled: Compiled) -> Outcome:
    """Read the one row of a statement."""
    if compiled.plan.media.kind == "plan":
        lines = [result.get_value(row, 0) or b"" for row in range(result.ntuples)]
        return Outcome(rows=1, body=b"".join(line + b"\n" for line in lines))
    if result.ntuples == 0:
        return Outcome(total=0 if compiled.plan.kind == "call" else None)
    read = result.get_value
    total, rows, inserted = read(0, 0), read(0, 1), read(0, 6)
    location = read(0, 2)
    status = read(0, 5)
    binary = compiled.plan.handler.kind == "custom"
    return Outcome(
        read_int(total, binary=binary),
        read_int(rows, binary=binary) or 0,
        orjson.loads(location) if location else None,
        bytes(read(0, 3) or b""),
        read(0, 4),
        status.decode() if status is not None else None,
        read_int(inserted, binary=binary),
    )


def read_int(value: bytes | None, *, binary: bool) -> int | None:
    """Read a number from text, or from the big-endian bytes of a binary result."""
    if value is None:
        return None
    return int.from_bytes(value, "big", signed=True) if binary else int(value)


def add_plan_count(request: RestRequest, config: RestConfig, outcome: Outcome, result: PGresult) -> None:
    """Take the planner's guess as the count, where it was asked for or where an exact one would cost too much."""
    plan = orjson.loads(result.get_value(0, 0) or b"null")
    guess = int(plan[0]["Plan"]["Plan Rows"]) if plan else None
    if request.preferences.count == "planned":
        outcome.total = guess
        return
    if outcome.total is None or guess is None:
        return
    # Without a bound of rows PostgREST takes whichever is larger.
    if config.max_rows is None or outcome.total > config.max_rows:
        outcome.total = max(outcome.total, guess)


def dump_pairs(pairs: Mapping[str, str]) -> bytes:
    """Return headers or cookies as the JSON object that SQL reads them from."""
    return orjson.dumps(pairs)
