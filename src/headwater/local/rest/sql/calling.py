"""The statement of a function's call."""

from __future__ import annotations

from headwater.local.rest.catalog.model import Parameter
from headwater.local.rest.identifiers import QualifiedName, quote_identifier, quote_name
from headwater.local.rest.plan.model import CallPlan, PlannedField
from headwater.local.rest.sql.changing import write_body
from headwater.local.rest.sql.fragments import Writer
from headwater.local.rest.sql.reading import write_columns_of

RESULT = QualifiedName("", "pgrst_call")


def write_call(writer: Writer, plan: CallPlan, body_slot: int) -> str:
    """Write the call; its rows are those of `pgrst_call`."""
    plain = plan.routine.returns_scalar or plan.routine.returns_scalar_set
    columns = "pgrst_call.pgrst_scalar" if plain else write_returned(plan)
    return f"select {columns}{write_source(writer, plan, body_slot, plain=plain)}"


def write_returned(plan: CallPlan) -> str:
    """Write the columns that the call must give."""
    if not plan.returning:
        return "*"
    if plan.returning == {"*"}:
        return write_columns_of(RESULT, ["*"])
    return write_columns_of(RESULT, sorted(plan.returning | plan.filter_fields))


def write_source(writer: Writer, plan: CallPlan, body_slot: int, *, plain: bool) -> str:
    """Write the from clause with the call in it."""
    name = quote_name(plan.routine.name)

    def wrap(arguments: str) -> str:
        if plain:
            return f"(select {name}({arguments}) pgrst_scalar) pgrst_call"
        return f"{name}({arguments}) pgrst_call"

    if plan.style == "none":
        return " from " + wrap("")
    if plan.style == "single":
        parameter = plan.parameters[0]
        if parameter.type == "bytea":
            return " from " + wrap(writer.bind_octets(body_slot))
        return " from " + wrap(f"{writer.bind(body_slot)}::{parameter.type}")
    if plan.style == "direct":
        slots = plan.arguments
        arguments = [write_argument(writer, parameter, slots[parameter.name]) for parameter in plan.parameters]
        return " from " + wrap(", ".join(arguments))
    fields = [PlannedField(parameter.name, type=parameter.bound_type) for parameter in plan.parameters]
    body = write_body(writer.bind(body_slot), fields, is_object=plan.body_is_object, one_row=True)
    passed = ", ".join(
        f"{variadic(parameter)}{quote_identifier(parameter.name)} := pgrst_body.{quote_identifier(parameter.name)}"
        for parameter in plan.parameters
    )
    return f"{body}, lateral {wrap(passed)}"


def variadic(parameter: Parameter) -> str:
    """Write the word that passes an array as the variadic parameter."""
    return "variadic " if parameter.variadic else ""


def write_argument(writer: Writer, parameter: Parameter, slot: int) -> str:
    """Write one named argument."""
    value = writer.bind(slot)
    return f"{variadic(parameter)}{quote_identifier(parameter.name)} := {value}::{parameter.bound_type}"
