"""The rooms and the products there are, by name. A sixth product is a folder and its name in this list.

Nothing is imported before it is asked for, so that the command line starts without reading what it doesn't run.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from headwater.kit.module import Module, Process, Product, load_place

if TYPE_CHECKING:
    from headwater.kit.demo import Story, System
    from headwater.kit.jobs import JobDefinition, Schedule
    from headwater.kit.overview import Contribution

ROOMS = ("workspaces", "jobs", "notify", "controls")
PRODUCTS = ("watch",)


@cache
def list_products() -> tuple[Product, ...]:
    """Return the products."""
    return tuple(load_place(f"headwater.products.{name}.product:product") for name in PRODUCTS)


@cache
def list_folders() -> dict[str, Module]:
    """Return everything that registers, the products before the rooms beneath them, by its folder: `products/watch`."""
    products = {f"products/{product.name}": product for product in list_products()}
    return products | {f"kit/{name}": load_place(f"headwater.kit.{name}.room:room") for name in ROOMS}


def list_modules() -> tuple[Module, ...]:
    """Return everything that registers: the products, then the rooms beneath all of them."""
    return tuple(list_folders().values())


def list_command_places() -> dict[str, str]:
    """Return where each product's part of the command line is: `app` of its `commands.py`, where it has one.

    Found by the file's name, since `headwater --help` has no time to read what the products are made of.
    """
    names = (name for name in PRODUCTS if find_spec(f"headwater.products.{name}.commands"))
    return {name: f"headwater.products.{name}.commands:app" for name in names}


def find_process(name: str) -> Process:
    """Return the process that a module offers as `headwater serve <name>`. Raises LookupError: none does."""
    for process in list_processes():
        if process.name == name:
            return process
    raise LookupError(f"no module has a process {name!r}")


def list_processes() -> tuple[Process, ...]:
    """Return what can run as a process of its own, beside gateway and workers."""
    return tuple(process for module in list_modules() for process in module.processes)


def list_jobs() -> tuple[JobDefinition[Any], ...]:
    """Return every durable job there is."""
    return tuple(job for module in list_modules() for job in module.jobs)


def list_schedules() -> tuple[Schedule, ...]:
    """Return everything that runs by the clock, and what deletes rows that are too old."""
    from headwater.kit.retention import make_schedules

    return tuple(
        schedule for module in list_modules() for schedule in (*module.schedules, *make_schedules(module.keeps))
    )


def list_preloaded() -> tuple[str, ...]:
    """Return the names of the modules whose functions run in the pool of processes."""
    return tuple(name for module in list_modules() for name in module.preloaded)


def list_demo_systems() -> tuple[System[Any], ...]:
    """Return the simulated outside systems that the modules bring, for the demo alone."""
    return tuple(load_place(place) for module in list_modules() for place in module.demo_systems)


def list_stories() -> dict[str, Story]:
    """Return the stories that the demo shows, by the name of whose they are."""
    return {module.name: load_place(module.demo_story) for module in list_modules() if module.demo_story}


@cache
def list_exports() -> dict[str, str]:
    """Return where each name is that products add to the package: `exports` of a product's `exports.py`.

    Found by the file's name, as commands are: who asks for `headwater.load_dataset` waits for that product alone.

    Raises:
        ValueError: two products export the same name, or one that a part of the package has.
    """
    found: dict[str, str] = {}
    for product in PRODUCTS:
        if find_spec(f"headwater.products.{product}.exports") is None:
            continue
        for name, place in load_place(f"headwater.products.{product}.exports:exports").items():
            if name in found or name.startswith("_") or find_spec(f"headwater.{name}"):
                raise ValueError(f"{product}: headwater.{name} is another's name")
            found[name] = place
    return found


def list_contributions() -> tuple[Contribution, ...]:
    """Return what the overview is made of."""
    from headwater.kit.overview import Contribution

    return tuple(
        Contribution(module.name, module.title, module.overview, module.needs_attention)
        for module in list_modules()
        if module.overview or module.needs_attention
    )
