"""The contract of a product's story in the demo: what is set up, then what happens, one event after another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from headwater.core.database.database import Database
from headwater.kit.demo.client import DemoClient
from headwater.kit.demo.control import WorldControl


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What a story is told with.

    Attributes:
        client: calls the API as the demo's user, who is signed in.
        world: drives the simulated systems.
        database: the demo's own, for a history that no request could write.
        user_id: the demo's user.
        workspace_id: the workspace of that user; a story writes nowhere else.
        report: prints a line.
    """

    client: DemoClient
    world: WorldControl
    database: Database
    user_id: UUID
    workspace_id: UUID
    report: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an event.

    Attributes:
        says: one line for the terminal.
        is_right: whether it came out as it should.
        notified: whether the user was notified, by e-mail and webhook.
    """

    says: str
    is_right: bool
    notified: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in the outside world, and how the product took it."""

    says: str
    happen: Callable[[], Awaitable[Outcome]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """A product's story.

    Attributes:
        systems: names of the simulated systems that it is told with.
        begin: sets up what the story is about, with a month of history at the first time; returns what happens then.
            It runs again at each start of the same demo, and finds what it made before.
        rewind: the simulated world begins anew at each start; this makes what the product remembers of it fit, before
            any worker runs. It acts on the demo's own database.
    """

    systems: Sequence[str]
    begin: Callable[[Stage], Awaitable[Sequence[Event]]]
    rewind: Callable[[asyncpg.Connection], Awaitable[None]] | None = None
