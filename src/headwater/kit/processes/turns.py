"""Whose call runs next: shares take turns, and the last free process is kept for a share that has none."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Turns(Generic[Item]):
    """A queue for each share. One share can't take every process, nor every turn, however much it asks for."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Item]] = OrderedDict()
        self._running: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many calls wait."""
        return sum(map(len, self._waiting.values()))

    def add(self, share: str, item: Item) -> None:
        """Let a call wait for its turn, behind those of its share."""
        self._waiting.setdefault(share, deque()).append(item)

    def take(self, *, free: int) -> tuple[str, Item] | None:
        """Return the next call that may run while `free` processes are idle, with its share; None where none may."""
        for share, items in self._waiting.items():
            if self._running[share] and free <= 1:
                continue
            item = items.popleft()
            if items:
                self._waiting.move_to_end(share)
            else:
                del self._waiting[share]
            self._running[share] += 1
            return share, item
        return None

    def give_back(self, share: str) -> None:
        """Count a call of the share as over."""
        self._running[share] -= 1
        if not self._running[share]:
            del self._running[share]

    def clear(self) -> list[Item]:
        """Return all that wait, and let nothing wait any more."""
        items = [item for waiting in self._waiting.values() for item in waiting]
        self._waiting.clear()
        return items
