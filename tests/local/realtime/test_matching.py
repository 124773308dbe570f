"""Conditions that Python tries give the answers that Postgres gives."""

from __future__ import annotations

from itertools import product

import asyncpg
import pytest

from headwater.local.realtime.changes.filters import OPERATORS, Condition, InvalidFilter, parse_filter
from headwater.local.realtime.changes.matching import InvalidSubscription, make_test
from headwater.local.realtime.changes.tables import read_table

VALUES: dict[str, list[str]] = {
    "bool": ["t", "false", "yes"],
    "int2": ["-5", "05", "0"],
    "int8": ["9007199254740993", "9007199254740992", "-1"],
    "text": ["", "a", "A", "b%", "ä", "10", "9", "null"],
    "varchar(3)": ["abc", "ab"],
    "char(4)": ["ab", "ab  "],
    "bit(3)": ["101", "111"],
    "numeric": ["1.0", "1.00", "NaN", "2"],
    "float8": ["0", "-0", "1e3", "1000"],
    "uuid": ["00000000-0000-0000-0000-00000000000a", "{00000000-0000-0000-0000-00000000000A}"],
    "date": ["2024-02-29", "29 feb 2024", "infinity"],
    "timestamptz": ["2024-02-29 12:00+00", "2024-02-29 14:00+02", "2024-02-29 12:00:00.5+00"],
    "jsonb": ['{"a": 1}', '{"a":1.0}'],
    "inet": ["10.0.0.1", "10.0.0.1/32"],
}
COMPARISONS = sorted(set(OPERATORS) - {"in", "is"})


@pytest.mark.parametrize("type_name", VALUES)
async def test_against_postgres(unmigrated_dsn: str, type_name: str) -> None:
    connection = await asyncpg.connect(unmigrated_dsn, server_settings={"timezone": "UTC"})
    try:
        await connection.execute(f"create table public.tried (id int primary key, value {type_name})")
        table = await read_table(await connection.fetchval("select 'public.tried'::regclass::oid"), connection)
        assert table is not None
        values = VALUES[type_name]
        written = f"select format('%s', ($1::text)::{type_name})"
        rows = [None] + [await connection.fetchval(written, value) for value in values]
        tried = 0
        for operator, operand, negated in product([*COMPARISONS, "in"], values, (False, True)):
            listed = "{" + ",".join('"' + value.replace('"', '\\"') + '"' for value in (operand, values[0])) + "}"
            condition = Condition("value", operator, listed if operator == "in" else operand, negated)
            try:
                test = await make_test(condition, table, connection)
            except InvalidSubscription:
                continue
            right = f"($2::text)::{type_name}{'[]' if operator == 'in' else ''}"
            if operator in {"like", "ilike", "match", "imatch"}:
                right = "$2::text"
            sign = "= any" if operator == "in" else OPERATORS[operator]
            oracle = f"select ($1::text)::{type_name} {sign} ({right})"
            for row in rows:
                wanted = await connection.fetchval(oracle, row, condition.value)
                expected = wanted is not None and wanted is not negated
                if test.check is not None:
                    answer = test.check(row)
                else:
                    answer = bool(await connection.fetchval(test.sql, row, test.operand))
                assert answer is expected, (condition, row)
                tried += 1
        assert tried > 50
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=eq.1", [("a", "eq", "1", False)]),
        ("a=not.in.(1,2),b=like.x", [("a", "in", "{1,2}", True), ("b", "like", "x", False)]),
        ('a=eq."x,y=eq.z"', [("a", "eq", "x,y=eq.z", False)]),
        ('a=eq."say \\"hi\\""', [("a", "eq", 'say "hi"', False)]),
        ('a=eq.5" wide,b=eq.1', [("a", "eq", '5" wide', False), ("b", "eq", "1", False)]),
        ('a=in.("x,y",z)', [("a", "in", '{"x,y",z}', False)]),
        ("a=eq.x=y.z", [("a", "eq", "x=y.z", False)]),
        ("a=eq.", [("a", "eq", "", False)]),
        ("", []),
    ],
)
def test_grammar(text: str, expected: list[tuple[str, str, str, bool]]) -> None:
    assert [(c.column, c.operator, c.value, c.negated) for c in parse_filter(text)] == expected


@pytest.mark.parametrize("text", ["a", "a=eq", "a=or.(b)", "a=eq.1,", ",", "a=in.1", "a=in.(1"])
def test_no_filters(text: str) -> None:
    with pytest.raises(InvalidFilter):
        parse_filter(text)
