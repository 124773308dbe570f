"""A change on its way to its subscribers, and the questions that it raises to row-level security."""

from __future__ import annotations

from headwater.local.realtime.changes.payloads import Rows
from headwater.local.realtime.changes.subscriptions import Audience, Viewer
from headwater.local.realtime.changes.tables import Table
from headwater.local.realtime.changes.visibility import Question


class Delivery:
    """A change on its way."""

    __slots__ = ("audience", "checked", "rows", "selectable", "table")

    def __init__(self, rows: Rows, table: Table, audience: Audience) -> None:
        self.rows = rows
        self.table = table
        self.audience = audience
        self.selectable: dict[str, frozenset[str]] = {}
        self.checked: set[Viewer] | None = None
        """Who may see the row; None where nobody needs to be asked."""


def find_excused(item: Delivery) -> set[Viewer]:
    """Return those who are told that they may not see the row, without being asked for."""
    key = item.table.primary_key
    refused = {role for role in item.audience.roles if not item.selectable[role].issuperset(key)}
    return {viewer for viewer in item.audience.viewers if viewer.role in refused} if refused else set()


def list_questions(items: list[Delivery], excused: list[set[Viewer]]) -> list[Question]:
    """Say of each viewer which rows, by their places from 1, concern it."""
    by_audience: dict[Audience, list[int]] = {}
    for place, item in enumerate(items, start=1):
        by_audience.setdefault(item.audience, []).append(place)
    rows_of: dict[Viewer, list[int]] = {}
    for audience, places in by_audience.items():
        for viewer in audience.viewers - excused[places[0] - 1]:
            known = rows_of.get(viewer)
            rows_of[viewer] = places if known is None else known + places
    return [Question(viewer, rows) for viewer, rows in rows_of.items()]
