"""What an error of the driver is in the closed set."""

from __future__ import annotations

from traceback import walk_tb

import asyncpg
from sqlalchemy.exc import DBAPIError

from headwater.core.errors import Conflict, Forbidden, HeadwaterError, InvalidInput, NotFound, Unavailable

_UNREACHABLE = "The database can't be reached; try again shortly."
_EVENT_LOOPS = frozenset({"asyncio", "uvloop"})


def translate_of_transaction(error: BaseException, *, of_body: bool) -> HeadwaterError | None:
    """Translate an error of a transaction: outside its body every OSError is the connection's."""
    if isinstance(error, OSError) and not of_body:
        return Unavailable(_UNREACHABLE)
    return translate_error(error)


def _is_of_driver(error: BaseException) -> bool:
    """Return whether `error` was raised by a statement: the code it comes from is asyncpg's, loops and sockets aside.

    asyncpg passes on what its socket raises (a connection that timed out, a broken pipe) and what a statement's
    `timeout` raises. The source that a COPY reads is called by asyncpg, and is the caller's code again.
    """
    rooms = [frame.f_globals.get("__name__", "").partition(".")[0] for frame, _ in walk_tb(error.__traceback__)]
    return next((room for room in reversed(rooms) if room not in _EVENT_LOOPS), "") == "asyncpg"


# Raised by our triggers with a message for people; PostgREST answers the same state with 409.
_LIMIT_REACHED = "PT409"


def translate_error(error: BaseException) -> HeadwaterError | None:
    """Return the error of the closed set for a driver's error, or None for any other: OSErrors of our own among
    them.
    """
    original = _original_error(error)
    state = find_state(error)
    if state is None:
        lost = (
            isinstance(original, (asyncpg.InterfaceError, asyncpg.InternalClientError))
            or (isinstance(original, OSError) and _is_of_driver(original))
            or (isinstance(error, DBAPIError) and error.connection_invalidated)
        )
        return Unavailable(_UNREACHABLE) if lost else None
    if state == "23505":
        return Conflict("This exists already.", details=getattr(original, "constraint_name", None))
    if state == "23503":
        return NotFound("Something that this refers to doesn't exist.")
    if state in {"23514", "23502", "22001", "22003", "22021", "22P02", "22P05"}:
        return InvalidInput("A value isn't acceptable.", details=getattr(original, "constraint_name", None))
    if state == _LIMIT_REACHED:
        return Conflict(
            str(getattr(original, "message", "") or "A limit is reached."),
            code="limit_reached",
            details=getattr(original, "constraint_name", None),
            hint=getattr(original, "hint", None),
        )
    if state == "42501":
        return Forbidden("You may not do this in this workspace.")
    if state in {"40001", "40P01"}:
        return Unavailable("The same things were changed at the same moment; try again.", code="conflicting_changes")
    if state[:2] in {"08", "53", "57"} and state != "57014":
        return Unavailable("The database can't take this now; try again shortly.")
    if state == "57014":
        return Unavailable("The database took too long; try a smaller request.", code="timeout")
    return None


def find_state(error: BaseException) -> str | None:
    """Return the SQLSTATE of a driver's error, or None for any other error."""
    state: str | None = getattr(_original_error(error), "sqlstate", None)
    return state


def _original_error(error: BaseException) -> BaseException:
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error
