"""Where controls keep what all processes share: the small interface before Valkey and before Postgres."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Protocol


class StateAway(Exception):
    """The shared state did not answer. Every control catches this and falls back; no caller of theirs sees it."""


@dataclass(frozen=True)
class Operation:
    """One step on one key that is done whole or not at all, however many processes do it at the same moment.

    Attributes:
        name: the function of the schema `controls` that does it in Postgres, with the key and the arguments.
        script: the Lua that does it in Valkey, with the key in `KEYS` and the arguments in `ARGV`; or
        command: Valkey's own command for it.
        digest: of the script, so that it is sent in full once a server.
    """

    name: str
    script: str = ""
    command: str = ""
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self.script.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "digest", digest)


@dataclass(frozen=True, slots=True)
class Call:
    """An operation with its key and its arguments; several travel in one round trip."""

    operation: Operation
    key: str
    arguments: tuple[Any, ...] = ()

    @classmethod
    def of(cls, operation: Operation, key: str, *arguments: Any) -> Call:
        """Return the call of `operation` on `key` with `arguments`."""
        return cls(operation, key, arguments)


class SharedState(Protocol):
    """What is shared by all processes of a deployment, and forgotten in time."""

    @property
    def lacks_scripts(self) -> bool:
        """True where nothing but plain commands is done, so that what needs more stays with each process."""
        ...

    def key(self, *parts: str) -> str:
        """Return the key of `parts`, whose first is the kind of control."""
        ...

    async def run(self, *calls: Call) -> list[Any]:
        """Do `calls`, each by itself, in one round trip, and return their answers.

        Raises:
            StateAway: no answer, or an error for one of the calls.
        """
        ...

    async def ping(self) -> bool:
        """Say whether it answers."""
        ...

    async def sweep(self) -> int:
        """Delete what has expired, where it isn't forgotten by itself; return how much that was. Raises StateAway."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
