"""A channel's subscriptions to changes: made in the background, made anew with each token, ended with the channel."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from headwater.core.telemetry import get_logger
from headwater.local.realtime.changes.feed.slots import parse_lsn
from headwater.local.realtime.changes.matching import InvalidSubscription
from headwater.local.realtime.changes.subscriptions import Subscription
from headwater.local.realtime.channels.subscribing import make_subscriptions, read_binding
from headwater.local.realtime.hub import UNREACHABLE

if TYPE_CHECKING:
    from headwater.local.realtime.channels.channel import Channel

logger = get_logger(__name__)

_READY = "Subscribed to PostgreSQL"
_PATIENCE_SECONDS = 3.0
_RETRY_SECONDS = 5.0


class Listening:
    """What one channel hears of the feed."""

    __slots__ = ("_channel", "_numbers", "_since", "_subscriptions", "_task")

    def __init__(self, channel: Channel, numbers: list[int]) -> None:
        self._channel = channel
        self._numbers = numbers
        self._since = 0
        self._subscriptions: list[Subscription] = []
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Subscribe as the channel's present viewer; subscriptions made before last until the new ones do."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._numbers or self._channel.request.wants_feed_news:
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """End all subscriptions."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._replace([])

    def tell_lost(self) -> None:
        """Say that changes may be missing."""
        if self._subscriptions:
            text = "Changes were lost: the replication slot had to be made anew"
            self._channel.tell("postgres_changes", "error", text)
            if self._task is None:
                self._task = asyncio.create_task(self._send_ready())

    async def _send_ready(self) -> None:
        await self._channel.hub.feed.is_ready.wait()
        self._channel.tell("postgres_changes", "ok", _READY)
        self._task = None

    async def _run(self) -> None:
        await self._await_feed()
        if self._channel.request.wants_feed_news:
            self._channel.tell("system", "ok", "Replication connection established")
        if self._numbers:
            await self._subscribe()
        self._task = None

    async def _await_feed(self) -> None:
        """Wait for the feed; once it takes long, say why."""
        feed = self._channel.hub.feed
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await feed.is_ready.wait()
        except TimeoutError:
            if self._numbers:
                self._channel.tell("postgres_changes", "error", f"Unable to read changes: {feed.problem or 'starting'}")
            await feed.is_ready.wait()

    async def _subscribe(self) -> None:
        channel = self._channel
        while True:
            try:
                made = await self._make()
            except InvalidSubscription as error:
                self._replace([])
                channel.tell("postgres_changes", "error", str(error))
                return
            except UNREACHABLE as error:
                logger.warning("realtime_subscribing_failed", topic=channel.name, reason=str(error))
                channel.tell("postgres_changes", "error", "Unable to subscribe: the database can't be reached")
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                self._replace(made)
                channel.tell("postgres_changes", "ok", _READY)
                return

    async def _make(self) -> list[Subscription]:
        channel = self._channel
        config = channel.hub.config
        bindings = [
            read_binding(asked, number, max_conditions=config.max_filters)
            for asked, number in zip(channel.request.bindings, self._numbers, strict=True)
        ]
        made: list[Subscription] = []
        async with channel.hub.pool.acquire() as connection:
            if not self._since:
                self._since = parse_lsn(await connection.fetchval("select pg_current_wal_insert_lsn()::text"))
            # The same request twice is one subscription.
            for binding in {binding.id: binding for binding in bindings}.values():
                made += await make_subscriptions(
                    binding,
                    channel=channel,
                    viewer=channel.grant.viewer,
                    publication=config.publication,
                    connection=connection,
                )
        return made

    def _replace(self, made: list[Subscription]) -> None:
        subscriptions = self._channel.hub.subscriptions
        for old in self._subscriptions:
            subscriptions.remove(old)
        self._subscriptions = made
        for new in made:
            new.take_place(since=self._since, is_alone=len(made) == 1)
            subscriptions.add(new)
