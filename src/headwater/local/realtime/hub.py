"""What all connections of one server share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg

from headwater.core.clock import Clock
from headwater.local.realtime.changes.feed import ChangeFeed
from headwater.local.realtime.changes.subscriptions import Subscriptions
from headwater.local.realtime.channels.authorization import Authorizer
from headwater.local.realtime.channels.topics import Topics
from headwater.local.realtime.config import RealtimeConfig
from headwater.local.realtime.tokens import TokenReader

if TYPE_CHECKING:
    from headwater.local.realtime.connection import Connection

# The driver's internal error is what a line says that dies in the middle of a statement.
UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What going to the database may end in."""


@dataclass
class Hub:
    """The tools and the state."""

    config: RealtimeConfig
    clock: Clock
    tokens: TokenReader
    pool: asyncpg.Pool
    authorizer: Authorizer
    feed: ChangeFeed
    topics: Topics
    subscriptions: Subscriptions
    connections: set[Connection] = field(default_factory=set)
