"""Planning changes: inserts, upserts, updates and deletes, and what must come back for the embeds."""

from __future__ import annotations

from headwater.local.rest import errors
from headwater.local.rest.catalog.model import SchemaCache, Table
from headwater.local.rest.plan.fields import plan_condition, plan_filter, plan_written_column
from headwater.local.rest.plan.model import MutatePlan, PlannedFilter, ReadNode
from headwater.local.rest.requests.request import RestRequest


def plan_change(cache: SchemaCache, table: Table, request: RestRequest, read: ReadNode) -> MutatePlan:
    """Plan a change to a table; raises PGRST105 and PGRST204."""
    query = request.query
    preferences = request.preferences
    name = table.name
    where = [plan_filter(cache, name, condition) for path, condition in query.filters if not path]
    logic = [plan_condition(cache, name, tree) for path, tree in query.logic if not path]
    plan = MutatePlan(
        "insert" if request.action in ("insert", "put") else request.action,
        name,
        primary_key=table.primary_key,
        body_is_object=request.payload.is_object,
    )
    if preferences.returns not in (None, "minimal"):
        plan.returning = sorted(needed_columns(read, table.primary_key))
    if request.action == "delete":
        plan.where = [*where, *logic]
        return plan
    plan.columns = [plan_written_column(cache, table, key) for key in request.payload.keys]
    if request.action == "update":
        plan.where = [*where, *logic]
        plan.apply_defaults = preferences.missing == "default"
    elif request.action == "put":
        check_put(table, request, where)
        plan.is_put = True
        plan.where = [*where, *logic]
        plan.conflict = ("merge-duplicates", table.primary_key)
    else:
        plan.apply_defaults = preferences.missing == "default"
        if preferences.resolution:
            plan.conflict = (preferences.resolution, query.on_conflict or table.primary_key)
    return plan


def check_put(table: Table, request: RestRequest, where: list[PlannedFilter]) -> None:
    """Raise PGRST105 unless the filters are exactly `eq` on each column of the primary key."""
    query = request.query
    plain = all(
        item.operation.operator == "eq" and not item.operation.negated and not item.operation.quantifier
        for item in where
    )
    exact = query.filter_keys == set(table.primary_key) and bool(table.primary_key)
    if query.logic or not exact or not plain:
        raise errors.invalid_put_filters()


def needed_columns(read: ReadNode, primary_key: tuple[str, ...]) -> set[str]:
    """Return the columns that a change or a call must return, so that the select and its joins find them."""
    names = {column.field.name for column in read.select}
    if "*" in names:
        return {"*"}
    for child in read.children:
        relationship = child.relationship
        if relationship is None:
            continue
        if relationship.function is not None:
            return {"*"}
        pairs = relationship.junction.source_columns if relationship.junction else relationship.columns
        names.update(here for here, _ in pairs)
    return names | set(primary_key)
