"""The API as commands call it. Which installation, and with which key, the command line's door decides."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol, cast

import typer


class ApiClient(Protocol):
    """Calls the API and returns its JSON."""

    def request(self, method: str, path: str, **arguments: Any) -> Any:
        """Make one call. Raises HeadwaterError with the API's message, Unavailable when it can't be reached."""


def open_api(context: typer.Context) -> AbstractContextManager[ApiClient]:
    """Open the client that the door of the command line hands to every command."""
    return cast("AbstractContextManager[ApiClient]", context.find_root().obj())
