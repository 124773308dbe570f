"""The answers: status, headers and body of each kind of request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from headwater.local.rest import errors
from headwater.local.rest.catalog.model import Table
from headwater.local.rest.config import RestConfig
from headwater.local.rest.database.transaction import Outcome
from headwater.local.rest.errors import RestError
from headwater.local.rest.grammar.queries import encode, format_canonical
from headwater.local.rest.plan.planner import Compiled
from headwater.local.rest.requests.media_types import MediaType
from headwater.local.rest.requests.preferences import NO_PREFERENCES, format_applied
from headwater.local.rest.requests.ranges import format_content_range, range_status
from headwater.local.rest.requests.request import RestRequest

Headers = list[tuple[str, str]]
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    headers: Headers
    body: bytes = b""


def content_headers(request: RestRequest, media: MediaType, body: bytes | None) -> Headers:
    """Return length, type and the schema that was negotiated; no length for None."""
    headers: Headers = [] if body is None else [("Content-Length", str(len(body)))]
    headers.append(("Content-Type", media.content_type))
    if request.negotiated:
        headers.append(("Content-Profile", request.schema))
    return headers


def applied(request: RestRequest, **switches: bool) -> Headers:
    """Return the header that says which preferences were obeyed."""
    if request.preferences is NO_PREFERENCES:
        return []
    text = format_applied(request.preferences, **switches)
    return [("Preference-Applied", text)] if text else []


def answer(request: RestRequest, compiled: Compiled, outcome: Outcome) -> Answer:
    """Make the answer of a read, a change or a call; raises PGRST111 and PGRST112."""
    if compiled.plan.media.kind == "plan":
        result = Answer(200, content_headers(request, compiled.plan.media, outcome.body), outcome.body)
    elif compiled.plan.kind == "read":
        result = answer_read(request, compiled, outcome)
    elif compiled.plan.kind == "call":
        result = answer_call(request, compiled, outcome)
    else:
        result = answer_change(request, compiled, outcome)
    if outcome.status is not None or outcome.headers is not None:
        override(result, outcome)
    return result


def ranged(request: RestRequest, outcome: Outcome) -> tuple[int, str, bytes]:
    """Return status, `Content-Range` and body of rows that a range may have cut."""
    lower = request.top_range.offset
    upper = lower + outcome.rows - 1
    status = range_status(lower, upper, outcome.total)
    body = outcome.body
    if status == 416:
        body = errors.out_of_bounds(lower, outcome.total or 0).to_body()
    return status, format_content_range(lower, upper, outcome.total), body


def answer_read(request: RestRequest, compiled: Compiled, outcome: Outcome) -> Answer:
    """Make the answer of a read."""
    status, shown, body = ranged(request, outcome)
    location = "/" + request.name.name
    if request.pairs:
        location += "?" + format_canonical(request.pairs)
    headers: Headers = [("Content-Range", shown), ("Content-Location", location)]
    if request.headers_only:
        headers += content_headers(request, compiled.plan.media, None)
        body = b""
    else:
        headers += content_headers(request, compiled.plan.media, body)
    return Answer(status, headers + applied(request), body)


def answer_call(request: RestRequest, compiled: Compiled, outcome: Outcome) -> Answer:
    """Make the answer of a call; a void function has nothing to answer with."""
    status, shown, body = ranged(request, outcome)
    headers: Headers = [("Content-Range", shown), *applied(request, max_affected=True)]
    call = compiled.plan.call
    if call and call.routine.returns_nothing:
        return Answer(204, headers)
    if request.headers_only:
        return Answer(status, headers + content_headers(request, compiled.plan.media, None))
    return Answer(status, headers + content_headers(request, compiled.plan.media, body), body)


def answer_change(request: RestRequest, compiled: Compiled, outcome: Outcome) -> Answer:
    """Make the answer of an insert, upsert, update or delete."""
    full = request.preferences.returns == "representation"
    body = outcome.body if full else b""
    total = outcome.rows if request.preferences.wants_count else None
    if request.action == "insert":
        return answer_insert(request, compiled, outcome, body=body, total=total)
    headers: Headers = []
    if request.action == "put":
        headers += applied(request, returns=True)
        status = 201 if (outcome.inserted or 0) > 0 else 200
    else:
        updates = request.action == "update"
        shown = format_content_range(0, outcome.rows - 1, total) if updates else format_content_range(1, 0, total)
        headers.append(("Content-Range", shown))
        headers += applied(request, returns=True, missing=updates, max_affected=True)
        status = 200
    if not full:
        return Answer(204, headers)
    return Answer(status, headers + content_headers(request, compiled.plan.media, body), body)


def answer_insert(
    request: RestRequest, compiled: Compiled, outcome: Outcome, *, body: bytes, total: int | None
) -> Answer:
    """Make the answer of an insert; an upsert that only updated is no creation."""
    headers: Headers = []
    if outcome.location:
        query = "&".join(f"{encode(name)}={encode(value)}" for name, value in outcome.location)
        headers.append(("Location", f"/{request.name.name}?{query}"))
    headers.append(("Content-Range", format_content_range(1, 0, total)))
    change = compiled.plan.mutate
    upserts = bool(change and change.primary_key) or request.query.on_conflict is not None
    headers += applied(request, resolution=upserts, returns=True, missing=True)
    merged = request.preferences.resolution == "merge-duplicates"
    status = 200 if merged and (outcome.inserted or 0) <= 0 else 201
    if request.preferences.returns == "representation":
        headers += content_headers(request, compiled.plan.media, body)
    else:
        headers.append(("Content-Length", "0"))
    return Answer(status, headers, body)


def override(result: Answer, outcome: Outcome) -> None:
    """Take the status and headers that the database set; its headers replace ours of the same name."""
    if outcome.headers is not None:
        added = read_headers(outcome.headers)
        names = {name.lower() for name, _ in added}
        result.headers = [pair for pair in result.headers if pair[0].lower() not in names] + added
    if outcome.status is not None:
        digits = outcome.status.strip()
        if not digits.isdecimal() or not 100 <= int(digits) <= 999:
            raise errors.invalid_response_status()
        result.status = int(digits)


def read_headers(text: bytes) -> Headers:
    """Read a list of objects with one header each; raises PGRST111."""
    try:
        value: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise errors.invalid_response_headers() from error
    if not isinstance(value, list):
        raise errors.invalid_response_headers()
    headers: Headers = []
    for item in value:
        if not isinstance(item, dict) or len(item) != 1:
            raise errors.invalid_response_headers()
        name, content = next(iter(item.items()))
        if not isinstance(content, str) or CONTROL.search(name + content):
            raise errors.invalid_response_headers()
        headers.append((name, content))
    return headers


def answer_table_info(table: Table) -> Answer:
    """Say which methods a table takes."""
    methods = ["OPTIONS", "GET", "HEAD"]
    if table.insertable:
        methods.append("POST")
    if table.insertable and table.updatable and table.primary_key:
        methods.append("PUT")
    if table.updatable:
        methods.append("PATCH")
    if table.deletable:
        methods.append("DELETE")
    return answer_info(methods)


def answer_info(methods: Sequence[str]) -> Answer:
    """Say which methods an address takes."""
    return Answer(
        200,
        [("Content-Length", "0"), ("Access-Control-Allow-Origin", "*"), ("Allow", ",".join(methods))],
    )


def answer_error(error: RestError, config: RestConfig) -> Answer:
    """Make the answer of an error."""
    short = {"code": error.code, "message": error.message}
    body = error.to_body() if config.verbose_errors else orjson.dumps(short)
    headers: Headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(body))),
        clean_header("Proxy-Status", f"PostgREST; error={error.code}"),
    ]
    if error.status == 503:
        headers.append(("Retry-After", "1"))
    status = error.status if 200 <= error.status <= 599 else 500
    return Answer(status, headers + [clean_header(*pair) for pair in error.headers], body)


def clean_header(name: str, value: str) -> tuple[str, str]:
    """Take line ends out of a header that a function of the database raised, so that it stays one header."""
    return CONTROL.sub("", name), CONTROL.sub(" ", value)


def warning_header(warnings: Sequence[tuple[str, str]], version: str) -> tuple[str, str]:
    """Return the header that warns of embeds named by their table although they have an alias (RFC 7234, 299)."""
    changes = ", ".join(f"`{name}` to `{alias}`" for name, alias in warnings)
    return (
        "Warning",
        f'299 PostgRESTv{version} "Embedded resource was referenced by relation name even though it has an alias. '
        f"This is deprecated and will stop working in a future release. Update {changes} in query string filters, "
        'orders or limits."',
    )
