"""What a product, or a room of the kit, brings to the doors: its whole contract in one immutable value.

The doors (gateway, workers, command line, doctor, documentation, tests) read nothing else of a product.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from headwater.core.resources import Resources

if TYPE_CHECKING:
    import asyncpg
    from fastapi import APIRouter
    from starlette.types import ASGIApp

    from headwater.core.settings import ModuleSettings, Settings
    from headwater.kit.jobs import JobDefinition, Schedule
    from headwater.kit.notify import EventKind
    from headwater.kit.overview import NeedsAttention, Overview
    from headwater.kit.retention import Keep


def check_prefix(prefix: str) -> None:
    """Raise ValueError where `prefix` is no path that others can be below: `/hooks/instagram`."""
    if not prefix.startswith("/") or prefix.endswith("/"):
        raise ValueError(f"{prefix!r}: a prefix begins with a slash and doesn't end with one")


@dataclass(frozen=True, slots=True)
class Mount:
    """A raw ASGI application beside the API: no middleware and no framework of the API stands before it.

    Nothing is done for it: request ids, metrics, limits, CORS and security headers are its own.

    Attributes:
        prefix: path that it answers at and below, such as `/hooks/instagram`; browsers that open it reach it, too.
        make: makes it once a process, when the tools are open.
    """

    prefix: str
    make: Callable[[Resources], ASGIApp]

    def __post_init__(self) -> None:
        check_prefix(self.prefix)


@dataclass(frozen=True, slots=True)
class Finding:
    """What `headwater doctor` found of one thing. `advice` says what to do; a `warning` stops nothing."""

    name: str
    state: Literal["ok", "warning", "wrong"]
    text: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """Endpoints that can run as a process of their own: `headwater serve <name>`.

    Attributes:
        name: what follows `headwater serve`.
        summary: one line for `--help`.
        routers: returns its endpoints. They are called by our own gateway, so requests aren't counted.
        check: raises SettingsError where a setting that it needs is missing.
    """

    name: str
    summary: str
    routers: Callable[[], Sequence[APIRouter]]
    check: Callable[[Settings], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Module:
    """A room of the kit or a product.

    Attributes:
        name: short and lower case; for a product the folder's name.
        title: how people call it; empty for a room that nobody sees.
        routers: returns its endpoints; called by the gateway alone, so that workers stay free of the web framework.
        mounts: its raw ASGI applications.
        public_prefixes: paths of its endpoints that a browser opens, so that the dashboard never answers there.
        body_limits: largest body of a request in bytes by path prefix, where the usual 2 MB don't do.
        jobs: its durable jobs.
        schedules: what runs by the clock.
        keeps: how long rows of its tables are kept.
        event_kinds: what it notifies people of; their keys begin with its name.
        mail_templates: folder with a folder a kind (`alert/subject.txt`, `body.txt`, `body.html`); other kinds
            have the usual mail.
        settings: its own settings, read from the environment and provided to routes and jobs by their type.
        lifespan: entered once a process with the tools, to provide the module's own; left when the process ends.
        preloaded: modules whose functions run in the pool of processes; each child imports them at its start.
        processes: what can run as a process of its own.
        status: counts for `headwater status` by name, read past row-level security.
        doctor: looks at what it needs for `headwater doctor`, by the name of what they look at.
        service_role: its files, relative to its folder, that act past row-level security, each with the reason.
        policy_cases: place of its `PolicyCases`: who may do what to its tables.
        overview: reads what there is to say on the first page: what happened, how things stand.
        needs_attention: reads what waits for the caller, by what their role lets them do.
        demo_systems: places of its simulated outside systems, each a `System` of `kit.demo`.
        demo_story: place of its `Story` of `kit.demo`. Both are loaded by `headwater demo` alone.
    """

    name: str
    title: str = ""
    routers: Callable[[], Sequence[APIRouter]] = tuple
    mounts: Sequence[Mount] = ()
    public_prefixes: Sequence[str] = ()
    body_limits: Mapping[str, int] = field(default_factory=dict)
    jobs: Sequence[JobDefinition[Any]] = ()
    schedules: Sequence[Schedule] = ()
    keeps: Sequence[Keep] = ()
    event_kinds: Sequence[EventKind] = ()
    mail_templates: Path | None = None
    settings: type[ModuleSettings] | None = None
    lifespan: Callable[[Resources], AbstractAsyncContextManager[None]] | None = None
    preloaded: Sequence[str] = ()
    processes: Sequence[Process] = ()
    status: Callable[[asyncpg.Connection], Awaitable[Mapping[str, int]]] | None = None
    doctor: Mapping[str, Callable[[Settings], Awaitable[Finding]]] = field(default_factory=dict)
    service_role: Mapping[str, str] = field(default_factory=dict)
    policy_cases: str | None = None
    overview: Overview | None = None
    needs_attention: NeedsAttention | None = None
    demo_systems: Sequence[str] = ()
    demo_story: str | None = None

    def __post_init__(self) -> None:
        for prefix in (*self.public_prefixes, *self.body_limits):
            check_prefix(prefix)


@dataclass(frozen=True, kw_only=True)
class Product(Module):
    """One product: a module that people know by its title.

    Two files of its folder are found by their names, for who asks for them has no time to read the product: `app` of
    `commands.py`, its part of the command line, and `exports` of `exports.py`, what it adds to the package
    (`headwater.load_dataset`) with the place of each (`package.module:attribute`).

    Attributes:
        promise: one sentence, what it does for people. Sign-in shows it to anybody.
    """

    title: str
    promise: str


def load_place(place: str) -> Any:
    """Import what a place `package.module:attribute` names. Raises ImportError, AttributeError: it isn't there."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)
