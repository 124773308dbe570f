"""The feed itself: keeps a stream open across outages of Postgres and hands on every change once."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Literal

import asyncpg

from headwater.core.telemetry import gauge, get_logger
from headwater.local.realtime.changes.feed.pgoutput import (
    Begin,
    Change,
    Relation,
    parse_begin,
    parse_change,
    parse_commit,
    parse_relation,
    read_relation_id,
)
from headwater.local.realtime.changes.feed.replication import FeedError, ReplicationConnection
from headwater.local.realtime.changes.feed.slots import (
    FeedUnavailable,
    check_server,
    drop_slot,
    make_slot,
    name_slot,
    read_slot,
)
from headwater.local.realtime.config import RealtimeConfig

logger = get_logger(__name__)

FeedNews = Literal["ready", "lost"]

_MAX_WAITING_BYTES = 16_777_216
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 3.0
_MAX_STALLS = 8
_BEHIND = gauge("realtime_slot_behind_bytes", "Write-ahead log that the slot of the change feed holds back.")


class ChangeFeed:
    """Changes of the published tables, in the order of their commits.

    While this object lives, each change is given once, also when Postgres was killed in between: the slot keeps what
    wasn't confirmed, and what comes a second time is told by the position of its commit. `on_news` hears "ready"
    when the stream (again) runs, and "lost" when changes may be missing because the slot fell out of its bounds.
    """

    def __init__(self, dsn: str, config: RealtimeConfig, *, on_news: Callable[[FeedNews], None]) -> None:
        self._dsn = dsn
        self._config = config
        self._on_news = on_news
        self._publications = [config.publication, config.messages_publication]
        self._slot = config.slot_name or ""
        self._waiting: deque[Change] = deque()
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._relations: dict[int, Relation] = {}
        self._transaction: Begin | None = None
        self._place = 0
        self._taken = (0, 0)
        self._finished_lsn = 0
        self._connection: ReplicationConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._has_slot = False
        self._server_bounds = True
        self._stalls = 0
        self._stalled_lsn = 0
        self.is_ready = asyncio.Event()
        self.problem = ""
        """Why there is no stream, for people; empty while there is one."""
        self.relation_news: set[int] = set()
        """Tables that Postgres described anew, so that what is known of them may be out of date."""

    def start(self) -> None:
        """Begin to read, in the background."""
        self._task = asyncio.create_task(self._run(), name="realtime change feed")

    async def stop(self) -> None:
        """Stop reading and drop the slot."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._has_slot:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with asyncio.timeout(5):
                    await self._drop_slot()

    async def take(self, most: int) -> list[Change]:
        """Wait for changes and give those that are there, at most `most`."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        self._waiting_bytes -= sum(change.size for change in taken)
        if self._connection is not None and self._waiting_bytes < _MAX_WAITING_BYTES:
            self._connection.resume()
        return taken

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._stream()
            except (
                asyncpg.InternalClientError,
                FeedError,
                FeedUnavailable,
                OSError,
                TimeoutError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
            ) as error:
                self.problem = str(error) or type(error).__name__
                logger.warning("realtime_feed_interrupted", reason=self.problem)
                if self.is_ready.is_set():
                    self.is_ready.clear()
                    pause = _FIRST_PAUSE
                    self._count_stall()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _count_stall(self) -> None:
        """Drop the slot once the stream has ended several times at the same place, which it can't get past."""
        self._stalls = self._stalls + 1 if self._finished_lsn == self._stalled_lsn else 1
        self._stalled_lsn = self._finished_lsn
        if self._stalls >= _MAX_STALLS:
            logger.error("realtime_slot_given_up", slot=self._slot, reason=self.problem)
            self._stalls = 0
            self._give_up_slot()

    def _give_up_slot(self) -> None:
        self.is_ready.clear()
        self._has_slot = False
        self._on_news("lost")

    async def _stream(self) -> None:
        """Stream until the connection ends; leaves with an exception only."""
        await self._prepare_slot()
        self._relations.clear()
        self._transaction = None
        connection = await ReplicationConnection.open(
            self._dsn, on_message=self._on_message, on_keepalive=self._on_keepalive
        )
        try:
            await connection.start(self._slot, lsn=self._finished_lsn, publications=self._publications)
            self._connection = connection
            self.problem = ""
            self.is_ready.set()
            self._on_news("ready")
            while True:
                await asyncio.wait([connection.ended], timeout=self._config.confirm_interval.total_seconds())
                if connection.ended.done():
                    connection.ended.result()
                connection.confirm(self._finished_lsn)
                if not self._server_bounds:
                    await self._check_bound()
        finally:
            self._connection = None
            connection.close()

    async def _prepare_slot(self) -> None:
        admin = await asyncpg.connect(self._dsn, timeout=5, command_timeout=30, statement_cache_size=0)
        try:
            self._slot = self._slot or name_slot(await admin.fetchval("select current_database()"))
            if self._has_slot:
                state = await read_slot(admin, self._slot)
                if state is not None and not state.is_lost:
                    return
                logger.error("realtime_slot_lost", slot=self._slot)
                self._give_up_slot()
            self._server_bounds = await check_server(admin, slot=self._slot, own_bound=self._config.max_slot_bytes)
            self._finished_lsn = await make_slot(admin, self._slot)
            self._taken = (0, 0)
            self._has_slot = True
        finally:
            await admin.close(timeout=5)

    async def _check_bound(self) -> None:
        admin = await asyncpg.connect(self._dsn, timeout=5, command_timeout=30, statement_cache_size=0)
        try:
            state = await read_slot(admin, self._slot)
        finally:
            await admin.close(timeout=5)
        if state is None:
            return
        _BEHIND.set(state.behind_bytes)
        if state.behind_bytes > self._config.max_slot_bytes:
            self._give_up_slot()
            raise FeedError(f"the slot held back {state.behind_bytes} bytes of the log and is made anew")

    async def _drop_slot(self) -> None:
        admin = await asyncpg.connect(self._dsn, timeout=5, statement_cache_size=0)
        try:
            await admin.execute(
                """
                select pg_terminate_backend(active_pid, 2000)
                from pg_replication_slots
                where slot_name = $1 and active
                """,
                self._slot,
            )
            await drop_slot(admin, self._slot)
            self._has_slot = False
        finally:
            await admin.close(timeout=5)

    def _on_keepalive(self, end: int, wants_reply: bool) -> None:
        # Between transactions everything before the server's own position has been taken: what other databases and
        # unpublished tables write must not hold back the log.
        if self._transaction is None:
            self._finished_lsn = max(self._finished_lsn, end)
        if wants_reply and self._connection is not None:
            self._connection.confirm(self._finished_lsn)

    def _on_message(self, message: memoryview) -> None:
        kind = message[0]
        if kind == 0x42:
            self._transaction = parse_begin(message)
            self._place = 0
        elif kind == 0x43:
            self._finished_lsn = max(self._finished_lsn, parse_commit(message).end_lsn)
            self._transaction = None
        elif kind == 0x52:
            relation = parse_relation(message)
            self._relations[relation.id] = relation
            self.relation_news.add(relation.id)
        elif kind in (0x49, 0x55, 0x44) and self._transaction is not None:
            self._on_change(message, self._transaction)

    def _on_change(self, message: memoryview, transaction: Begin) -> None:
        self._place += 1
        position = (transaction.final_lsn, self._place)
        if position <= self._taken:
            return
        self._taken = position
        change = parse_change(message, self._relations[read_relation_id(message)], transaction)
        if change is None:
            return
        self._waiting.append(change)
        self._waiting_bytes += change.size
        self._arrived.set()
        if self._waiting_bytes >= _MAX_WAITING_BYTES and self._connection is not None:
            self._connection.pause()
