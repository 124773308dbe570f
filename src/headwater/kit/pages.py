"""Pages of lists: newest first, walked by the id of the last entry, so that a page stays while new ones arrive above.

Ids are uuidv7, which rise with time. The web framework is left out, because workers list things too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncConnection

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: at most `limit` entries, those older than the entry `before` (None = the newest)."""

    before: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some entries of a list. `next_before` asks for those that follow; None says that none do."""

    items: list[Row]
    next_before: UUID | None


async def read_page(
    connection: AsyncConnection,
    statement: Select[Any],
    *,
    by: ColumnElement[UUID],
    page: PageRequest,
    row: Callable[..., Row],
) -> Page[Row]:
    """Read a page of what `statement` selects, by the column `by`, which is selected; `row` is made of the columns."""
    if page.before is not None:
        statement = statement.where(by < page.before)
    # One more than is asked for says whether others follow.
    statement = statement.order_by(by.desc()).limit(page.limit + 1)
    found = (await connection.execute(statement)).mappings().all()
    shown = found[: page.limit]
    return Page([row(**one) for one in shown], shown[-1][by] if len(found) > page.limit else None)
