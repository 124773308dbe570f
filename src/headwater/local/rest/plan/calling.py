"""Planning calls: which of the overloaded functions is meant, and how its arguments reach it."""

from __future__ import annotations

from headwater.local.rest import errors
from headwater.local.rest.catalog.hints import ambiguous_routine, routine_not_found
from headwater.local.rest.catalog.model import Routine, SchemaCache
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.plan.changing import needed_columns
from headwater.local.rest.plan.model import CallPlan, Condition, NullEmbed, PlannedGroup, ReadNode
from headwater.local.rest.requests.media_types import FORM, OCTETS, TEXT, XML, MediaType
from headwater.local.rest.requests.request import RestRequest

SINGLE_TYPES = {
    ("application/json", "json"),
    ("application/json", "jsonb"),
    ("text/plain", "text"),
    ("text/xml", "xml"),
    ("application/octet-stream", "bytea"),
}


def choose_routine(cache: SchemaCache, request: RestRequest) -> Routine:
    """Find the function by its name and the names of the arguments; raises PGRST202 and PGRST203."""
    is_post = request.action == "post"
    keys = request.payload.keys if is_post else tuple(sorted(request.argument_slots))
    named: list[Routine] = []
    single: list[Routine] = []
    for routine in cache.routines.get(request.name, ()):
        if takes(routine, set(keys), request.content, is_post=is_post):
            named.append(routine)
        elif is_post and takes_body(routine, request.content):
            single.append(routine)
    found = named or single
    if not found:
        raise routine_not_found(cache, request.name, keys, request.content.name, is_post=is_post)
    if len(found) > 1:
        raise ambiguous_routine(found)
    return found[0]


def takes(routine: Routine, keys: set[str], content: MediaType, *, is_post: bool) -> bool:
    """Say whether a function takes arguments of exactly these names, its defaults aside."""
    if not routine.parameters:
        return not keys and not (is_post and content in (OCTETS, TEXT, XML))
    required = {parameter.name for parameter in routine.parameters if parameter.required}
    optional = {parameter.name for parameter in routine.parameters if not parameter.required}
    return keys - optional == required


def takes_body(routine: Routine, content: MediaType) -> bool:
    """Say whether a function takes the whole body as its one unnamed parameter."""
    if len(routine.parameters) != 1 or routine.parameters[0].name:
        return False
    return (content.kind, routine.parameters[0].type) in SINGLE_TYPES


def result_name(routine: Routine) -> QualifiedName:
    """Return the table whose rows a function returns, or else the function's own name."""
    if routine.returns_composite:
        return QualifiedName(routine.name.schema, routine.return_type.name)
    return routine.name


def plan_call(request: RestRequest, routine: Routine, read: ReadNode) -> CallPlan:
    """Plan the call of a function; raises PGRST128."""
    preferences = request.preferences
    if preferences.max_affected is not None and preferences.is_strict and not routine.returns_set:
        raise errors.max_affected_on_single()
    is_post = request.action == "post"
    keys = set(request.payload.keys) if is_post else set(request.argument_slots)
    plan = CallPlan(routine, "json", body_is_object=request.payload.is_object)
    plan.returning = needed_columns(read, ())
    plan.filter_fields = filter_names(read)
    if len(routine.parameters) == 1 and not routine.parameters[0].name:
        plan.style = "single"
        plan.parameters = list(routine.parameters)
        return plan
    plan.parameters = [parameter for parameter in routine.parameters if parameter.name in keys]
    if not plan.parameters:
        plan.style = "none"
    elif not is_post or request.content == FORM:
        plan.style = "direct"
        # The second slot of an argument holds all its values, for a variadic parameter.
        plan.arguments = {
            parameter.name: request.argument_slots[parameter.name] + (1 if parameter.variadic else 0)
            for parameter in plan.parameters
        }
    return plan


def filter_names(node: ReadNode) -> set[str]:
    """Return the names that filters use, here and below: the call must return them too."""
    names: set[str] = set()

    def visit(condition: Condition) -> None:
        if isinstance(condition, PlannedGroup):
            for member in condition.members:
                visit(member)
        elif isinstance(condition, NullEmbed):
            names.add(condition.alias)
        else:
            names.add(condition.field.name)

    for condition in node.where:
        visit(condition)
    for child in node.children:
        names |= filter_names(child)
    return names
