"""The errors that the REST engine answers with, in PostgREST's codes.

The numbers are PostgREST's own: PGRST0xx connection, 1xx request, 2xx schema cache, 3xx token. Errors that Postgres
itself raises are turned into one of these in `database_errors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson


class RestError(Exception):
    """An answer other than success: a status and the body `{code, message, details, hint}`."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Any = None,
        hint: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.hint = hint
        self.headers = tuple(headers)
        self.reason = reason

    def to_body(self) -> bytes:
        """Return the JSON body of the answer."""
        return orjson.dumps({"code": self.code, "details": self.details, "hint": self.hint, "message": self.message})


def syntax_error(what: str, text: str, column: int, problem: str) -> RestError:
    """Make the error for text that the grammar does not accept; `column` counts from one."""
    return RestError(400, "PGRST100", f'"failed to parse {what} ({text})" (line 1, column {column})', details=problem)


def invalid_rpc_method(method: str) -> RestError:
    """Make the error for a method that functions can't be called with."""
    return RestError(405, "PGRST101", f"Cannot use the {method} method on RPC")


def invalid_body(message: str) -> RestError:
    """Make the error for a body that can't be read."""
    return RestError(400, "PGRST102", message)


def body_too_large(limit: int) -> RestError:
    """Make the error for a body beyond the limit in bytes."""
    return RestError(413, "PGRST102", f"The request body is larger than {limit} bytes")


def query_too_long(limit: int) -> RestError:
    """Make the error for a query string beyond the limit in bytes."""
    return RestError(414, "PGRST100", f"The query string is longer than {limit} bytes")


def invalid_range(details: str) -> RestError:
    """Make the error for a range that can't be satisfied."""
    return RestError(416, "PGRST103", "Requested range not satisfiable", details=details)


def out_of_bounds(offset: int, total: int) -> RestError:
    """Make the error for an offset beyond the last row."""
    return invalid_range(f"An offset of {offset} was requested, but there are only {total} rows.")


def invalid_put_filters() -> RestError:
    """Make the error for a PUT that does not name exactly the primary key."""
    return RestError(405, "PGRST105", "Filters must include all and only primary key columns with 'eq' operators")


def unacceptable_schema(name: str, exposed: Sequence[str]) -> RestError:
    """Make the error for a schema that is not exposed."""
    return RestError(
        406,
        "PGRST106",
        f"Invalid schema: {name}",
        hint="Only the following schemas are exposed: " + ", ".join(exposed),
    )


def unavailable_media_types(names: Sequence[str]) -> RestError:
    """Make the error for an Accept header that nothing here can satisfy."""
    return RestError(406, "PGRST107", "None of these media types are available: " + ", ".join(names))


def not_embedded(name: str) -> RestError:
    """Make the error for a filter, order or limit on something that is not in the select."""
    return RestError(
        400,
        "PGRST108",
        f"'{name}' is not an embedded resource in this request",
        hint=f"Verify that '{name}' is included in the 'select' query parameter.",
    )


def alias_needed(name: str, alias: str) -> RestError:
    """Make the error for naming an embedded resource by its table where it has an alias."""
    return RestError(
        400,
        "PGRST108",
        f"'{name}' is not an embedded resource in this request",
        details="Target names are not allowed in filters if they have an alias",
        hint=f"Change '{name}' to '{alias}' in filters, orders or limits.",
    )


def invalid_response_headers() -> RestError:
    """Make the error for a `response.headers` setting that is not a list of single pairs."""
    return RestError(
        500,
        "PGRST111",
        "response.headers guc must be a JSON array composed of objects with a single key and a string value",
    )


def invalid_response_status() -> RestError:
    """Make the error for a `response.status` setting that is no status."""
    return RestError(500, "PGRST112", "response.status guc must be a valid status code")


def put_with_range() -> RestError:
    """Make the error for limit or offset on PUT."""
    return RestError(400, "PGRST114", "limit/offset querystring parameters are not allowed for PUT")


def put_key_mismatch() -> RestError:
    """Make the error for a PUT whose body names another row than its address."""
    return RestError(400, "PGRST115", "Payload values do not match URL in primary key column(s)")


def not_singular(rows: int) -> RestError:
    """Make the error for a single object asked for where there is none or several."""
    return RestError(
        406,
        "PGRST116",
        "Cannot coerce the result to a single JSON object",
        details=f"The result contains {rows} rows",
    )


def unsupported_method(method: str) -> RestError:
    """Make the error for a method that a resource does not know."""
    return RestError(405, "PGRST117", f"Unsupported HTTP method: {method}")


def related_order_impossible(origin: str, target: str) -> RestError:
    """Make the error for ordering by a relation that gives several rows."""
    return RestError(
        400,
        "PGRST118",
        f"A related order on '{target}' is not possible",
        details=f"'{origin}' and '{target}' do not form a many-to-one or one-to-one relationship",
    )


def invalid_preferences(names: Sequence[str]) -> RestError:
    """Make the error for unknown preferences under `handling=strict`."""
    return RestError(
        400,
        "PGRST122",
        "Invalid preferences given with handling=strict",
        details="Invalid preferences: " + ", ".join(names),
    )


def aggregates_disabled() -> RestError:
    """Make the error for an aggregate where they are switched off."""
    return RestError(400, "PGRST123", "Use of aggregate functions is not allowed")


def too_many_affected(rows: int) -> RestError:
    """Make the error for a change that touches more rows than the caller allowed."""
    return RestError(
        400,
        "PGRST124",
        "Query result exceeds max-affected preference constraint",
        details=f"The query affects {rows} rows",
    )


def invalid_path() -> RestError:
    """Make the error for an address that is neither a table, a function nor the root."""
    return RestError(404, "PGRST125", "Invalid path specified in request URL")


def openapi_disabled() -> RestError:
    """Make the error for the root where the description is switched off."""
    return RestError(404, "PGRST126", "Root endpoint metadata is disabled")


def not_implemented(details: str) -> RestError:
    """Make the error for what the grammar allows and the planner does not."""
    return RestError(400, "PGRST127", "Feature not implemented", details=details)


def max_affected_on_single() -> RestError:
    """Make the error for max-affected on a function that does not return a set."""
    return RestError(
        400,
        "PGRST128",
        "Function must return SETOF or TABLE when max-affected preference is used with handling=strict",
    )


def too_complex(what: str) -> RestError:
    """Make the error for a request beyond the bounds of nesting or number."""
    return RestError(400, "PGRST100", f"The request has {what}", details="Split it into several requests")


def null_character() -> RestError:
    """Make the error for a NUL, which no Postgres text can hold."""
    return RestError(400, "22021", 'invalid byte sequence for encoding "UTF8": 0x00')


def cache_missing() -> RestError:
    """Make the error for a schema that could not be read yet."""
    return RestError(503, "PGRST002", "Could not query the database for the schema cache. Retrying.")


def connection_failed(details: str | None = None) -> RestError:
    """Make the error for a database that can't be reached."""
    return RestError(503, "PGRST000", "Database connection error.", details=details)


def connection_lost(details: str | None = None) -> RestError:
    """Make the error for a connection that broke under the request."""
    return RestError(503, "PGRST001", "Database client error. Retrying the connection.", details=details)


def pool_exhausted() -> RestError:
    """Make the error for a pool that gave no connection in time."""
    return RestError(504, "PGRST003", "Timed out acquiring connection from connection pool.")
