"""A registry by type: how routes and jobs reach the tools that the doors opened, without globals."""

from __future__ import annotations

from typing import TypeVar, cast

Tool = TypeVar("Tool")


class Resources:
    """Holds one instance a type. The doors provide, routes and jobs get."""

    def __init__(self) -> None:
        self._by_type: dict[type, object] = {}

    def provide(self, kind: type[Tool], instance: Tool) -> Tool:
        """Register `instance` as the tool for `kind`, replacing an earlier one, and return it back."""
        self._by_type[kind] = instance
        return instance

    def get(self, kind: type[Tool]) -> Tool:
        """Return the tool for `kind`.

        Raises:
            LookupError: no door provided one, which is a fault in the wiring.
        """
        try:
            return cast(Tool, self._by_type[kind])
        except KeyError:
            raise LookupError(f"no {kind.__name__} was provided; the door that runs this must open one") from None

    def has(self, kind: type) -> bool:
        """Say whether a tool for `kind` was provided."""
        return kind in self._by_type
