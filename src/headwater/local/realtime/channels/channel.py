"""One client in one topic: joins, broadcasts, is present, hears of changes, refreshes its token, leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from headwater.core.telemetry import get_logger
from headwater.local.realtime.channels.authorization import Rights
from headwater.local.realtime.channels.broadcasting import handle_broadcast
from headwater.local.realtime.channels.joining import JoinRequest, read_join
from headwater.local.realtime.channels.listening import Listening
from headwater.local.realtime.channels.messages import InvalidReplay, SentMessage, read_replay
from headwater.local.realtime.channels.subscribing import number_bindings
from headwater.local.realtime.channels.topics import Topic
from headwater.local.realtime.channels.tracking import handle_presence
from headwater.local.realtime.frames import Frame, Message, UserBroadcast, encode_broadcast, encode_message
from headwater.local.realtime.hub import UNREACHABLE, Hub
from headwater.local.realtime.limits import RateLimit
from headwater.local.realtime.tokens import Grant, TokenRefused

if TYPE_CHECKING:
    from headwater.local.realtime.connection import Connection

logger = get_logger(__name__)

_OPEN = Rights(broadcast=True, presence=True)
_UNREACHABLE = "Realtime was unable to connect to the project database"


class JoinRefused(Exception):
    """A channel can't be joined; the text is the reason that the client is given."""


