"""Presence that a client tells over its channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from headwater.local.realtime.channels.broadcasting import find_writable
from headwater.local.realtime.frames import Message

if TYPE_CHECKING:
    from headwater.local.realtime.channels.channel import Channel


async def handle_presence(channel: Channel, message: Message) -> None:
    """Track or untrack the client."""
    payload = message.payload if isinstance(message.payload, dict) else {}
    event = payload.get("event")
    if not isinstance(event, str):
        channel.reply(message.ref, "ok")
        return
    if not channel.limit.take():
        channel.shut("Client presence rate limit exceeded")
        return
    if event.lower() == "track":
        await _track(channel, message.ref, payload.get("payload", {}))
    elif event.lower() == "untrack" and channel.topic_entry is not None:
        if channel.topic_entry.presences.untrack(channel):
            channel.topic_entry.send_presence_soon()
        channel.reply(message.ref, "ok")
    else:
        channel.reply(message.ref, "error")


async def _track(channel: Channel, ref: str | None, payload: object) -> None:
    if not isinstance(payload, dict):
        channel.reply(ref, "error", b'{"reason":"Presence track payload must be a map"}')
        return
    config = channel.hub.config
    if len(orjson.dumps(payload)) > config.max_payload_bytes:
        channel.shut("Track message size exceeded")
        return
    writable = await find_writable(channel)
    topic = channel.topic_entry
    if not writable.presence or topic is None or channel.is_closed:
        channel.reply(ref, "error")
        return
    if len(topic.presences) >= config.max_presences_per_topic:
        channel.shut("Too many presence messages per second")
        return
    if topic.presences.track(channel, channel.request.presence_key, payload):
        topic.send_presence_soon()
    # Who tells of itself hears of the others from then on.
    channel.sees_presence = channel.readable is not None and channel.readable.presence
    channel.reply(ref, "ok")
