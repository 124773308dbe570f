"""The closed set of errors that Headwater answers with.

Each class carries the HTTP status it is rendered with. Everything else that reaches the door is a fault of ours: it is
reported and answered as `internal_error` without its text.
"""

from __future__ import annotations

from typing import Any, ClassVar


class HeadwaterError(Exception):
    """An error that a caller may see, rendered as `{code, message, details, hint}`."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Any = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details = details
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error travel between processes whole, whatever its class takes to be made."""
        return _revive, (type(self), self.args, self.__dict__)

    def to_body(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        return {"code": self.code, "message": self.message, "details": self.details, "hint": self.hint}


def _revive(kind: type[HeadwaterError], arguments: tuple[Any, ...], state: dict[str, Any]) -> HeadwaterError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class InvalidInput(HeadwaterError):
    """The request is well formed but its content can't be accepted."""

    status = 422
    default_code = "invalid_input"


class Unauthenticated(HeadwaterError):
    """No credentials, or credentials that don't hold."""

    status = 401
    default_code = "unauthenticated"


class Forbidden(HeadwaterError):
    """The caller is known and may not do this."""

    status = 403
    default_code = "forbidden"


class NotFound(HeadwaterError):
    """There is no such thing, or none that the caller may see."""

    status = 404
    default_code = "not_found"


class Conflict(HeadwaterError):
    """The thing exists already or is in a state that forbids this."""

    status = 409
    default_code = "conflict"


class TooLarge(HeadwaterError):
    """More bytes, items or levels than is accepted."""

    status = 413
    default_code = "too_large"


class RateLimited(HeadwaterError):
    """Too many requests; `retry_after` says in how many seconds it may be tried again."""

    status = 429
    default_code = "rate_limited"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float = 1.0,
        code: str | None = None,
        details: Any = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, code=code, details=details, hint=hint)
        self.retry_after = retry_after


class UpstreamFailed(HeadwaterError):
    """An outside system answered wrongly."""

    status = 502
    default_code = "upstream_failed"


class Unavailable(HeadwaterError):
    """A part that this needs is away for now."""

    status = 503
    default_code = "unavailable"


CLOSED_SET: tuple[type[HeadwaterError], ...] = (
    InvalidInput,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    RateLimited,
    UpstreamFailed,
    Unavailable,
)
