"""What the server is set to: limits, times, names in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True)
class RealtimeConfig:
    """Limits are those that hosted Supabase publishes for its larger plans, where it publishes any."""

    keyless: Literal["refuse", "anon"] = "refuse"
    """What a connection without a key is: refused, or anonymous."""
    private_only: bool = False
    """Refuse channels that are not private."""

    max_connections: int = 20_000
    max_channels: int = 100
    """Channels on one connection."""
    max_bindings: int = 100
    """Subscriptions to changes on one channel."""
    max_joins_per_second: int = 500
    """Joins on one connection; more close it."""
    max_messages_per_second: int = 1_000
    """Broadcasts and presence events that one channel of one connection may send; more close the channel."""
    max_payload_bytes: int = 3_000_000
    """One broadcast or one presence payload."""
    max_frame_bytes: int = 4_000_000
    """One frame from a client; a larger one closes the connection."""
    max_record_bytes: int = 1_048_576
    """One changed row; of a larger one only small values are sent."""
    max_queued_bytes: int = 16_777_216
    """What may wait for one slow client before it is dropped."""
    max_filters: int = 50
    """Conditions in one filter."""
    max_presences_per_topic: int = 5_000

    silence: timedelta = timedelta(seconds=60)
    """A client that sends nothing for so long is taken for gone: it promises a heartbeat every 25 seconds."""
    confirm_interval: timedelta = timedelta(seconds=5)
    """How often Postgres is told what it may forget of its log."""
    retention: timedelta = timedelta(hours=72)
    """How long messages sent through the database can be replayed."""
    database_timeout: timedelta = timedelta(seconds=10)
    """Longest wait for one statement."""

    publication: str = "supabase_realtime"
    messages_publication: str = "supabase_realtime_messages_publication"
    slot_name: str | None = None
    """Name of the replication slot; None makes one of the database's own name."""
    max_slot_bytes: int = 1_073_741_824
    """Write-ahead log that the slot may hold back where the server itself sets no bound."""
    pool_size: int = 4
    """Connections for authorisation, subscribing and replay; two more serve the change feed."""
