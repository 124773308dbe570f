"""A dictionary that forgets what was not used for longest, so that state by name stays bounded."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Keeps at most `limit` values by name; reading or writing one makes it the most recent."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[str, Value] = OrderedDict()

    def get(self, name: str) -> Value | None:
        """Return the value of `name`, or None."""
        value = self._values.get(name)
        if value is not None:
            self._values.move_to_end(name)
        return value

    def put(self, name: str, value: Value) -> Value:
        """Keep `value` under `name`, forget the least recent one beyond the limit, and return `value` back."""
        self._values[name] = value
        self._values.move_to_end(name)
        if len(self._values) > self._limit:
            self._values.popitem(last=False)
        return value

    def drop(self, name: str) -> None:
        """Forget `name`."""
        self._values.pop(name, None)

    def __len__(self) -> int:
        return len(self._values)
