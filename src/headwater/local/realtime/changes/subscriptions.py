"""Who wants to hear of which changes, kept so that a change finds its subscribers without asking each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import orjson

from headwater.local.realtime.changes.filters import Condition

if TYPE_CHECKING:
    from headwater.local.realtime.changes.matching import Test
    from headwater.local.realtime.channels.channel import Channel


class Viewer:
    """A role with claims: what row-level security judges. One object for all that have the same."""

    __slots__ = ("__weakref__", "claims", "role")

    def __init__(self, role: str, claims: str) -> None:
        self.role = role
        self.claims = claims
        """JSON."""


_viewers: WeakValueDictionary[tuple[str, str], Viewer] = WeakValueDictionary()


def find_viewer(role: str, claims: dict[str, Any]) -> Viewer:
    """Return the viewer of these claims."""
    text = orjson.dumps(claims, option=orjson.OPT_SORT_KEYS).decode()
    viewer = _viewers.get((role, text))
    if viewer is None:
        viewer = _viewers[role, text] = Viewer(role, text)
    return viewer


@dataclass(slots=True, eq=False)
class Subscription:
    """One binding of a channel to changes."""

    id: int
    channel: Channel
    viewer: Viewer
    action: str
    """INSERT, UPDATE, DELETE or *."""
    schema: str
    table: str
    """A name, or * for any."""
    conditions: tuple[Condition, ...]
    select: frozenset[str] | None
    tests: tuple[Test, ...] = ()
    """The conditions, made ready for the table's types; those by `equal` are left out."""
    since: int = 0
    """Position in the log: of what was committed before it doesn't hear."""
    equal: tuple[str, str] | None = None
    """A column and the text that it must have: what subscriptions are indexed by."""
    is_alone: bool = False
    """Whether its channel has no other."""
    lane: str = ""
    """The same for all who get the same message, where they are alone in their channels."""

    def take_place(self, *, since: int, is_alone: bool) -> None:
        """Settle what depends on the channel's other subscriptions."""
        self.since = since
        self.is_alone = is_alone
        select = ",".join(sorted(self.select)) if self.select is not None else "*"
        self.lane = f"{self.channel.version}|{self.id}|{self.viewer.role}|{select}|{self.channel.topic}"


@dataclass(slots=True, eq=False)
class Audience:
    """Subscribers of a change. Changes with the same ones share the object."""

    subscriptions: list[Subscription]
    since: int = 0
    """The latest position that one of them begins at."""
    viewers: set[Viewer] = field(init=False)
    roles: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.viewers = {subscription.viewer for subscription in self.subscriptions}
        self.roles = {viewer.role for viewer in self.viewers}

    def __bool__(self) -> bool:
        return bool(self.subscriptions)


class _Bucket:
    """The subscriptions to one table, or to one wildcard."""

    __slots__ = ("_audiences", "equal", "plain")

    def __init__(self) -> None:
        self.plain: dict[Subscription, None] = {}
        self.equal: dict[str, dict[str, dict[Subscription, None]]] = {}
        self._audiences: dict[str, Audience] = {}

    def find_everybody(self, action: str) -> Audience | None:
        """Return all who want such a change, None where that depends on the row."""
        if self.equal:
            return None
        known = self._audiences.get(action)
        if known is None:
            wanted = [subscription for subscription in self.plain if subscription.action in ("*", action)]
            if any(subscription.tests for subscription in wanted):
                return None
            latest = max((subscription.since for subscription in wanted), default=0)
            known = self._audiences[action] = Audience(wanted, latest)
        return known

    def add(self, subscription: Subscription) -> None:
        self._audiences.clear()
        self._place(subscription)[subscription] = None

    def remove(self, subscription: Subscription) -> None:
        self._audiences.clear()
        self._place(subscription).pop(subscription, None)
        if subscription.equal is not None:
            column, text = subscription.equal
            if not self.equal[column][text]:
                del self.equal[column][text]
            if not self.equal[column]:
                del self.equal[column]

    def _place(self, subscription: Subscription) -> dict[Subscription, None]:
        if subscription.equal is None:
            return self.plain
        column, text = subscription.equal
        return self.equal.setdefault(column, {}).setdefault(text, {})

    def __bool__(self) -> bool:
        return bool(self.plain or self.equal)


class Subscriptions:
    """All live subscriptions of this server."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, subscription: Subscription) -> None:
        """Let it hear of changes from now on."""
        self._buckets.setdefault((subscription.schema, subscription.table), _Bucket()).add(subscription)
        self._count += 1

    def remove(self, subscription: Subscription) -> None:
        """Let it hear no more."""
        key = (subscription.schema, subscription.table)
        self._buckets[key].remove(subscription)
        if not self._buckets[key]:
            del self._buckets[key]
        self._count -= 1

    def list_wildcards(self, schema: str, table: str) -> list[_Bucket]:
        """Return the buckets that a change of a table concerns."""
        keys = ((schema, table), (schema, "*"), ("*", table), ("*", "*"))
        return [bucket for key in keys if (bucket := self._buckets.get(key)) is not None]

    def find_everybody(self, schema: str, table: str, action: str) -> Audience | None:
        """Return all who want such a change of a table, None where that depends on the row."""
        buckets = self.list_wildcards(schema, table)
        return buckets[0].find_everybody(action) if len(buckets) == 1 else None

    def find(self, schema: str, table: str, record: dict[str, str | None]) -> Iterator[Subscription]:
        """Yield the subscriptions that a change of a table may concern; `record` holds its values as text."""
        for bucket in self.list_wildcards(schema, table):
            yield from bucket.plain
            for column, by_text in bucket.equal.items():
                text = record.get(column)
                if text is not None and (found := by_text.get(text)):
                    yield from found
