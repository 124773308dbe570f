"""What Postgres refuses, by its SQLSTATE, becomes what a caller is told; everything else is a fault of ours."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError

from headwater.core.database.translating import translate_error
from headwater.core.errors import Conflict, Forbidden, HeadwaterError, InvalidInput, NotFound, Unavailable

STATES: dict[str, tuple[type[HeadwaterError] | None, str]] = {
    "23505": (Conflict, "conflict"),
    "PT409": (Conflict, "limit_reached"),
    "23503": (NotFound, "not_found"),
    "23514": (InvalidInput, "invalid_input"),
    "23502": (InvalidInput, "invalid_input"),
    "22001": (InvalidInput, "invalid_input"),
    "22003": (InvalidInput, "invalid_input"),
    "22021": (InvalidInput, "invalid_input"),
    "22P02": (InvalidInput, "invalid_input"),
    "22P05": (InvalidInput, "invalid_input"),
    "42501": (Forbidden, "forbidden"),
    "08006": (Unavailable, "unavailable"),
    "53100": (Unavailable, "unavailable"),
    "53300": (Unavailable, "unavailable"),
    "57P01": (Unavailable, "unavailable"),
    "57P03": (Unavailable, "unavailable"),
    "57014": (Unavailable, "timeout"),
    "42601": (None, ""),
    "42P01": (None, ""),
    "22012": (None, ""),
    "XX000": (None, ""),
}


@pytest.mark.parametrize("state", STATES)
def test_state_of_postgres_is_told_as(state: str) -> None:
    kind, code = STATES[state]
    told = translate_error(asyncpg.PostgresError.new({"C": state, "M": "hunter2", "S": "ERROR"}))
    assert (type(told) if told else None) is kind
    if told is not None:
        assert told.code == code
        # Only a limit of ours has words for people in it.
        assert ("hunter2" in told.message) is (state == "PT409")


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (IntegrityError("x", None, asyncpg.InterfaceError("connection is closed"), connection_invalidated=True), True),
        # Raised by no statement: whatever failed, it wasn't the database.
        (ConnectionResetError(), False),
        (TimeoutError(), False),
        (OSError(28, "No space left on device"), False),
        (asyncpg.InterfaceError("connection is closed"), True),
        (ValueError("ours"), False),
        (KeyError("ours"), False),
    ],
)
def test_lost_connection_is_told_as_one(error: Exception, lost: bool) -> None:
    told = translate_error(error)
    assert (told.code if told else None) == ("unavailable" if lost else None)
