"""Errors as Supabase Auth answers them, in the two shapes that its clients know."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from headwater.local.auth.answers import answer_json

_VERSION_HEADER = "x-supabase-api-version"
_NEW_SHAPE_SINCE = date(2024, 1, 1)


class AuthError(Exception):
    """An error that the caller may see: HTTP status, code and message of Supabase Auth."""

    def __init__(self, status: int, code: str, message: str, *, reasons: list[str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.reasons = reasons


def bad_request(code: str, message: str) -> AuthError:
    """400: the request can't be understood or the credentials don't hold."""
    return AuthError(400, code, message)


def forbidden(code: str, message: str) -> AuthError:
    """403: the token, code or link doesn't allow this."""
    return AuthError(403, code, message)


def not_found(code: str, message: str) -> AuthError:
    """404: there is no such thing."""
    return AuthError(404, code, message)


def unprocessable(code: str, message: str) -> AuthError:
    """422: understood, and refused."""
    return AuthError(422, code, message)


def too_many(code: str, message: str) -> AuthError:
    """429: asked too often."""
    return AuthError(429, code, message)


def unexpected() -> AuthError:
    """500: a fault of ours, told without its text."""
    return AuthError(500, "unexpected_failure", "Unexpected failure, please check server logs for more information")


def wants_new_shape(request: Request) -> bool:
    """Tell whether the caller asked for the shape of 2024-01-01 or later."""
    try:
        return date.fromisoformat(request.headers.get(_VERSION_HEADER, "")) >= _NEW_SHAPE_SINCE
    except ValueError:
        return False


def render_error(error: AuthError, request: Request) -> Response:
    """Return the answer for `error` in the shape that the caller asked for."""
    headers = {"x-sb-error-code": error.code}
    body: dict[str, Any]
    if wants_new_shape(request):
        headers[_VERSION_HEADER] = _NEW_SHAPE_SINCE.isoformat()
        body = {"code": error.code, "message": error.message}
    else:
        body = {"code": error.status, "error_code": error.code, "msg": error.message}
        if error.status >= 500:
            body["error_id"] = request.headers.get("x-request-id", "")
    if error.reasons is not None:
        body["weak_password"] = {"reasons": error.reasons}
    return answer_json(body, status=error.status, headers=headers)
