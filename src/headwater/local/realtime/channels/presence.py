"""Who is present in a topic, and what has changed since it was last told."""

from __future__ import annotations

import secrets
from typing import Any

import orjson

Meta = dict[str, Any]


class Presences:
    """The presences of one topic: under each key what its holders say of themselves."""

    __slots__ = ("_joins", "_keys", "_leaves", "_tracked")

    def __init__(self) -> None:
        self._tracked: dict[object, tuple[str, Meta]] = {}
        self._keys: dict[str, dict[str, Meta]] = {}
        self._joins: dict[str, dict[str, Meta]] = {}
        self._leaves: dict[str, dict[str, Meta]] = {}

    def __len__(self) -> int:
        return len(self._tracked)

    def track(self, holder: object, key: str, payload: dict[str, Any]) -> bool:
        """Let `holder` be present, or say something else of itself; whether anything changed."""
        known = self._tracked.get(holder)
        if known is not None and {name: value for name, value in known[1].items() if name not in _OWN} == payload:
            return False
        meta = {**payload, "phx_ref": secrets.token_urlsafe(9)}
        if known is not None:
            meta["phx_ref_prev"] = known[1]["phx_ref"]
            self.untrack(holder)
        self._tracked[holder] = (key, meta)
        self._keys.setdefault(key, {})[meta["phx_ref"]] = meta
        self._joins.setdefault(key, {})[meta["phx_ref"]] = meta
        return True

    def untrack(self, holder: object) -> bool:
        """Let `holder` be gone; whether it was present."""
        known = self._tracked.pop(holder, None)
        if known is None:
            return False
        key, meta = known
        reference = meta["phx_ref"]
        _remove(self._keys, key, reference)
        if not _remove(self._joins, key, reference):
            self._leaves.setdefault(key, {})[reference] = meta
        return True

    def make_state(self) -> bytes:
        """Return the payload of `presence_state`."""
        return orjson.dumps(_group(self._keys))

    def take_diff(self) -> bytes | None:
        """Return the payload of `presence_diff`: what has changed since the last time; None when nothing has."""
        if not self._joins and not self._leaves:
            return None
        diff = orjson.dumps({"joins": _group(self._joins), "leaves": _group(self._leaves)})
        self._joins.clear()
        self._leaves.clear()
        return diff


_OWN = frozenset({"phx_ref", "phx_ref_prev"})


def _group(keys: dict[str, dict[str, Meta]]) -> dict[str, Any]:
    return {key: {"metas": list(metas.values())} for key, metas in keys.items()}


def _remove(keys: dict[str, dict[str, Meta]], key: str, reference: str) -> bool:
    metas = keys.get(key, {})
    if metas.pop(reference, None) is None:
        return False
    if not metas:
        del keys[key]
    return True
