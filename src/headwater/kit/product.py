"""What a product tells the doors: the table of contents from which the API, the workers and the docs are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.jobs import JobDefinition, Schedule
from headwater.kit.overview import Overview
from headwater.kit.processes import ProcessPool

if TYPE_CHECKING:
    from fastapi import APIRouter


def make_pool(settings: Settings, products: Sequence[Product]) -> ProcessPool:
    """Make the pool of processes that works on foreign text, ready for what the products do in it."""
    return ProcessPool(
        size=settings.reading_processes,
        seconds=settings.reading_seconds,
        preload=[name for product in products for name in product.preloaded],
    )


@dataclass(frozen=True)
class Product:
    """One product.

    Attributes:
        name: short and lower case, the folder's name.
        title: how people call it, with one line on what it does.
        routers: gives its endpoints; called by the gateway alone, so that workers stay free of the web framework.
        jobs: its durable jobs.
        schedules: what runs by the clock.
        open: called once a process with its tools, to provide the product's own.
        preloaded: modules whose functions run in the pool of processes; each child imports them at its start.
        overview: reads what the product has to tell on the first page: what happened, how things stand.
    """

    name: str
    title: str
    routers: Callable[[], Sequence[APIRouter]] = tuple
    jobs: Sequence[JobDefinition[Any]] = ()
    schedules: Sequence[Schedule] = ()
    open: Callable[[Resources], Awaitable[None]] | None = None
    preloaded: Sequence[str] = ()
    overview: Overview | None = None