class Channel:
    """Made for a join; `open` makes it a member of its topic."""

    __slots__ = (
        "connection",
        "grant",
        "hub",
        "is_closed",
        "join_ref",
        "limit",
        "listening",
        "may_hear",
        "name",
        "readable",
        "replayed",
        "request",
        "sees_presence",
        "topic",
        "topic_entry",
        "version",
        "writable",
    )

    def __init__(self, hub: Hub, connection: Connection, message: Message) -> None:
        self.hub = hub
        self.connection = connection
        self.version = connection.version
        self.topic = message.topic
        self.name = message.topic.partition(":")[2]
        self.join_ref = message.join_ref if message.join_ref is not None else message.ref
        self.request: JoinRequest = read_join(message.payload)
        self.grant: Grant = connection.grant
        self.limit = RateLimit(hub.config.max_messages_per_second)
        self.may_hear = False
        """Whether broadcasts are passed on to it."""
        self.sees_presence = False
        self.readable = self.writable = None if self.request.private else _OPEN
        self.replayed: frozenset[str] = frozenset()
        self.topic_entry: Topic | None = None
        self.listening: Listening | None = None
        self.is_closed = False

    async def open(self, ref: str | None) -> None:
        """Join and answer.

        Raises:
            JoinRefused: it may not.
        """
        numbers = self._number_bindings()
        token = self.request.token
        self.grant = await self._read_grant(token)
        self.readable = await self._read_rights(self.grant)
        messages = await self._read_replay()
        if self.is_closed or self.connection.is_closed:
            return
        self.replayed = frozenset(message.id for message in messages)
        self.may_hear = self.readable.broadcast
        self.sees_presence = self.request.presence_enabled and self.readable.presence
        self.topic_entry = self.hub.topics.join(self, self.name, is_private=self.request.private)
        bound = [{**asked, "id": number} for asked, number in zip(self.request.bindings, numbers, strict=True)]
        self.reply(ref, "ok", orjson.dumps({"postgres_changes": bound}))
        for message in messages:
            self._push_broadcast(message.broadcast)
        if self.sees_presence:
            self.push_presence()
        self.listening = Listening(self, numbers)
        self.listening.start()

    async def handle(self, message: Message) -> None:
        """Do what a message asks for."""
        if message.event == "broadcast":
            await handle_broadcast(self, message)
        elif message.event == "presence":
            await handle_presence(self, message)
        elif message.event == "access_token":
            await self._refresh(message.payload)

    def push(self, frame: Frame) -> None:
        """Send a frame."""
        self.connection.push(frame)

    def reply(self, ref: str | None, status: str, response: bytes = b"{}") -> None:
        """Answer a message; `response` is JSON."""
        payload = b'{"status":"%b","response":%b}' % (status.encode(), response)
        self.push(encode_message(self.version, self.topic, "phx_reply", payload, ref=ref, join_ref=self.join_ref))

    def tell(self, extension: str, status: str, text: str) -> None:
        """Send a system message."""
        payload = orjson.dumps({"extension": extension, "status": status, "message": text, "channel": self.name})
        self.push(encode_message(self.version, self.topic, "system", payload, join_ref=self.join_ref))

    def push_presence(self) -> None:
        """Send who is present."""
        entry = self.topic_entry
        if entry is not None:
            # What others have not been told yet is part of this state: they shall not hear of it later than we.
            entry.send_presence()
            state = entry.presences.make_state()
            self.push(encode_message(self.version, self.topic, "presence_state", state, join_ref=self.join_ref))

    def shut(self, reason: str) -> None:
        """Close because something is wrong, and say what."""
        self.tell("system", "error", reason)
        self.close()
        self.connection.channels.pop(self.topic, None)

    def close(self, *, tell: bool = True) -> None:
        """Leave the topic; with `tell` the client hears that the channel is closed."""
        if self.is_closed:
            return
        self.is_closed = True
        if self.listening is not None:
            self.listening.stop()
        if self.topic_entry is not None:
            self.hub.topics.leave(self, self.topic_entry)
        if tell:
            self.push(
                encode_message(self.version, self.topic, "phx_close", b"{}", ref=self.join_ref, join_ref=self.join_ref)
            )

    def _number_bindings(self) -> list[int]:
        if not self.name:
            raise JoinRefused("TopicNameRequired: You must provide a topic name")
        if self.hub.config.private_only and not self.request.private:
            raise JoinRefused("PrivateOnly: This project only allows private channels")
        if len(self.request.bindings) > self.hub.config.max_bindings:
            raise JoinRefused("ChannelRateLimitReached: Too many subscriptions to changes")
        return number_bindings(self.request.bindings)

    async def _read_grant(self, token: str | None) -> Grant:
        if token is None or token.startswith("sb_"):
            token = self.connection.grant.token
        if not token:
            return self.connection.grant
        try:
            return await self.hub.tokens.read(token)
        except TokenRefused as error:
            raise JoinRefused(f"{error.code}: {error}") from error

    async def _read_rights(self, grant: Grant) -> Rights:
        """Ask what may be read; a private channel of which nothing may be read is refused."""
        if not self.request.private:
            return _OPEN
        denied = f"You do not have permissions to read from this Channel topic: {self.name}"
        try:
            rights = await self.hub.authorizer.may_read(grant, self.name, self.connection.headers)
        except UNREACHABLE as error:
            logger.warning("realtime_authorization_failed", topic=self.name, reason=str(error))
            if is_refusal(error):
                raise JoinRefused(f"Unauthorized: {denied}") from error
            raise JoinRefused(f"UnableToConnectToProject: {_UNREACHABLE}") from error
        if not rights.broadcast and not rights.presence:
            raise JoinRefused(f"Unauthorized: {denied}")
        if self.request.replay is not None and not rights.broadcast:
            raise JoinRefused(f"Unauthorized: {denied}")
        return rights

    async def _read_replay(self) -> list[SentMessage]:
        asked = self.request.replay
        if asked is None:
            return []
        if not self.request.private:
            raise JoinRefused("UnableToReplayMessages: Replay is not allowed for public channels")
        try:
            return await read_replay(self.name, asked, pool=self.hub.pool)
        except InvalidReplay as error:
            raise JoinRefused("UnableToReplayMessages: Replay params are not valid") from error
        except UNREACHABLE as error:
            raise JoinRefused("UnableToReplayMessages: Realtime was unable to replay messages") from error

    def _push_broadcast(self, broadcast: UserBroadcast) -> None:
        frame = encode_broadcast(self.version, self.topic, broadcast)
        if frame is not None:
            self.push(frame)

    async def _refresh(self, payload: Any) -> None:
        """Go on with another token, or close where it isn't accepted or may read less."""
        token = payload.get("access_token") if isinstance(payload, dict) else None
        if not isinstance(token, str) or token.startswith("sb_") or token == self.grant.token:
            return
        before = self.readable
        try:
            grant = await self.hub.tokens.read(token)
            rights = await self._read_rights(grant)
        except TokenRefused as error:
            self.shut(str(error))
            return
        except JoinRefused as error:
            self.shut(str(error).partition(": ")[2])
            return
        if before is not None and (before.broadcast > rights.broadcast or before.presence > rights.presence):
            self.shut(f"You no longer have permission to read from this Channel topic: {self.name}")
            return
        if self.is_closed:
            return
        self.grant, self.readable = grant, rights
        self.writable = None if self.request.private else _OPEN
        self.may_hear = rights.broadcast
        self.sees_presence = self.sees_presence and rights.presence
        if self.listening is not None:
            self.listening.start()


def is_refusal(error: BaseException) -> bool:
    """Say whether Postgres answered, and the answer was an error of a policy or its function."""
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and state[:2] not in {"08", "53", "57", "58"}
