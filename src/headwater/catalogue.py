"""The rooms and the products there are, by name. A sixth product is a folder and its name in this list.

Nothing is imported before it is asked for, so that the command line starts without reading what it doesn't run.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from headwater.kit.module import Module, Product, load_place

if TYPE_CHECKING:
    from headwater.kit.jobs import JobDefinition, Schedule
    from headwater.kit.overview import Contribution

ROOMS = ("workspaces", "jobs", "notify")
PRODUCTS = ("watch",)


@cache
def list_products() -> tuple[Product, ...]:
    """Return the products."""
    return tuple(load_place(f"headwater.products.{name}.product:product") for name in PRODUCTS)


@cache
def list_modules() -> tuple[Module, ...]:
    """Return everything that registers: the products, then the rooms beneath all of them."""
    rooms = (load_place(f"headwater.kit.{name}.room:room") for name in ROOMS)
    return (*list_products(), *rooms)


def list_jobs() -> tuple[JobDefinition[Any], ...]:
    """Return every durable job there is."""
    return tuple(job for module in list_modules() for job in module.jobs)


def list_schedules() -> tuple[Schedule, ...]:
    """Return everything that runs by the clock."""
    return tuple(schedule for module in list_modules() for schedule in module.schedules)


def list_preloaded() -> tuple[str, ...]:
    """Return the names of the modules whose functions run in the pool of processes."""
    return tuple(name for module in list_modules() for name in module.preloaded)


def list_contributions() -> tuple[Contribution, ...]:
    """Return what the overview is made of."""
    from headwater.kit.overview import Contribution

    return tuple(
        Contribution(module.name, module.short_title, module.overview) for module in list_modules() if module.overview
    )
