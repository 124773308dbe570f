"""Trends of counts, downsampled by Postgres: a bin a point, never more points than were asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from headwater.kit.overview.model import TrendPoint
from headwater.kit.overview.window import Window


async def count_trend(
    connection: AsyncConnection, window: Window, *, at: ColumnElement[Any], where: ColumnElement[bool]
) -> list[TrendPoint]:
    """Count the rows that `where` names into the window's bins by the moment `at`. Bins without rows count 0."""
    counted = {row.bin: row.value for row in await connection.execute(_count(window, at=at, where=where))}
    return [TrendPoint(at=edge, value=counted.get(edge, 0)) for edge in window.edges]


def _count(window: Window, *, at: ColumnElement[Any], where: ColumnElement[bool]) -> Select[Any]:
    binned = func.date_bin(window.step, at, window.start).label("bin")
    return (
        select(binned, func.count().label("value"))
        .where(where, at >= window.start, at < window.end)
        .group_by(text("bin"))
    )
