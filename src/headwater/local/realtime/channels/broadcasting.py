"""Broadcasts that a client sends over its channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from headwater.core.telemetry import get_logger
from headwater.local.realtime.channels.authorization import Rights
from headwater.local.realtime.frames import Message, UserBroadcast
from headwater.local.realtime.hub import UNREACHABLE

if TYPE_CHECKING:
    from headwater.local.realtime.channels.channel import Channel

logger = get_logger(__name__)

_NOTHING = Rights(broadcast=False, presence=False)
_TOO_LARGE = b'{"error":"payload_size_exceeded"}'


async def handle_broadcast(channel: Channel, message: Message) -> None:
    """Pass a broadcast on to the topic. What may not be written is dropped without a word."""
    if not channel.limit.take():
        channel.shut("Too many messages per second")
        return
    if not (await find_writable(channel)).broadcast:
        return
    topic = channel.topic_entry
    if topic is None or channel.is_closed:
        return
    payload = message.payload
    but = None if channel.request.hears_itself else channel
    most = channel.hub.config.max_payload_bytes
    if isinstance(payload, UserBroadcast):
        fits = len(payload.payload) <= most
        if fits:
            topic.pass_on(payload, but=but)
    elif isinstance(payload, dict):
        written = orjson.dumps(payload)
        fits = len(written) <= most
        if fits:
            topic.pass_on_json(written, but=but)
    else:
        channel.reply(message.ref, "error", b'{"reason":"Broadcast payload must be a map"}')
        return
    if not channel.request.acknowledges:
        return
    if fits:
        channel.reply(message.ref, "ok")
    else:
        channel.reply(message.ref, "error", _TOO_LARGE)


async def find_writable(channel: Channel) -> Rights:
    """Return what a channel may write, asked of the policies once for each token; nothing where they can't be asked."""
    if channel.writable is None:
        grant = channel.grant
        try:
            found = await channel.hub.authorizer.may_write(grant, channel.name, channel.connection.headers)
        except UNREACHABLE as error:
            logger.warning("realtime_authorization_failed", topic=channel.name, reason=str(error))
            return _NOTHING
        if channel.grant is not grant:
            return _NOTHING
        channel.writable = found
    return channel.writable
