"""What a client asks for when it joins a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """The payload of `phx_join`, read leniently: what can't be understood is as if it were left out."""

    token: str | None
    private: bool
    acknowledges: bool
    """Answer each broadcast that was taken."""
    hears_itself: bool
    replay: Any
    """What was asked to be replayed, unread; None for nothing."""
    wants_feed_news: bool
    """Tell when messages sent through the database begin to arrive."""
    presence_enabled: bool
    presence_key: str
    bindings: tuple[dict[str, Any], ...]


def read_join(payload: Any) -> JoinRequest:
    """Read the payload of `phx_join`."""
    given = _as_dict(payload)
    config = _as_dict(given.get("config"))
    broadcast = _as_dict(config.get("broadcast"))
    presence = _as_dict(config.get("presence"))
    bindings = config.get("postgres_changes")
    token = given.get("access_token") or given.get("user_token")
    key = presence.get("key")
    return JoinRequest(
        token=token if isinstance(token, str) else None,
        private=_as_flag(config.get("private")),
        acknowledges=_as_flag(broadcast.get("ack")),
        hears_itself=_as_flag(broadcast.get("self")),
        replay=broadcast.get("replay"),
        wants_feed_news=_as_flag(broadcast.get("replication_ready")),
        presence_enabled=_as_flag(presence.get("enabled")),
        presence_key=str(key) if key not in (None, "") else str(uuid4()),
        bindings=tuple(binding for binding in bindings if isinstance(binding, dict))
        if isinstance(bindings, list)
        else (),
    )


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _as_flag(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
