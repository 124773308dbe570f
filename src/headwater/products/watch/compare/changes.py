"""A change, and what kinds there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headwater.products.watch.compare.fact_changes import FactChange
from headwater.products.watch.page.passages import Passage

#: Of two texts in one place.
Rewording = Literal["paraphrase", "fact", "word", "addition", "removal", "other"]
VerdictKind = Literal["same", Rewording]
ChangeKind = Literal["added", "removed", Rewording]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; score 0…1."""

    kind: ChangeKind
    before: Passage | None
    after: Passage | None
    score: float
    facts: tuple[FactChange, ...] = ()
