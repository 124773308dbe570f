"""The contract of a simulated outside system: how it is opened, and the settings that point the platform at it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from headwater.kit.demo.control import RunningSystem

Running = TypeVar("Running", bound=RunningSystem)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What a system is opened with.

    Attributes:
        ports: as many neighbouring ports as the system asks for; each is 0 where any free one will do.
        neighbours: the systems that are open already, by name.
        describe: returns the addresses of the whole world, for a control interface that knows all of it.
    """

    ports: Sequence[int]
    neighbours: Mapping[str, RunningSystem]
    describe: Callable[[], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class System(Generic[Running]):
    """A simulated outside system. Each is a real server on loopback that speaks the real wire format.

    Attributes:
        name: what stories and the control interface call it.
        open: runs it while the block runs. Raises OSError where a port is taken.
        ports: how many neighbouring ports it takes.
        needs: names of the systems that are opened before it, and with it.
        settings: the settings that point the platform at it, by the name of their variable.
        addresses: its addresses by name, where it has more than `url`; the demo may fetch from all of them.
    """

    name: str
    open: Callable[[Opening], AbstractAsyncContextManager[Running]]
    ports: int = 2
    needs: Sequence[str] = ()
    settings: Callable[[Running], Mapping[str, str]] | None = None
    addresses: Callable[[Running], Mapping[str, str]] | None = None

    def list_addresses(self, running: Running) -> dict[str, str]:
        """Return the addresses of the running system by name; its own under the system's."""
        return {self.name: running.url, **(self.addresses(running) if self.addresses else {})}

    def list_settings(self, running: Running) -> dict[str, str]:
        """Return the settings that point the platform at the running system."""
        return dict(self.settings(running)) if self.settings else {}
