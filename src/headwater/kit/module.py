"""What a product, or a room of the kit, brings to the doors: its whole contract in one immutable value.

The doors (gateway, workers, command line, doctor, documentation, tests) read nothing else of a product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from headwater.core.resources import Resources

if TYPE_CHECKING:
    from fastapi import APIRouter

    from headwater.kit.jobs import JobDefinition, Schedule
    from headwater.kit.overview import Overview


@dataclass(frozen=True, kw_only=True)
class Module:
    """A room of the kit or a product.

    Attributes:
        name: short and lower case; for a product the folder's name.
        title: how people call it; empty for a room that nobody sees.
        routers: returns its endpoints; called by the gateway alone, so that workers stay free of the web framework.
        jobs: its durable jobs.
        schedules: what runs by the clock.
        lifespan: entered once a process with the tools, to provide the module's own; left when the process ends.
        preloaded: modules whose functions run in the pool of processes; each child imports them at its start.
        overview: reads what there is to say on the first page: what happened, how things stand.
    """

    name: str
    title: str = ""
    routers: Callable[[], Sequence[APIRouter]] = tuple
    jobs: Sequence[JobDefinition[Any]] = ()
    schedules: Sequence[Schedule] = ()
    lifespan: Callable[[Resources], AbstractAsyncContextManager[None]] | None = None
    preloaded: Sequence[str] = ()
    overview: Overview | None = None

    @property
    def short_title(self) -> str:
        """Return the title without what the module does: `Watch`."""
        return self.title.partition(":")[0]


@dataclass(frozen=True, kw_only=True)
class Product(Module):
    """One product: a module that people know by its title, with one line on what it does (`Watch: tell me …`)."""

    title: str


def load_place(place: str) -> Any:
    """Import what a place `package.module:attribute` names. Raises ImportError, AttributeError: it isn't there."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)
