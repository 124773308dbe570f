"""What changed and what was told of it, page by page, and the reckoning of both."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How often the changes of all pages were told. `never` and `twice` name page and fact."""

    changes: int
    once: int
    twice: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(slots=True)
class Ledger:
    """The facts that each page showed, in their order, and those that alerts told, in theirs."""

    shown: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def reckon(self) -> Reckoning:
        """Match what was told with what was shown: a page's alerts follow the order of its changes."""
        once, twice, never = 0, [], []
        for page, facts in self.shown.items():
            told = list(self.told.get(page, ()))
            for fact in facts:
                if fact not in told:
                    never.append(f"{page}: {fact}")
                    continue
                # What stands before it is told of no change of this page, or was told already.
                position = told.index(fact)
                twice += [f"{page}: {one}" for one in told[:position]]
                del told[: position + 1]
                once += 1
            twice += [f"{page}: {one}" for one in told]
        return Reckoning(sum(map(len, self.shown.values())), once, tuple(twice), tuple(never))
