"""The simulated world: any number of systems on neighbouring ports, driven in this process or over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from headwater.core.errors import Conflict, NotFound
from headwater.demo.ports import PortPlan
from headwater.demo.systems import list_systems
from headwater.kit.demo import Opening, RunningSystem, System
from headwater.kit.demo.control import run_action

Running = TypeVar("Running", bound=RunningSystem)
_ALLOWED_HOSTS = "FETCH_ALLOWED_HOSTS"


class World:
    """The simulated systems that run."""

    def __init__(self, closing: AsyncExitStack, *, known: Mapping[str, System[Any]], ports: PortPlan) -> None:
        """Take what closes the systems, those that can be opened by name, and their ports."""
        self._closing = closing
        self._known = dict(known)
        self._ports = ports
        self._opened: dict[str, tuple[System[Any], RunningSystem]] = {}

    @property
    def systems(self) -> dict[str, RunningSystem]:
        """Return the running systems by name."""
        return {name: running for name, (_, running) in self._opened.items()}

    async def open(self, system: System[Running]) -> Running:
        """Run a system, and those that it needs, until the world ends; one that runs already is returned as it is.

        Raises:
            NotFound: it needs a system that nobody knows.
            Conflict: a port of its is taken.
        """
        if system.name not in self._opened:
            for name in system.needs:
                await self.open_by_name(name)
            ports = self._ports.assign(system.name, system.ports)
            opening = Opening(ports=ports, neighbours=self.systems, describe=self.describe)
            try:
                running = await self._closing.enter_async_context(system.open(opening))
            except OSError as error:
                message = f"The simulated {system.name} can't listen on ports {ports[0]} to {ports[-1]}: {error}"
                raise Conflict(message, hint="Stop what listens there; it may be another demo.") from error
            self._opened[system.name] = (system, running)
        return self.get(system)

    async def open_by_name(self, name: str) -> RunningSystem:
        """Run the system of that name. Raises as `open`."""
        if name not in self._known:
            raise _unknown(name)
        running: RunningSystem = await self.open(self._known[name])
        return running

    def get(self, system: System[Running]) -> Running:
        """Return a system that runs. Raises NotFound."""
        if system.name not in self._opened:
            raise _unknown(system.name)
        return cast("Running", self._opened[system.name][1])

    async def call(self, system: str, action: str, **arguments: Any) -> Any:
        """Run an action of a system and return its result as plain JSON values. Raises NotFound, ValidationError."""
        if system not in self._opened:
            raise _unknown(system)
        return await run_action(self._opened[system][1].actions(), action, arguments)

    async def find_urls(self) -> dict[str, str]:
        """Return the addresses by name: of each system, and of the hosts and pages that it has (`site:acme`)."""
        found: dict[str, str] = {}
        for system, running in self._opened.values():
            found |= system.list_addresses(running)
        return found

    async def describe(self) -> dict[str, dict[str, str]]:
        """Return the addresses of the systems and of their control interfaces."""
        controls = {name: running.control_url for name, running in self.systems.items()}
        return {"urls": await self.find_urls(), "control_urls": controls}

    async def list_settings(self, *, allowed_hosts: Sequence[str] = ()) -> dict[str, str]:
        """Return the settings that point the platform at every system; their hosts may be fetched from."""
        settings: dict[str, str] = {}
        for system, running in self._opened.values():
            settings |= system.list_settings(running)
        urls = (await self.find_urls()).values()
        hosts = {urlsplit(url).netloc for url in urls if url.startswith(("http:", "https:"))}
        return settings | {_ALLOWED_HOSTS: ",".join(dict.fromkeys([*allowed_hosts, *sorted(hosts)]))}


@asynccontextmanager
async def open_world(
    systems: Sequence[System[Any]] | None = None,
    *,
    port: int = 0,
    ports: PortPlan | None = None,
    known: Mapping[str, System[Any]] | None = None,
) -> AsyncIterator[World]:
    """Run these systems while the block runs, or all that there are; further ones can be opened later.

    Args:
        systems: those to run; None runs all that are known.
        port: where the ports begin; 0 takes any free ones.
        ports: which ports each takes, in place of `port`.
        known: the systems that can be opened by name; those of the platform unless it says more.
    """
    # A system that was made with other terms than usual goes before the usual one, for those that need it as well.
    known = {**(list_systems() if known is None else known), **{system.name: system for system in systems or ()}}
    async with AsyncExitStack() as closing:
        world = World(closing, known=known, ports=ports or PortPlan(port))
        for system in known.values() if systems is None else systems:
            await world.open(system)
        yield world


async def run_world(
    systems: Sequence[System[Any]] | None = None,
    *,
    port: int = 0,
    report: Callable[[dict[str, str]], None] | None = None,
) -> None:
    """Run the world until this task is cancelled; `report` gets the addresses once they answer."""
    async with open_world(systems, port=port) as world:
        if report is not None:
            report(await world.find_urls())
        await asyncio.Event().wait()


def _unknown(name: str) -> NotFound:
    return NotFound(f"there is no system {name!r}", code="unknown_system")
