"""From the feed to the subscribers: finds who wants a change, who may see it, and tells them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import asyncpg

from headwater.core.telemetry import counter, get_logger
from headwater.local.realtime.changes.deliveries import Delivery, find_excused, list_questions
from headwater.local.realtime.changes.feed import Change, ChangeFeed
from headwater.local.realtime.changes.payloads import Rows, find_refusal, make_data, make_refused
from headwater.local.realtime.changes.subscriptions import Audience, Subscription, Subscriptions
from headwater.local.realtime.changes.tables import Table, Tables, read_selectable
from headwater.local.realtime.changes.visibility import LOST_SERVER, VisibilityCheck
from headwater.local.realtime.config import RealtimeConfig
from headwater.local.realtime.frames import Frame, encode_message

logger = get_logger(__name__)

_MAX_AT_ONCE = 256
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_CHANGES = counter("realtime_changes_total", "Changes read from the feed.")
_DELIVERED = counter("realtime_changes_delivered_total", "Messages about changes sent to subscribers.")
# The driver's internal error is what a line says that dies in the middle of a statement.
_LOST_LINE = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError, *LOST_SERVER)


class Dispatcher:
    """Delivers in order; while Postgres is away it waits and loses nothing."""

    def __init__(
        self,
        dsn: str,
        config: RealtimeConfig,
        *,
        feed: ChangeFeed,
        subscriptions: Subscriptions,
        on_message_row: Callable[[Rows], None],
    ) -> None:
        self._dsn = dsn
        self._config = config
        self._feed = feed
        self._subscriptions = subscriptions
        self._on_message_row = on_message_row
        self._tables = Tables()
        self._visibility = VisibilityCheck()
        self._connection: asyncpg.Connection | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver, in the background."""
        self._task = asyncio.create_task(self._run(), name="realtime dispatch")

    async def stop(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._disconnect()

    async def _run(self) -> None:
        while True:
            changes = await self._feed.take(_MAX_AT_ONCE)
            _CHANGES.inc(len(changes))
            items = await self._prepare_surely(changes)
            for item in items:
                self._deliver(item)
            # Senders and receivers get their turn between batches.
            await asyncio.sleep(0)

    async def _prepare_surely(self, changes: list[Change]) -> list[Delivery]:
        pause, tries = _FIRST_PAUSE, 0
        while True:
            try:
                return await self._prepare(changes)
            except _LOST_LINE as error:
                logger.warning("realtime_dispatch_waits", reason=str(error) or type(error).__name__)
            except Exception as error:  # noqa: BLE001 - one batch that can't be told must not end the feed
                logger.error("realtime_dispatch_failed", changes=len(changes), reason=repr(error))
                tries += 1
            if tries > 1:
                if len(changes) == 1:
                    return []
                halves = changes[: len(changes) // 2], changes[len(changes) // 2 :]
                return [item for half in halves for item in await self._prepare_surely(half)]
            self._disconnect()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _prepare(self, changes: list[Change]) -> list[Delivery]:
        self._tables.forget(self._feed.relation_news)
        items: list[Delivery] = []
        for change in changes:
            relation = change.relation
            is_message = relation.schema == "realtime" and relation.name == "messages"
            if not is_message and not self._subscriptions.list_wildcards(relation.schema, relation.name):
                continue
            connection = await self._connect()
            table = await self._tables.find(relation.id, connection)
            if table is None:
                continue
            rows = Rows(change, table)
            if is_message:
                items.append(Delivery(rows, table, Audience([])))
                continue
            audience = await self._find_audience(rows, table, connection)
            if audience:
                item = Delivery(rows, table, audience)
                item.selectable = {role: await read_selectable(table, role, connection) for role in audience.roles}
                await rows.convert_by_database(table, connection)
                items.append(item)
        await self._check(items)
        return items

    async def _find_audience(self, rows: Rows, table: Table, connection: asyncpg.Connection) -> Audience:
        record, action, position = rows.visible, rows.change.action, rows.change.transaction.final_lsn
        everybody = self._subscriptions.find_everybody(table.schema, table.name, action)
        if everybody is not None and everybody.since <= position:
            return everybody
        audience: list[Subscription] = []
        asked: dict[tuple[str, str | None, str | None], bool] = {}
        for subscription in self._subscriptions.find(table.schema, table.name, record):
            if subscription.action not in ("*", action) or subscription.since > position:
                continue
            for test in subscription.tests:
                if test.column not in record:
                    break
                text = record[test.column]
                if test.check is not None:
                    if not test.check(text):
                        break
                    continue
                question = (test.sql, text, test.operand)
                if question not in asked:
                    asked[question] = bool(await connection.fetchval(test.sql, text, test.operand))
                if not asked[question]:
                    break
            else:
                audience.append(subscription)
        return Audience(audience)

    async def _check(self, items: list[Delivery]) -> None:
        """Ask Postgres who may see what, for all rows of the batch that row-level security guards."""
        by_table: dict[Table, list[Delivery]] = {}
        for item in items:
            if item.audience and item.table.has_rls and item.rows.change.action != "DELETE" and item.table.primary_key:
                by_table.setdefault(item.table, []).append(item)
        if not by_table:
            return
        connection = await self._connect()
        ended = {item.rows.change.transaction.transaction_id for guarded in by_table.values() for item in guarded}
        await self._visibility.wait_for(ended, connection)
        for table, guarded in by_table.items():
            for item in guarded:
                # Of a row whose key isn't published nobody can be asked, so nobody is told.
                item.checked = find_excused(item)
            keyed = [(item, key) for item in guarded if (key := item.rows.find_key(table)) is not None]
            checked = [item.checked or set() for item, _ in keyed]
            questions = list_questions([item for item, _ in keyed], checked)
            seen = await self._visibility.ask(table, [key for _, key in keyed], questions, connection)
            for places, viewers in seen:
                for place in places:
                    checked[place - 1].update(viewers)
            for (item, _), allowed in zip(keyed, checked, strict=True):
                item.checked = allowed

    def _deliver(self, item: Delivery) -> None:
        if not item.audience:
            self._on_message_row(item.rows)
            return
        made: dict[tuple[str, frozenset[str] | None], bytes] = {}
        frames: dict[str, Frame] = {}
        groups: dict[object, list[Subscription]] = {}
        checked = item.checked
        count = 0
        for subscription in item.audience.subscriptions:
            if checked is not None and subscription.viewer not in checked:
                continue
            if not subscription.is_alone:
                groups.setdefault((subscription.channel, subscription.select), []).append(subscription)
                continue
            frame = frames.get(subscription.lane)
            if frame is None:
                frame = frames[subscription.lane] = self._encode(item, [subscription], made)
            subscription.channel.push(frame)
            count += 1
        for subscriptions in groups.values():
            subscriptions[0].channel.push(self._encode(item, subscriptions, made))
        _DELIVERED.inc(count + len(groups))

    def _encode(
        self,
        item: Delivery,
        subscriptions: list[Subscription],
        made: dict[tuple[str, frozenset[str] | None], bytes],
    ) -> Frame:
        """Encode the message for subscriptions of one channel with the same columns; `made` keeps what is in it."""
        first = subscriptions[0]
        kind = (first.viewer.role, first.select)
        if kind not in made:
            made[kind] = self._make(item, first)
        ids = ",".join(str(subscription.id) for subscription in subscriptions)
        payload = b'{"ids":[%b],"data":%b}' % (ids.encode(), made[kind])
        return encode_message(first.channel.version, first.channel.topic, "postgres_changes", payload)

    def _make(self, item: Delivery, subscription: Subscription) -> bytes:
        selectable = item.selectable.get(subscription.viewer.role, frozenset())
        refusal = find_refusal(item.rows, item.table, selectable)
        if refusal:
            return make_refused(item.rows, refusal)
        return make_data(
            item.rows,
            item.table,
            selectable=selectable,
            select=subscription.select,
            max_bytes=self._config.max_record_bytes,
        )

    async def _connect(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            seconds = self._config.database_timeout.total_seconds()
            self._visibility.forget()
            self._connection = await asyncpg.connect(
                self._dsn,
                timeout=5,
                command_timeout=seconds * 2,
                server_settings={
                    "application_name": "headwater realtime",
                    "statement_timeout": str(int(seconds * 1000)),
                },
            )
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
