"""Turning errors of Postgres into answers: the status by SQLSTATE, and full control by `RAISE sqlstate 'PGRST'`."""

from __future__ import annotations

from typing import Any

import orjson

from headwater.local.rest.database.connection import DatabaseFailure
from headwater.local.rest.errors import RestError

EXACT = {
    "23503": 409, "23505": 409, "25006": 405, "53400": 500, "57P01": 503, "P0001": 400, "42P01": 404, "42P17": 500,
}  # fmt: skip
CLASSES = {
    "08": 503, "09": 500, "0L": 403, "0P": 403, "25": 500, "28": 403, "2D": 500, "38": 500, "39": 500, "3B": 500,
    "40": 500, "53": 503, "54": 500, "55": 500, "57": 500, "58": 500, "F0": 500, "HV": 500, "P0": 500, "XX": 500,
}  # fmt: skip


def choose_status(failure: DatabaseFailure, *, anonymous: bool) -> int:
    """Return the HTTP status of an error; an anonymous caller without privilege is asked to sign in."""
    code, message = failure.sqlstate, failure.message
    if code == "42501":
        return 401 if anonymous else 403
    if code == "21000":
        return 400 if message.endswith("requires a WHERE clause") else 500
    if code == "22023":
        return 401 if message.startswith("role") and message.endswith("does not exist") else 400
    if code == "42883":
        return 406 if message.startswith("function xmlagg(") else 404
    if code.startswith("PT"):
        return int(code[2:]) if code[2:].isdecimal() else 500
    return EXACT.get(code) or CLASSES.get(code[:2], 400)


def translate(failure: DatabaseFailure, *, anonymous: bool) -> RestError:
    """Make the answer for an error that Postgres raised."""
    if failure.sqlstate == "PGRST":
        return read_raised(failure)
    status = choose_status(failure, anonymous=anonymous)
    return RestError(
        status,
        failure.sqlstate,
        failure.message,
        details=failure.details,
        hint=failure.hint,
        headers=(("WWW-Authenticate", "Bearer"),) if status == 401 else (),
        reason=failure.message if failure.sqlstate.startswith("PT") else None,
    )


def raise_unreadable(details: str, hint: str) -> RestError:
    """Make PGRST121: a raised answer that can't be read."""
    return RestError(
        500,
        "PGRST121",
        "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
        details=details,
        hint=hint,
    )


IN_MESSAGE = (
    "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
)
IN_DETAIL = "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."


def read_raised(failure: DatabaseFailure) -> RestError:
    """Read an answer that a function raised in whole: the body in MESSAGE, status and headers in DETAIL."""
    message = read_object(failure.message, ("code", "message"), ("details", "hint"))
    if message is None:
        return raise_unreadable(f"Invalid JSON value for MESSAGE: '{failure.message}'", IN_MESSAGE)
    if failure.details is None:
        return raise_unreadable("DETAIL is missing in the RAISE statement", IN_DETAIL)
    detail = read_object(failure.details, (), ("status_text",))
    headers = detail.get("headers") if detail else None
    status = detail.get("status") if detail else None
    if (
        detail is None
        or not isinstance(status, int)
        or not isinstance(headers, dict)
        or not all(isinstance(value, str) for value in headers.values())
    ):
        return raise_unreadable(f"Invalid JSON value for DETAIL: '{failure.details}'", IN_DETAIL)
    return RestError(
        status,
        message["code"],
        message["message"],
        details=message.get("details"),
        hint=message.get("hint"),
        headers=tuple(headers.items()),
        reason=detail.get("status_text"),
    )


def read_object(text: str, required: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Any] | None:
    """Read a JSON object whose named keys are text; returns None for anything else."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in required):
        return None
    if not all(value.get(key) is None or isinstance(value[key], str) for key in optional):
        return None
    return value
