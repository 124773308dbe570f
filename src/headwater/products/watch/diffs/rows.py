"""A comparison laid out in rows for people to read: side by side or in one column, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from headwater.products.watch.checks.judging.judgement import Judgement, judge_change
from headwater.products.watch.compare.align import align_equal
from headwater.products.watch.compare.changes import Change
from headwater.products.watch.compare.compare import Comparison
from headwater.products.watch.compare.fact_changes import FactChange
from headwater.products.watch.diffs.word_marks import Operation, Span, mark_exchanged
from headwater.products.watch.page.passages import Passage
from headwater.products.watch.sources.config import SourceConfig

RowKind = Literal["same", "added", "removed", "reworded", "noise", "folded"]
MAX_ROWS = 400
MAX_CHARACTERS = 200_000
MAX_CONTEXT = 20
_KEPT: tuple[Literal["reworded", "removed", "added"], ...] = ("reworded", "removed", "added")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of both columns. A `folded` row stands for `count` unchanged passages that aren't shown.

    `nature` is the comparison's word for a change: fact, word, paraphrase, addition, removal, other.
    """

    kind: RowKind
    nature: str = ""
    spans: tuple[Span, ...] = ()
    tag: str = "p"
    heading: str = ""
    before_number: int | None = None
    after_number: int | None = None
    score: float | None = None
    facts: tuple[FactChange, ...] = ()
    reason: str = ""
    moved: bool = False
    count: int = 0

    @property
    def is_context(self) -> bool:
        """Say whether nothing differs here."""
        return self.kind == "same" and not self.moved


@dataclass(slots=True)
class _Pairing:
    """What stands for what: ordinals of the old passages by those of the new, and the changes at either."""

    partner_of: dict[int, int] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    change_at_new: dict[int, Change] = field(default_factory=dict)
    change_at_old: dict[int, Change] = field(default_factory=dict)


def judge_and_lay_out(
    old: Sequence[Passage], new: Sequence[Passage], config: SourceConfig, context: int
) -> tuple[Judgement, list[Row], int]:
    """Judge two versions and lay them out in rows; runs in the pool."""
    judgement = judge_change(old, new, config=config, volatility={})
    rows, left_out = lay_out_rows(old, new, judgement.comparison, context=context)
    return judgement, rows, left_out


def lay_out_rows(
    old: Sequence[Passage], new: Sequence[Passage], comparison: Comparison, *, context: int = 2
) -> tuple[list[Row], int]:
    """Lay out two versions with `context` unchanged passages around each change.

    Returns the rows, bounded in number and size, and how many rows with a difference were left out for that.
    """
    pairing = _pair(old, new, comparison)
    noise = {text: reason for reason, text in comparison.noise}
    rows = [_make_row(old, new, place, pairing, noise=noise) for place in _order(old, new, pairing)]
    return _bound(_fold(rows, context=context))


def lay_out_details(details: Mapping[str, Any]) -> list[Row]:
    """Lay out what an alert kept of its change, for when a version is no longer there."""
    rows = []
    for kind in _KEPT:
        for one in details.get(kind, ()):
            spans = tuple(Span(span["op"], span["text"]) for span in one.get("spans", ()))
            whole: Operation = "removed" if kind == "removed" else "added"
            rows.append(
                Row(
                    kind=kind,
                    nature=one.get("kind", ""),
                    spans=spans or (Span(whole, one.get("text", "")),),
                    tag=one.get("tag", "p"),
                    heading=one.get("heading", ""),
                    score=one.get("score"),
                )
            )
    return rows


def _pair(old: Sequence[Passage], new: Sequence[Passage], comparison: Comparison) -> _Pairing:
    pairing = _Pairing()
    for change in (*comparison.reworded, *comparison.added, *comparison.removed):
        if change.after is not None:
            pairing.change_at_new.setdefault(change.after.ordinal, change)
        if change.before is not None:
            pairing.change_at_old.setdefault(change.before.ordinal, change)
        if change.before is not None and change.after is not None:
            pairing.partner_of.setdefault(change.after.ordinal, change.before.ordinal)
    aligned = align_equal([passage.hash for passage in old], [passage.hash for passage in new])
    taken = set(pairing.partner_of.values())
    for left, right in (*aligned.equal, *aligned.moved):
        if right not in pairing.partner_of and left not in taken:
            pairing.partner_of[right] = left
            taken.add(left)
    pairing.moved = {right for _, right in aligned.moved}
    _pair_leftovers(old, new, pairing, taken)
    return pairing


