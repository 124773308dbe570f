"""The replication slot: made at the start, dropped at the end, never allowed to fill the disk."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import asyncpg

from headwater.core.telemetry import get_logger

logger = get_logger(__name__)

_LONGEST_NAME = 63
_UNBOUNDED = -1


class FeedUnavailable(Exception):
    """The feed can't be had on this server as it is set up; the text says why and what to do."""


@dataclass(frozen=True)
class SlotState:
    """How a slot stands."""

    active: bool
    is_lost: bool
    behind_bytes: int
    """Write-ahead log that it holds back."""


def name_slot(database: str) -> str:
    """Return the name of a database's slot: slots belong to the whole server, so each database needs its own."""
    readable = re.sub(r"[^a-z0-9_]", "_", database.lower())
    name = f"headwater_realtime_{readable}"
    if name == f"headwater_realtime_{database}" and len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(database.encode()).hexdigest()[:10]
    return f"{name[: _LONGEST_NAME - 11]}_{digest}"


async def check_server(connection: asyncpg.Connection, *, slot: str, own_bound: int) -> bool:
    """Make sure that the log can be read, and say how far a slot may hold it back.

    Returns whether the server itself bounds its slots (`max_slot_wal_keep_size`); where it doesn't, the caller has to.

    Raises:
        FeedUnavailable: logical decoding is off.
    """
    level, keeps = await connection.fetchrow(
        "select current_setting('wal_level'), setting::bigint from pg_settings where name = 'max_slot_wal_keep_size'"
    )
    if level != "logical":
        raise FeedUnavailable(
            f"Postgres runs with wal_level = {level}; changes can be read only with wal_level = logical"
        )
    if keeps == _UNBOUNDED:
        logger.warning("realtime_slot_unbounded", slot=slot, dropped_beyond_bytes=own_bound)
        return False
    logger.info("realtime_slot_bounded", slot=slot, max_slot_wal_keep_megabytes=keeps)
    return True


async def read_slot(connection: asyncpg.Connection, slot: str) -> SlotState | None:
    """Return the state of a slot, None where there is none."""
    row = await connection.fetchrow(
        """
        select active, wal_status, coalesce(pg_current_wal_lsn() - restart_lsn, 0)::bigint as behind
        from pg_replication_slots
        where slot_name = $1
        """,
        slot,
    )
    return SlotState(row["active"], row["wal_status"] == "lost", row["behind"]) if row else None


async def make_slot(connection: asyncpg.Connection, slot: str) -> int:
    """Make the slot anew and give the position that it begins at.

    Whatever an earlier run left under that name is dropped: nobody waits for what happened since.

    Raises:
        asyncpg.ObjectInUseError: another server reads it.
    """
    if await read_slot(connection, slot) is not None:
        await connection.execute("select pg_drop_replication_slot($1)", slot)
    position = await connection.fetchval(
        "select lsn::text from pg_create_logical_replication_slot($1, 'pgoutput')", slot
    )
    return parse_lsn(position)


async def drop_slot(connection: asyncpg.Connection, slot: str) -> None:
    """Drop the slot if it is there and nobody reads it."""
    await connection.execute(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1 and not active", slot
    )


def parse_lsn(text: str) -> int:
    """Read a position in the log as Postgres writes it."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) | int(low, 16)
