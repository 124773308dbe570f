"""A request as the engine understands it: what is asked of which thing, with which parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headwater.local.rest import errors
from headwater.local.rest.config import RestConfig
from headwater.local.rest.grammar.queries import LONGEST_KEPT, Query, parse_query, split_query
from headwater.local.rest.grammar.tree import Path
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.plan.model import Recipe
from headwater.local.rest.requests.media_types import ANY, JSON, MediaType, parse_accept, parse_media_type
from headwater.local.rest.requests.payload import DEEPEST, NOTHING, Payload, is_too_deep, read_payload
from headwater.local.rest.requests.preferences import Preferences, parse_preferences
from headwater.local.rest.requests.ranges import ALL_ROWS, RowRange, resolve_range, resolve_top_range

MUTATIONS = {"POST": "insert", "PUT": "put", "PATCH": "update", "DELETE": "delete"}
WRITING = frozenset(MUTATIONS)
ROUND_AS_SQUARE = bytes.maketrans(b"()", b"[]")
ACCEPT_ANY = (ANY,)


@dataclass(slots=True)
class RestRequest:
    """One request. `kind` is read, mutate, call, schema or info; `action` refines it (insert, put, get, …)."""

    method: str
    kind: str
    action: str
    name: QualifiedName
    schema: str
    negotiated: bool
    pairs: list[tuple[str, str | None]]
    query: Query
    preferences: Preferences
    accepts: tuple[MediaType, ...]
    content: MediaType
    payload: Payload = NOTHING
    top_range: RowRange = ALL_ROWS
    ranges: dict[Path, tuple[Recipe, Recipe]] = field(default_factory=dict)
    body_slot: int = -1
    argument_slots: dict[str, int] = field(default_factory=dict)

    @property
    def headers_only(self) -> bool:
        """Say whether the answer has no body because of HEAD."""
        return self.method == "HEAD"

    @property
    def shape(self) -> tuple[object, ...]:
        """Return all that the plan depends on, and none of the values."""
        preferences = self.preferences
        return (
            self.method,
            self.kind,
            self.name,
            tuple(self.query.shape),
            self.accepts,
            self.content,
            self.payload.keys,
            self.payload.is_object,
            tuple(self.ranges),
            tuple(self.argument_slots.items()),
            preferences.returns,
            preferences.resolution,
            preferences.missing,
            preferences.count,
            preferences.handling,
            preferences.max_affected is None,
            preferences.unknown,
        )


def split_path(path: str) -> list[str]:
    """Split an address into its segments, empty ones left out."""
    return [segment for segment in path.split("/") if segment]


def parse_request(
    config: RestConfig,
    *,
    method: str,
    path: str,
    query_string: str,
    headers: Mapping[str, str],
    prefer: Sequence[str],
    body: bytes,
) -> RestRequest:
    """Read a request; `headers` are by lower-case name. Raises the PGRST1xx errors."""
    schema, negotiated = choose_schema(config, method, headers)
    kind, action, name = choose_action(config, method, split_path(path), schema)
    if len(query_string) > config.max_query_bytes:
        raise errors.query_too_long(config.max_query_bytes)
    if "%00" in query_string:
        raise errors.null_character()
    pairs = split_query(query_string)
    query = parse_query(pairs, for_call=kind == "call" and action in ("get", "info"))
    check_depth(query)
    accept = headers.get("accept")
    content_type = headers.get("content-type")
    request = RestRequest(
        method,
        kind,
        action,
        QualifiedName(schema, name),
        schema,
        negotiated,
        pairs,
        query,
        parse_preferences(prefer, transaction_override=config.transaction_override),
        parse_accept(accept[:LONGEST_KEPT]) if accept else ACCEPT_ANY,
        parse_media_type(content_type[:LONGEST_KEPT]) if content_type else JSON,
    )
    add_ranges(request, headers.get("range"), config.max_rows)
    add_payload(request, body)
    return request


def check_depth(query: Query) -> None:
    """Raise PGRST100 for a value nested so deeply, as JSON or as a search, that Postgres would run out of stack."""
    for value in query.values:
        if value and len(value) > DEEPEST and is_too_deep(value.translate(ROUND_AS_SQUARE)):
            raise errors.too_complex(f"a value nested deeper than {DEEPEST} levels")


def choose_schema(config: RestConfig, method: str, headers: Mapping[str, str]) -> tuple[str, bool]:
    """Choose the schema by the profile header of the method; says also whether it was negotiated."""
    wanted = headers.get("content-profile" if method in WRITING else "accept-profile")
    if wanted is None:
        return config.schemas[0], len(config.schemas) > 1
    if wanted not in config.schemas:
        raise errors.unacceptable_schema(wanted, config.schemas)
    return wanted, True


def choose_action(config: RestConfig, method: str, segments: list[str], schema: str) -> tuple[str, str, str]:
    """Choose what an address and a method mean: kind, action and name."""
    if not segments:
        if config.openapi_mode == "disabled":
            raise errors.openapi_disabled()
        if config.root_function:
            return choose_call(method, config.root_function.name)
        if method in ("GET", "HEAD"):
            return "schema", "get", ""
        if method == "OPTIONS":
            return "info", "schema", ""
        raise errors.unsupported_method(method)
    if len(segments) == 2 and segments[0] == "rpc":
        return choose_call(method, segments[1])
    if len(segments) != 1:
        raise errors.invalid_path()
    if method in ("GET", "HEAD"):
        return "read", "get", segments[0]
    if method in MUTATIONS:
        return "mutate", MUTATIONS[method], segments[0]
    if method == "OPTIONS":
        return "info", "table", segments[0]
    raise errors.unsupported_method(method)


def choose_call(method: str, name: str) -> tuple[str, str, str]:
    """Choose how a function is called."""
    if method in ("GET", "HEAD"):
        return "call", "get", name
    if method == "POST":
        return "call", "post", name
    if method == "OPTIONS":
        return "call", "info", name
    raise errors.invalid_rpc_method(method)


def add_ranges(request: RestRequest, header: str | None, max_rows: int | None) -> None:
    """Work out the ranges of all levels and give each its slots."""
    query = request.query
    limits, offsets = query.limits, query.offsets
    request.top_range = resolve_top_range(request.method, header, limit=limits.get(()), offset=offsets.get(()))
    if request.kind not in ("read", "call"):
        return
    for path in sorted({*limits, *offsets, ()}):
        rows = request.top_range if not path else resolve_range(limits.get(path), offsets.get(path))
        rows = rows.restrict(max_rows)
        if rows.is_all:
            continue
        query.values.append(None if rows.limit is None else str(rows.limit).encode())
        query.values.append(str(rows.offset).encode())
        request.ranges[path] = (len(query.values) - 2, len(query.values) - 1)


def add_payload(request: RestRequest, body: bytes) -> None:
    """Read the body where the action has one, and return it and a call's arguments their slots."""
    query = request.query
    is_call = request.kind == "call"
    if request.action in ("insert", "put", "update", "post"):
        columns = None if request.action == "put" else query.columns
        request.payload = read_payload(body, request.content, columns, for_call=is_call)
        query.values.append(request.payload.body)
        request.body_slot = len(query.values) - 1
    if is_call:
        arguments = query.arguments if request.action != "post" else request.payload.arguments
        add_arguments(request, arguments)


def add_arguments(request: RestRequest, arguments: Sequence[tuple[str, str]]) -> None:
    """Add a slot for every named argument; what a repeated one means is the function's to say.

    A repeated name has a second slot of its own, with all its values as the literal of an array.
    """
    grouped: dict[str, list[str]] = {}
    for name, value in arguments:
        grouped.setdefault(name, []).append(value)
    values = request.query.values
    for name, items in grouped.items():
        values.append(items[-1].encode())
        values.append(format_text_array(items))
        request.argument_slots[name] = len(values) - 2


def format_text_array(items: Sequence[str]) -> bytes:
    """Return the literal of a text array."""
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    return ("{" + ",".join(quoted) + "}").encode()
