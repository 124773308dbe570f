"""The statements of changes, which take their rows out of the JSON of the body."""
# ruff: noqa: S608 - the texts are put together from quoted names and parameter signs alone

from __future__ import annotations

from headwater.local.rest.identifiers import QualifiedName, quote_identifier, quote_literal, quote_name
from headwater.local.rest.plan.model import MutatePlan, PlannedField
from headwater.local.rest.sql.fragments import Writer, write_condition
from headwater.local.rest.sql.reading import write_columns_of

BODY = QualifiedName("", "pgrst_body")
INSERTED = "nullif(current_setting('pgrst.inserted', true), '')"
# A setting counts the rows that were inserted rather than updated: every row adds one, every conflict takes it back.
COUNT_UP = f"set_config('pgrst.inserted', (coalesce({INSERTED}::int, 0) + 1)::text, true) <> '0'"
COUNT_DOWN = f"set_config('pgrst.inserted', (coalesce({INSERTED}::int, 0) - 1)::text, true) <> '-1'"


def write_body(
    body: str,
    fields: list[PlannedField],
    *,
    is_object: bool,
    one_row: bool = False,
    with_defaults: bool = False,
) -> str:
    """Write the from clause that gives the body's rows as `pgrst_body`; `body` is its parameter's sign."""
    kind = "jsonb" if with_defaults else "json"
    text = f" from (select {body}::{kind} as json_data) pgrst_payload, "
    source = "pgrst_payload.json_data"
    if with_defaults:
        pairs = ", ".join(
            f"{quote_literal(field.name)}, {field.default}" for field in fields if field.default is not None
        )
        defaults = f"jsonb_build_object({pairs})"
        if is_object:
            text += f"lateral (select {defaults} || pgrst_payload.json_data as val) pgrst_json_defs, "
        else:
            text += (
                f"lateral (select jsonb_agg({defaults} || element) as val "
                "from jsonb_array_elements(pgrst_payload.json_data) element) pgrst_json_defs, "
            )
        source = "pgrst_json_defs.val"
    if fields:
        function = f"{kind}_to_record" + ("" if is_object else "set")
        typed = ", ".join(f"{quote_identifier(field.name)} {field.type}" for field in fields)
        rows = f"{function}({source}) as _({typed})" + (" limit 1" if one_row else "")
    else:
        rows = "(values (1)) _" if is_object else f"{kind}_array_elements({source}) _"
    read = ", ".join(
        f"{field.transform}({quote_identifier(field.name)}) as {quote_identifier(field.name)}"
        if field.transform
        else quote_identifier(field.name)
        for field in fields
    )
    return f"{text}lateral (select {read} from {rows}) pgrst_body"


def write_change(writer: Writer, plan: MutatePlan, body_slot: int) -> str:
    """Write an insert, update or delete with what it returns."""
    if plan.kind == "insert":
        return write_insert(writer, plan, body_slot)
    if plan.kind == "update":
        return write_update(writer, plan, body_slot)
    return f"delete from {quote_name(plan.table)}{write_where(writer, plan)}{write_returning(plan)}"


def write_where(writer: Writer, plan: MutatePlan) -> str:
    """Write the conditions of a change."""
    if not plan.where:
        return ""
    return " where " + " and ".join(write_condition(writer, plan.table, item) for item in plan.where)


def write_returning(plan: MutatePlan) -> str:
    """Write what a change returns; one for each row where nothing is asked."""
    return " returning " + (write_columns_of(plan.table, plan.returning) or "1")


def write_insert(writer: Writer, plan: MutatePlan, body_slot: int) -> str:
    """Write an insert, with what happens to rows that exist."""
    names = ", ".join(quote_identifier(field.name) for field in plan.columns)
    text = f"insert into {quote_name(plan.table)} " + (f"({names}) " if names else "")
    chosen = ", ".join(f"pgrst_body.{quote_identifier(field.name)}" for field in plan.columns)
    text += f"select {chosen}" + write_body(
        writer.bind(body_slot),
        plan.columns,
        is_object=plan.body_is_object,
        with_defaults=plan.apply_defaults,
    )
    merges = bool(plan.conflict and plan.conflict[0] == "merge-duplicates")
    if plan.is_put:
        kept = " and ".join(write_condition(writer, BODY, condition) for condition in plan.where)
        text += f" where {COUNT_UP} and {kept}"
    elif merges:
        text += f" where {COUNT_UP}"
    if plan.conflict and plan.conflict[1]:
        targets = ", ".join(quote_identifier(name) for name in plan.conflict[1])
        text += f" on conflict ({targets}) do "
        if merges and plan.columns:
            changes = ", ".join(
                f"{quote_identifier(field.name)} = excluded.{quote_identifier(field.name)}" for field in plan.columns
            )
            text += f"update set {changes} where {COUNT_DOWN}"
        else:
            text += "nothing"
    return text + write_returning(plan)


def write_update(writer: Writer, plan: MutatePlan, body_slot: int) -> str:
    """Write an update; one without columns changes nothing and still gives the columns that are asked for."""
    if not plan.columns:
        place = QualifiedName("", plan.table.name)
        columns = write_columns_of(place, plan.returning) or "null"
        return f"select {columns} from {quote_name(plan.table)} where false"
    changes = ", ".join(
        f"{quote_identifier(field.name)} = pgrst_body.{quote_identifier(field.name)}" for field in plan.columns
    )
    body = write_body(
        writer.bind(body_slot),
        plan.columns,
        is_object=plan.body_is_object,
        with_defaults=plan.apply_defaults,
    )
    return f"update {quote_name(plan.table)} set {changes}{body}{write_where(writer, plan)}{write_returning(plan)}"