def _pair_leftovers(old: Sequence[Passage], new: Sequence[Passage], pairing: _Pairing, taken: set[int]) -> None:
    """Pair what the comparison took for noise with what stood in its place, so that a clock shows both times."""
    for right in range(len(new)):
        if right in pairing.partner_of or right in pairing.change_at_new:
            continue
        left = pairing.partner_of.get(right - 1, -1 if right == 0 else None)
        if left is None or left + 1 >= len(old) or left + 1 in taken or left + 1 in pairing.change_at_old:
            continue
        if old[left + 1].tag == new[right].tag:
            pairing.partner_of[right] = left + 1
            taken.add(left + 1)


def _order(old: Sequence[Passage], new: Sequence[Passage], pairing: _Pairing) -> list[tuple[int | None, int | None]]:
    """Return places (old, new) in the order of the new page; what is gone stands where it stood."""
    taken = {left: right for right, left in pairing.partner_of.items()}
    after: dict[int, list[int]] = {}
    anchor = -1
    for left in range(len(old)):
        right = taken.get(left)
        if right is None:
            after.setdefault(anchor, []).append(left)
        elif right not in pairing.moved:
            anchor = max(anchor, right)
    places: list[tuple[int | None, int | None]] = [(left, None) for left in after.get(-1, [])]
    for right in range(len(new)):
        places.append((pairing.partner_of.get(right), right))
        places.extend((left, None) for left in after.get(right, []))
    return places


def _make_row(
    old: Sequence[Passage],
    new: Sequence[Passage],
    place: tuple[int | None, int | None],
    pairing: _Pairing,
    *,
    noise: Mapping[str, str],
) -> Row:
    left, right = place
    before = old[left] if left is not None else None
    after = new[right] if right is not None else None
    shown = after or before
    assert shown is not None  # noqa: S101 — a place names at least one side
    change = pairing.change_at_new.get(right) if right is not None else pairing.change_at_old.get(left or 0)
    spans = mark_exchanged(before.text if before else "", after.text if after else "")
    kind: RowKind = "noise"
    if before is not None and after is not None and before.hash == after.hash:
        kind, change = "same", None
    elif change is not None:
        kind = "reworded" if before and after else "added" if after else "removed"
    return Row(
        kind=kind,
        nature=change.kind if change else "",
        spans=spans,
        tag=shown.tag,
        heading=shown.heading,
        before_number=None if left is None else left + 1,
        after_number=None if right is None else right + 1,
        score=change.score if change else None,
        facts=change.facts if change else (),
        reason=noise.get(shown.text, "") if kind == "noise" else "",
        moved=kind == "same" and right in pairing.moved,
    )


def _fold(rows: Sequence[Row], *, context: int) -> list[Row]:
    """Fold unchanged passages that no change is near. Noise and what only moved needs no surroundings."""
    near: set[int] = set()
    for index, row in enumerate(rows):
        if row.kind not in ("same", "noise"):
            near.update(range(max(0, index - context), min(len(rows), index + context + 1)))
    folded: list[Row] = []
    run = 0
    for index, row in enumerate(rows):
        if row.is_context and index not in near:
            run += 1
            continue
        if run:
            folded.append(Row("folded", count=run))
            run = 0
        folded.append(row)
    if run:
        folded.append(Row("folded", count=run))
    return folded


def _bound(rows: Sequence[Row]) -> tuple[list[Row], int]:
    kept: list[Row] = []
    size = 0
    for index, row in enumerate(rows):
        size += sum(len(span.text) for span in row.spans)
        if len(kept) == MAX_ROWS or size > MAX_CHARACTERS:
            return kept, _count_differing(rows[index:])
        kept.append(row)
    return kept, 0


def _count_differing(rows: Iterable[Row]) -> int:
    return sum(1 for row in rows if row.kind not in ("same", "folded"))
