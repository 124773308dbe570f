"""Messages sent through the database: from a row of `realtime.messages` to a broadcast, as it comes or replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson

from headwater.local.realtime.changes.payloads import Texts
from headwater.local.realtime.frames import UserBroadcast

_MAX_REPLAYED = 25
_REPLAY = """
select id::text, event, payload::text, binary_payload
from realtime.messages
where topic = $1
  and private
  and extension = 'broadcast'
  and inserted_at >= (to_timestamp($2 / 1000.0) at time zone 'utc')
  and inserted_at < (now() at time zone 'utc') + interval '1 minute'
order by inserted_at desc
limit $3
"""


class InvalidReplay(Exception):
    """What was asked to be replayed can't be understood."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of the table."""

    id: str
    topic: str
    is_private: bool
    broadcast: UserBroadcast


def read_message(row: Texts) -> SentMessage | None:
    """Read a row from the log; None for one that holds no broadcast."""
    topic, event, message_id = row.get("topic"), row.get("event"), row.get("id")
    if topic is None or event is None or message_id is None or row.get("extension") != "broadcast":
        return None
    text, binary = row.get("payload"), row.get("binary_payload")
    if text is None and binary is None:
        return None
    payload = bytes.fromhex(binary.removeprefix("\\x")) if binary is not None else (text or "").encode()
    meta = orjson.dumps({"id": message_id})
    broadcast = UserBroadcast(event, payload, is_json=binary is None, metadata=meta)
    return SentMessage(message_id, topic, row.get("private") == "t", broadcast)


async def read_replay(topic: str, asked: Any, *, pool: asyncpg.Pool) -> list[SentMessage]:
    """Return the latest messages of a private topic since a moment, oldest first.

    `asked` is `{"since": milliseconds since 1970, "limit": at most 25}`.

    Raises:
        InvalidReplay: it isn't.
    """
    since = asked.get("since") if isinstance(asked, dict) else None
    limit = (asked.get("limit") or _MAX_REPLAYED) if isinstance(asked, dict) else None
    if not isinstance(since, int) or not isinstance(limit, int) or True in (since is True, limit is True):
        raise InvalidReplay
    latest = int(datetime.max.replace(tzinfo=UTC).timestamp() * 1000)
    since = min(max(since, 0), latest)
    rows = await pool.fetch(_REPLAY, topic, float(since), max(1, min(limit, _MAX_REPLAYED)))
    messages: list[SentMessage] = []
    for row in reversed(rows):
        meta = orjson.dumps({"id": row["id"], "replayed": True})
        binary = row["binary_payload"]
        payload = binary if binary is not None else (row["payload"] or "null").encode()
        broadcast = UserBroadcast(row["event"] or "", payload, is_json=binary is None, metadata=meta)
        messages.append(SentMessage(row["id"], topic, is_private=True, broadcast=broadcast))
    return messages
