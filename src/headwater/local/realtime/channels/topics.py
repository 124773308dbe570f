"""Topics: who has joined, and what is passed among them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from headwater.core.telemetry import counter
from headwater.local.realtime.channels.presence import Presences
from headwater.local.realtime.frames import Frame, UserBroadcast, Version, encode_broadcast, encode_message

if TYPE_CHECKING:
    from headwater.local.realtime.channels.channel import Channel

PREFIX = "realtime:"
# Diffs of presence are gathered for so long: a room that everybody enters at once costs a few messages each.
_GATHER_SECONDS = 0.02
_DELIVERED = counter("realtime_broadcasts_delivered_total", "Broadcasts sent to clients.")


class Topic:
    """One topic. A private and a public topic of the same name have nothing to do with each other."""

    __slots__ = ("_loop", "_timer", "full_name", "is_private", "members", "name", "presences")

    def __init__(self, name: str, *, is_private: bool) -> None:
        self.name = name
        self.full_name = PREFIX + name
        self.is_private = is_private
        self.members: dict[Channel, None] = {}
        self.presences = Presences()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def pass_on(self, broadcast: UserBroadcast, *, message_id: str = "", but: Channel | None = None) -> None:
        """Send a broadcast to the members, except one, and except those to whom it was replayed."""
        frames: dict[Version, Frame | None] = {}
        count = 0
        for member in self.members:
            if member is but or not member.may_hear or message_id in member.replayed:
                continue
            version = member.version
            if version not in frames:
                frames[version] = encode_broadcast(version, self.full_name, broadcast)
            frame = frames[version]
            if frame is not None:
                member.push(frame)
                count += 1
        _DELIVERED.inc(count)

    def pass_on_json(self, payload: bytes, *, but: Channel | None = None) -> None:
        """Send a broadcast as it was written in a text frame."""
        frames: dict[Version, Frame] = {}
        count = 0
        for member in self.members:
            if member is but or not member.may_hear:
                continue
            version = member.version
            if version not in frames:
                frames[version] = encode_message(version, self.full_name, "broadcast", payload)
            member.push(frames[version])
            count += 1
        _DELIVERED.inc(count)

    def send_presence_soon(self) -> None:
        """Send what has changed of the presence, together with what changes in the next moment."""
        if self._timer is None:
            self._timer = self._loop.call_later(_GATHER_SECONDS, self.send_presence)

    def send_presence(self) -> None:
        """Send what has changed of the presence since the last time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        diff = self.presences.take_diff()
        if diff is None:
            return
        frames: dict[Version, Frame] = {}
        for member in self.members:
            if not member.sees_presence:
                continue
            version = member.version
            if version not in frames:
                frames[version] = encode_message(version, self.full_name, "presence_diff", diff)
            member.push(frames[version])


class Topics:
    """The topics that somebody has joined."""

    def __init__(self) -> None:
        self._topics: dict[tuple[str, bool], Topic] = {}

    def find(self, name: str, *, is_private: bool) -> Topic | None:
        """Return a topic, None when nobody has joined it."""
        return self._topics.get((name, is_private))

    def join(self, channel: Channel, name: str, *, is_private: bool) -> Topic:
        """Make a channel a member."""
        topic = self._topics.get((name, is_private))
        if topic is None:
            topic = self._topics[name, is_private] = Topic(name, is_private=is_private)
        topic.members[channel] = None
        return topic

    def leave(self, channel: Channel, topic: Topic) -> None:
        """End a channel's membership, and its presence."""
        topic.members.pop(channel, None)
        if topic.presences.untrack(channel):
            topic.send_presence_soon()
        if not topic.members:
            topic.send_presence()
            self._topics.pop((topic.name, topic.is_private), None)
