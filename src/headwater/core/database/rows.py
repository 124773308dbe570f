"""Rows as frozen dataclasses: the columns that one is made of."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from sqlalchemy import ColumnElement, FromClause


def list_columns(row: type[Any], table: FromClause, **others: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return the columns that the dataclass `row` is made of: those of `table` by their names, and `others`.

    A field that has a default is filled by something else than a column.
    """
    names = [field.name for field in fields(row) if field.default is MISSING]
    return [others[name].label(name) if name in others else table.c[name] for name in names]
