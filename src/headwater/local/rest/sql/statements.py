"""The whole statement of a request: what to do, how many rows, the body, and the settings of the answer."""
# ruff: noqa: S608 - the texts are put together from quoted names and parameter signs alone

from __future__ import annotations

from headwater.local.rest.catalog.model import ANY_ELEMENT, Handler, Routine
from headwater.local.rest.identifiers import quote_literal, quote_name
from headwater.local.rest.plan.model import SOURCE, MutatePlan, Plan, Recipe
from headwater.local.rest.requests.media_types import MediaType
from headwater.local.rest.requests.request import RestRequest
from headwater.local.rest.sql.calling import write_call
from headwater.local.rest.sql.changing import INSERTED, write_change
from headwater.local.rest.sql.fragments import Writer
from headwater.local.rest.sql.reading import write_count, write_read

HEADERS = "nullif(current_setting('response.headers', true), '')"
STATUS = "nullif(current_setting('response.status', true), '')"
NO_LOCATION = "null::json"
Written = tuple[bytes, tuple[Recipe, ...], tuple[int, ...]]


def write_statement(plan: Plan, request: RestRequest, *, counted: bool, max_rows: int | None) -> Written:
    """Write the statement of a plan.

    Its columns: the count of all rows, that of the answer's rows, the key of an inserted row, the body, headers and
    status set by the database, and the number of rows inserted. `counted` says that a range may hide rows.
    """
    writer = Writer()
    if plan.kind == "mutate" and plan.mutate:
        text = write_mutation(writer, plan, plan.mutate, request)
    else:
        text = write_rows(writer, plan, request, counted=counted, max_rows=max_rows)
    if plan.media.kind == "plan":
        text = write_explain(plan.media) + text
    return text.encode(), tuple(writer.recipes), tuple(writer.octets)


def write_rows(writer: Writer, plan: Plan, request: RestRequest, *, counted: bool, max_rows: int | None) -> str:
    """Write the statement of a read or a call."""
    routine = plan.call.routine if plan.call else None
    single = routine is not None and not routine.returns_set
    page = "1::bigint" if single else "pg_catalog.count(_postgrest_t)"
    if plan.call:
        inner = write_call(writer, plan.call, request.body_slot)
        rows = write_read(writer, plan.read)
    else:
        inner = write_read(writer, plan.read)
        rows = f"select * from {SOURCE}"
    total, count = "null::bigint", ""
    if request.preferences.wants_count:
        total = page
        if counted:
            below = write_count(writer, plan.read)
            if request.preferences.count == "estimated" and max_rows is not None and not plan.call:
                below += f" limit {max_rows + 1}"
            count = f", pgrst_source_count as ( {below} )"
            total = "(select pg_catalog.count(*) from pgrst_source_count)"
    return (
        f"with {SOURCE} as ( {inner} ){count} select {total}, {page}, {NO_LOCATION}, "
        f"{write_handler(plan.handler, routine)}, {HEADERS}, {STATUS}, null::int from ( {rows} ) _postgrest_t"
    )


def write_mutation(writer: Writer, plan: Plan, change: MutatePlan, request: RestRequest) -> str:
    """Write the statement of a change and of what is read back."""
    inner = write_change(writer, change, request.body_slot)
    rows = f"select * from {SOURCE}" if plan.handler.kind == "none" else write_read(writer, plan.read)
    counts_inserts = change.kind == "insert" and (change.is_put or request.preferences.resolution == "merge-duplicates")
    inserted = f"{INSERTED}::int" if counts_inserts else "null::int"
    location = NO_LOCATION
    if change.kind == "insert" and request.preferences.returns == "headers-only":
        location = write_location(change.primary_key)
    return (
        f"with {SOURCE} as ( {inner} ) select null::bigint, pg_catalog.count(_postgrest_t), {location}, "
        f"{write_handler(plan.handler, None)}, {HEADERS}, {STATUS}, {inserted} from ( {rows} ) _postgrest_t"
    )


def write_location(primary_key: tuple[str, ...]) -> str:
    """Write the key of the one inserted row as pairs of column and condition."""
    names = ", ".join(quote_literal(name) for name in primary_key) or "null"
    return (
        "case when pg_catalog.count(_postgrest_t) = 1 then ("
        "select json_agg(json_build_array(pair.key, coalesce('eq.' || pair.value, 'is.null'))) "
        f"from (select row_to_json(_) as row from {SOURCE} as _ limit 1) data "
        f"cross join json_each_text(data.row) pair where pair.key in ({names})) end"
    )


def write_handler(handler: Handler, routine: Routine | None) -> str:
    """Write what makes the body out of the rows."""
    value = "_postgrest_t"
    single = False
    if routine is not None:
        if routine.returns_scalar or routine.returns_scalar_set:
            value = "_postgrest_t.pgrst_scalar"
        single = not routine.returns_set
    if handler.kind == "none":
        return "''::text"
    if handler.kind == "csv":
        return write_csv()
    if handler.kind == "geojson":
        return (
            "json_build_object('type', 'FeatureCollection', 'features', "
            "coalesce(json_agg(ST_AsGeoJSON(_postgrest_t)::json), '[]'))"
        )
    if handler.kind == "custom" and handler.function:
        if routine is not None and routine.returns_scalar:
            return f"{quote_name(handler.function)}({value})"
        cast = "" if handler.target in (None, ANY_ELEMENT) else f"::{quote_name(handler.target)}"
        return f"{quote_name(handler.function)}(_postgrest_t{cast})"
    if handler.kind.startswith("single"):
        single = True
        if routine is not None and not routine.returns_scalar:
            value = "_postgrest_t"
    text = f"json_agg({value})" + ("->0" if single else "")
    if handler.kind.endswith("stripped"):
        text = f"json_strip_nulls({text})"
    return f"coalesce({text}, '{'null' if single else '[]'}')"


def write_csv() -> str:
    """Write the rows as CSV: a head line of the columns, then each row as Postgres prints it."""
    head = (
        "(select coalesce(string_agg(a.k, ','), '') from (select json_object_keys(r)::text as k from "
        f"(select row_to_json(hh) as r from {SOURCE} as hh limit 1) s) a)"
    )
    rows = "coalesce(string_agg(substring(_postgrest_t::text, 2, length(_postgrest_t::text) - 2), E'\\n'), '')"
    return f"{head} || E'\\n' || {rows}"


PLAN_WORDS = {option: option for option in ("analyze", "verbose", "settings", "buffers", "wal")}
PLAN_FORMATS = {"json": "json", "text": "text"}


def write_explain(media: MediaType) -> str:
    """Write the explain clause of a plan media type, out of closed lists of words."""
    options = [f"format {PLAN_FORMATS[media.plan_format]}"]
    options += [PLAN_WORDS[option] for option in media.plan_options]
    return f"explain ({', '.join(options)}) "


def write_count_explain(plan: Plan) -> tuple[bytes, tuple[Recipe, ...]]:
    """Write the statement that asks the planner how many rows it expects."""
    writer = Writer()
    text = "explain (format json) " + write_count(writer, plan.read)
    return text.encode(), tuple(writer.recipes)
