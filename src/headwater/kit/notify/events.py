"""What a product notifies people of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Severity = Literal["low", "medium", "high"]
Channel = Literal["email", "webhook", "in_app"]
Tone = Literal["plain", "added", "removed", "quoted"]

#: Every way to notify people.
CHANNELS: frozenset[Channel] = frozenset({"email", "webhook", "in_app"})

_RANKS: Mapping[str, int] = {"low": 1, "medium": 2, "high": 3}


@dataclass(frozen=True)
class Part:
    """A paragraph of the message: plain text, never markup. `label` is a word or two before it."""

    text: str
    tone: Tone = "plain"
    label: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the part as it is stored and posted."""
        return {"text": self.text, "tone": self.tone, "label": self.label}


@dataclass(frozen=True)
class Event:
    """Something that happened in a workspace. Modules make it by `EventKind.describe`, with the defaults of its kind.

    Attributes:
        kind: `<product>.<what>`, such as `watch.alert`. Webhook endpoints choose by it.
        id: the product's own id of the thing. One kind and id leads to one notification, however often `notify` is
            called.
        title: one line, the subject of the e-mail.
        summary: two sentences that can be read on a phone.
        parts: the details, in reading order.
        url: where to see more: what the event is about, on the web.
        page: the page of the dashboard that shows it, a path.
        severity: what a floor is compared with.
        occurred_at: when it happened.
        data: what programs want to know; posted to webhooks.
        to_users: only these members are notified, unset = everybody who wants to know.
        default_channels: of members who never set preferences.
    """

    kind: str
    id: UUID
    title: str
    occurred_at: datetime
    summary: str = ""
    parts: tuple[Part, ...] = ()
    url: str | None = None
    page: str | None = None
    severity: Severity = "medium"
    data: Mapping[str, Any] = field(default_factory=dict)
    to_users: frozenset[UUID] | None = None
    default_channels: frozenset[Channel] = CHANNELS


def reaches_floor(severity: str, floor: str) -> bool:
    """Say whether `severity` is at least as high as `floor`."""
    return _RANKS[severity] >= _RANKS[floor]
