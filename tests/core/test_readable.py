"""What Postgres keeps and Python can't is read all the same, and a row that can't be read fails no other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import text

from headwater.core.database import moments as db_moments
from headwater.core.database.database import Database, Identity
from headwater.core.database.readable import count_left_out, read_each, read_json, readable_list

SERVICE = Identity.service()
MOMENTS = st.datetimes(
    datetime(2, 1, 1),  # noqa: DTZ001  # zones are added
    datetime(9998, 12, 30),  # noqa: DTZ001
    timezones=st.timezones() | st.just(UTC),
)


class Thing(BaseModel):
    """A row of a list."""

    id: int
    name: str


@pytest.mark.parametrize(
    "poison",
    [
        "timestamptz 'infinity'",
        "timestamptz '-infinity'",
        "timestamptz '0044-03-15 00:00+00 BC'",
        "timestamptz '200000-01-01 00:00+00'",
        "timestamp 'infinity'",
        "timestamp '4000-01-01 BC'",
        "date 'infinity'",
        "date '-infinity'",
        "date '20000-01-01'",
        "time '24:00'",
    ],
)
async def test_moments_out_of_reach_are_clamped(database: Database, poison: str) -> None:
    async with database.raw(SERVICE) as connection:
        bare = await connection.fetchval(f"select {poison}")
        (in_a_list,) = await connection.fetchval(f"select array[{poison}]")
    async with database.transaction(SERVICE) as transaction:
        ordinary = (await transaction.execute(text(f"select {poison}"))).scalar_one()
    assert bare == ordinary == in_a_list
    if isinstance(bare, datetime):
        # Whatever is reckoned from it is a moment too.
        assert (bare + timedelta(days=300)) - timedelta(days=300) == bare
        assert poison.startswith("timestamptz") == (bare.tzinfo is not None)
    assert isinstance(bare, date | time)


@given(MOMENTS)
def test_moments_within_reach_stay_as_they_are(moment: datetime) -> None:
    # In UTC, since a local time that a zone skips or repeats equals no other (PEP 495).
    assert db_moments._read_moment(db_moments._write_moment(moment)) == moment.astimezone(UTC)
    naive = moment.replace(tzinfo=None)
    assert db_moments._read_naive(db_moments._write_naive(naive)) == naive
    assert db_moments._read_date(db_moments._write_date(naive.date())) == naive.date()
    assert db_moments._read_time(db_moments._write_time(naive.time())) == naive.time()


async def test_moments_come_back_from_postgres_as_they_went(database: Database) -> None:
    given_ones: list[Any] = [
        datetime(2026, 11, 30, 12, 30, 15, 123456, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        date(2026, 2, 28),
        time(23, 59, 59, 999999),
        datetime(2026, 1, 1, 5),  # noqa: DTZ001  # a column without a zone takes one without a zone
    ]
    kinds = ["timestamptz", "timestamptz", "date", "time", "timestamp"]
    async with database.raw(SERVICE) as connection:
        for kind, value in zip(kinds, given_ones, strict=True):
            assert await connection.fetchval(f"select $1::{kind}", value) == value
            assert await connection.fetchval(f"select $1::{kind}[]", [value, value]) == [value, value]


def test_a_row_that_is_not_readable_is_left_out_and_counted() -> None:
    before = count_left_out().get("Thing", 0)
    listed = TypeAdapter(readable_list(Thing)).validate_python(
        [{"id": 1, "name": "first"}, {"id": 2, "name": ["poison"]}, {"id": 3, "name": "third"}]
    )
    assert [one.id for one in listed] == [1, 3]
    assert count_left_out()["Thing"] == before + 1
    with pytest.raises(ValueError, match="list"):
        TypeAdapter(readable_list(Thing)).validate_python("no list")


def test_the_type_of_a_list_is_documented_as_a_list_of_its_rows() -> None:
    assert TypeAdapter(readable_list(Thing)).json_schema() == TypeAdapter(list[Thing]).json_schema()


def test_reading_each_goes_on_after_a_row_that_breaks() -> None:
    assert read_each(["1", "x", "3"], int, kind="number", key="id") == [1, 3]
    assert count_left_out()["number"] >= 1


def test_json_deeper_than_the_parser_goes_is_nothing() -> None:
    assert read_json("[" * 5_000 + "]" * 5_000) is None
    assert read_json('{"a": [1]}') == {"a": [1]}
