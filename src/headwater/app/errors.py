"""Renders every error in one place as `{code, message, details, hint}`. Nothing internal leaks."""

from __future__ import annotations

import math
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from headwater.core.database.translating import translate_error
from headwater.core.errors import CLOSED_SET, HeadwaterError, RateLimited
from headwater.core.reporting import report_fault
from headwater.core.telemetry import get_logger
from headwater.core.text import clean_json

logger = get_logger(__name__)


class ErrorBody(BaseModel):
    """What every error answers."""

    code: str = Field(description="A word for programs.")
    message: str = Field(description="A sentence for people.")
    details: Any = Field(None, description="What exactly, where there is more to say.")
    hint: str | None = Field(None, description="What to do about it.")


ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    kind.status: {"model": ErrorBody, "description": (kind.__doc__ or "").split("\n")[0]} for kind in CLOSED_SET
}
_UNREADABLE = "The body isn't UTF-8, or ends before it is whole."
_TOLD_WITH_429 = {
    "Retry-After": "Seconds until it can be asked for again.",
    "RateLimit-Limit": "Requests a minute.",
    "RateLimit-Remaining": "Requests that are left.",
    "RateLimit-Reset": "Seconds until all of them are back.",
}
_CODES = {404: "not_found", 405: "method_not_allowed", 400: "bad_request", 413: "too_large"}


def install_error_handlers(app: FastAPI) -> None:
    """Make `app` answer each error of the closed set as itself and everything else as `internal_error`."""
    app.add_exception_handler(HeadwaterError, _render_known)
    app.add_exception_handler(RequestValidationError, _render_invalid)
    app.add_exception_handler(HTTPException, _render_http)
    app.add_exception_handler(Exception, _render_unknown)


def complete_errors(document: dict[str, Any]) -> None:
    """Say in an OpenAPI document that errors are JSON at every operation, pages too, and what goes with them."""
    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    headers = {
        name: {"description": text, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
        for name, text in _TOLD_WITH_429.items()
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            if "requestBody" in operation:
                answers["400"] = {"description": _UNREADABLE}
            for status, answer in answers.items():
                described = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
                # Readiness is told with 503 in a shape of its own.
                if int(status) >= 400 and not described.endswith("/Readiness"):
                    answer["content"] = shape
            if "429" in answers:
                answers["429"]["headers"] = {name: dict(one) for name, one in headers.items()}


def complete_parameters(document: dict[str, Any]) -> None:
    """Say in an OpenAPI document that a parameter which may be left out isn't null: neither a query nor a header is."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                choices = parameter["schema"].pop("anyOf", None)
                if choices is not None:
                    kinds = [one for one in choices if one != {"type": "null"}]
                    parameter["schema"] |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def render(error: HeadwaterError) -> JSONResponse:
    """Make the answer for an error of the closed set."""
    headers = {}
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(_as_json(error.to_body()), status_code=error.status, headers=headers)


def _as_json(body: dict[str, Any]) -> dict[str, Any]:
    # What is answered may quote what was sent, and an answer is UTF-8.
    cleaned: dict[str, Any] = clean_json(ErrorBody(**body).model_dump(mode="json"))
    return cleaned


async def _render_known(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HeadwaterError):
        raise error
    if error.status >= 500:
        logger.warning("request_failed", code=error.code, reason=error.message, cause=repr(error.__cause__))
    return render(error)


async def _render_invalid(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [
        {"where": ".".join(str(part) for part in problem["loc"]), "problem": problem["msg"]}
        for problem in error.errors()
    ]
    first = problems[0] if problems else {"where": "body", "problem": "is not acceptable"}
    body = {
        "code": "invalid_input",
        "message": f"{first['where']}: {first['problem']}",
        "details": problems[:20],
        "hint": "The endpoint's documentation at /api/docs lists what it takes.",
    }
    return JSONResponse(_as_json(body), status_code=422)


async def _render_http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    body = {"code": _CODES.get(error.status_code, "http_error"), "message": str(error.detail), "hint": None}
    return JSONResponse(_as_json(body), status_code=error.status_code, headers=error.headers)


async def _render_unknown(_: Request, error: Exception) -> JSONResponse:
    return render_fault(error)


def render_fault(error: Exception) -> JSONResponse:
    """Make the answer for an error outside the closed set: a fault of ours, which is noted, unless the database's."""
    known = translate_error(error)
    if known is not None:
        return render(known)
    logger.error("request_crashed", exc_info=error)
    report_fault(error)
    body = {"code": "internal_error", "message": "Something went wrong on our side; it has been noted.", "hint": None}
    return JSONResponse(_as_json(body), status_code=500)
