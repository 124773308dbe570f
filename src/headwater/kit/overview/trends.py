"""Trends of counts, downsampled by Postgres: a bin a point, never more points than were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import asyncpg
import orjson
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.database import driver
from headwater.kit.overview.model import Asked, TrendPoint
from headwater.kit.overview.window import Window

Row = TypeVar("Row")


async def ask_once(connection: AsyncConnection, statement: str, asked: Asked, *more: object) -> asyncpg.Record:
    """Ask everything that a section tells in one statement, which gives one row.

    It takes the workspace ($1), since when (`$2::timestamptz`), and the window of the trends: `$3::timestamptz` to
    `$4::timestamptz` in steps of `$5::interval`. A trend is `jsonb_object_agg(extract(epoch from bin)::bigint, count)`
    over `date_bin($5, …, $3)`. `more` are $6 and on.
    """
    window = asked.window
    return await (await driver(connection)).fetchrow(
        statement, asked.workspace_id, asked.since, window.start, window.end, window.step, *more
    )


def read_counts(value: object) -> dict[str, int]:
    """Read counts by name from a column of `ask_once`; a null is none."""
    found = orjson.loads(value) if isinstance(value, str) else value
    return dict(found) if isinstance(found, Mapping) else {}


def read_rows(value: object, row: type[Row]) -> list[Row]:
    """Read rows, each a dataclass, from a column of `ask_once` that was aggregated to JSON; a null is none."""
    found = orjson.loads(value) if isinstance(value, str) else value
    read = TypeAdapter(row).validate_python
    return [read(one) for one in found] if isinstance(found, list) else []


def read_trend(value: object, window: Window) -> list[TrendPoint]:
    """Read a trend from a column of `ask_once`. Bins without rows count 0."""
    counted = read_counts(value)
    return [TrendPoint(at=edge, value=counted.get(str(int(edge.timestamp())), 0)) for edge in window.edges]
