"""The demo's user: a password that can be typed, and the channels by which they are notified."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from headwater.core.clock import monotonic
from headwater.demo.systems import receiver
from headwater.demo.world import World
from headwater.kit.demo import DemoClient
from headwater.process.folders import write_private

EMAIL = "demo@example.com"
_LOOK_AGAIN_SECONDS = 0.5
_WORDS = (
    "amber", "anchor", "aspen", "badger", "basil", "beacon", "birch", "breeze", "canyon", "cedar", "clover", "comet",
    "coral", "crane", "delta", "dune", "ember", "falcon", "fern", "fjord", "garnet", "glade", "harbor", "hazel",
    "heron", "island", "ivory", "juniper", "kestrel", "lagoon", "larch", "lotus", "maple", "marble", "meadow", "mesa",
    "nectar", "ocean", "olive", "opal", "orchid", "otter", "pebble", "pine", "prairie", "quartz", "raven", "reef",
    "river", "saffron", "sage", "sparrow", "spruce", "summit", "thistle", "tundra", "valley", "velvet", "walnut",
    "willow", "zephyr",
)  # fmt: skip

_NEWEST_SESSION = "select max(created_at) from auth.sessions where user_id = $1"


def read_or_make_password(path: Path) -> str:
    """Return the password that is kept in `path`: two words and a number, made at the first time."""
    try:
        kept = path.read_text("ascii").strip()
    except FileNotFoundError:
        kept = ""
    if kept:
        return kept
    made = f"{secrets.choice(_WORDS)}-{secrets.choice(_WORDS)}-{secrets.randbelow(90) + 10}"
    write_private(path, made)
    return made


async def connect_channels(client: DemoClient, world: World) -> None:
    """Have the user notified by e-mail and by a webhook; the simulated receiver learns the secret to check it with."""
    await client.choose_channels()
    running = world.get(receiver.system)
    running.trust(await client.open_endpoint(running.url))


async def find_newest_session(connection: asyncpg.Connection, user_id: UUID) -> datetime | None:
    """Return when the user last signed in anywhere."""
    newest: datetime | None = await connection.fetchval(_NEWEST_SESSION, user_id)
    return newest


async def await_visitor(
    connection: asyncpg.Connection, user_id: UUID, *, since: datetime | None, seconds: float
) -> bool:
    """Wait until somebody signs in as the user later than `since`, for so long at most; returns whether they did."""
    until = monotonic() + seconds
    while await find_newest_session(connection, user_id) == since:
        if monotonic() >= until:
            return False
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return True
