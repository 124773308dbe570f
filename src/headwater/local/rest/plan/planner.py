"""Making plans and statements, and keeping them by the shape of the request."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from headwater.local.rest import errors
from headwater.local.rest.catalog.hints import table_not_found
from headwater.local.rest.catalog.model import Handler, SchemaCache
from headwater.local.rest.config import RestConfig
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.plan.calling import choose_routine, plan_call, result_name
from headwater.local.rest.plan.changing import plan_change
from headwater.local.rest.plan.model import Plan, ReadNode, Recipe
from headwater.local.rest.plan.negotiating import negotiate
from headwater.local.rest.plan.reading import plan_read
from headwater.local.rest.requests.request import RestRequest
from headwater.local.rest.sql.statements import write_count_explain, write_statement

# A shape with more parts than this is hardly met twice; keeping it would only fill the cache.
LARGEST_SHAPE = 200
LONGEST_SHAPE = 8192


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan with its statement. `reusable` says whether the shape has been met before and is worth preparing."""

    plan: Plan
    text: bytes
    recipes: tuple[Recipe, ...]
    octets: tuple[int, ...] = ()
    explain_text: bytes = b""
    explain_recipes: tuple[Recipe, ...] = ()
    reusable: bool = False


class Planner:
    """Plans requests against one state of the catalog; a new state needs a new planner."""

    def __init__(self, cache: SchemaCache, config: RestConfig) -> None:
        self.cache = cache
        self.config = config
        self._kept: OrderedDict[tuple[object, ...], Compiled] = OrderedDict()
        self._met: OrderedDict[int, None] = OrderedDict()

    def compile(self, request: RestRequest) -> Compiled:
        """Return the plan and statement of a request, made anew only for a shape not met before."""
        shape = request.shape
        found = self._kept.get(shape)
        if found is not None:
            self._kept.move_to_end(shape)
            return found
        plan = self.plan(request)
        parts = request.query.shape
        small = len(parts) <= LARGEST_SHAPE and sum(map(len, parts)) <= LONGEST_SHAPE
        compiled = self._write(plan, request, reusable=small and self._meet(hash(shape)))
        if compiled.reusable:
            self._kept[shape] = compiled
            if len(self._kept) > self.config.plan_cache_size:
                self._kept.popitem(last=False)
        return compiled

    def _meet(self, shape: int) -> bool:
        """Note a shape; says whether it has been met before, so that one-off shapes are neither kept nor prepared."""
        if shape in self._met:
            return True
        self._met[shape] = None
        if len(self._met) > self.config.plan_cache_size:
            self._met.popitem(last=False)
        return False

    def _write(self, plan: Plan, request: RestRequest, *, reusable: bool) -> Compiled:
        counted = bool(request.ranges) or self.config.max_rows is not None
        text, recipes, octets = write_statement(plan, request, counted=counted, max_rows=self.config.max_rows)
        explain: tuple[bytes, tuple[Recipe, ...]] = (b"", ())
        if plan.kind == "read" and request.preferences.wants_plan_count:
            explain = write_count_explain(plan)
        return Compiled(plan, text, recipes, octets, *explain, reusable=reusable)

    def plan(self, request: RestRequest) -> Plan:
        """Plan a request on a table or a function; raises the PGRST1xx and PGRST2xx errors."""
        plan = self._plan_call(request) if request.kind == "call" else self._plan_table(request)
        collect_warnings(plan.read, plan.warnings)
        return plan

    def _plan_table(self, request: RestRequest) -> Plan:
        table = self.cache.tables.get(request.name)
        if table is None:
            raise table_not_found(self.cache, request.name)
        read = self._read(request, table.name)
        change = plan_change(self.cache, table, request, read) if request.kind == "mutate" else None
        if change is not None:
            self._check_preferences(request)
        plan = self._negotiate(request, read, table.name)
        self._check_preferences(request)
        plan.mutate, plan.table = change, table
        if request.kind == "mutate" and request.preferences.returns != "representation":
            plan.handler = Handler("none")
        return plan

    def _plan_call(self, request: RestRequest) -> Plan:
        routine = choose_routine(self.cache, request)
        target = result_name(routine)
        read = self._read(request, target)
        plan = self._negotiate(request, read, target)
        self._check_preferences(request)
        plan.call = plan_call(request, routine, read)
        return plan

    def _read(self, request: RestRequest, table: QualifiedName) -> ReadNode:
        kind = "read" if request.kind == "read" else request.kind
        return plan_read(self.cache, self.config, table, request.query, kind=kind, ranges=request.ranges)

    def _negotiate(self, request: RestRequest, read: ReadNode, target: QualifiedName) -> Plan:
        default = len(read.select) == 1 and read.select[0].field.name == "*" and not read.children
        handler, media = negotiate(
            self.cache,
            request.accepts,
            target,
            default_select=default,
            plan_enabled=self.config.plan_enabled,
        )
        if request.headers_only:
            handler = Handler("none")
        return Plan(request.kind, read, handler, media, target)

    def _check_preferences(self, request: RestRequest) -> None:
        preferences = request.preferences
        if preferences.unknown and preferences.is_strict:
            raise errors.invalid_preferences(preferences.unknown)


def collect_warnings(node: ReadNode, found: list[tuple[str, str]]) -> None:
    """Collect the embeds that were named by their table although they have an alias."""
    if node.legacy_match and node.alias:
        found.append((node.name, node.alias))
    for child in node.children:
        collect_warnings(child, found)
