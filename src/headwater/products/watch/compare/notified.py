"""The notified version: by the stored version, and by passages that are held where that version already says more.

A version is what a page said. When one is stored, people may not have been notified of some of its passages: those
whose movement was withheld (`learning`), and those of a change too small for an alert. For each of them the notified
passage is held in `monitored_sources.volatility`, so that small steps add up and nothing is lost between two
versions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter, ValidationError

from headwater.products.watch.compare.noise.learning import Difference, Place, judge_movement, rest_places
from headwater.products.watch.page.passages import Passage

MAX_HELD = 100
MAX_HELD_TEXT = 40_000


@dataclass(frozen=True, slots=True)
class Held:
    """The notified passage in a place of the stored version. `is_withheld`: its movement was, as noise."""

    passage: Passage
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class Notified:
    """What a source's checks know beside its stored version: restless places, and held passages by ordinal.

    `told_in`: the version that the oldest of the held passages was notified with. `is_unread`: what was stored can't
    be read (an earlier release wrote it), so the page is looked at afresh.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    places: Mapping[str, Place] = field(default_factory=dict)
    held: Mapping[int, Held] = field(default_factory=dict)
    told_in: UUID | None = None
    is_unread: bool = False

    @property
    def is_open(self) -> bool:
        """Might a page that is the same as at the last look still hold a change?"""
        return (
            self.is_unread
            or any(place.seen for place in self.places.values())
            or any(held.is_withheld for held in self.held.values())
        )


_NOTHING = Notified()
_ADAPTER = TypeAdapter(Notified)


def read_notified(state: Mapping[str, Any]) -> Notified:
    """Read what is kept in `monitored_sources.volatility`."""
    if not state:
        return _NOTHING
    try:
        return _ADAPTER.validate_python(state)
    except ValidationError:
        return Notified(is_unread=True)


def write_notified(notified: Notified) -> dict[str, Any]:
    """Write it as JSON; empty where there is nothing to know."""
    written: dict[str, Any] = _ADAPTER.dump_python(notified, mode="json", exclude_defaults=True)
    return written


def rest(notified: Notified) -> Notified:
    """What is known after a check that found the page as it was."""
    return replace(notified, places=rest_places(notified.places))


def restore_notified(stored: Sequence[Passage], notified: Notified) -> tuple[Passage, ...]:
    """The passages of the stored version, with the notified ones in the place of withheld ones."""
    if not notified.held:
        return tuple(stored)
    return tuple(_restore(passage, notified.held.get(passage.ordinal)) for passage in stored)


def _restore(passage: Passage, held: Held | None) -> Passage:
    if held is None or not held.is_withheld:
        return passage
    return replace(held.passage, ordinal=passage.ordinal)


def withhold(
    notified: Notified, differences: Sequence[Difference], pairs: Sequence[tuple[Passage, Passage]]
) -> tuple[list[bool], dict[str, Place]]:
    """Which of a check's differences say nothing by moving, and what is known of the places after this check.

    `pairs`: for each difference the notified passage and the one that is there now. What can't be held is
    an alert: noise rather than a loss.
    """
    withheld, places = judge_movement(notified.places, differences)
    held = bound_held(
        {pair[1].ordinal: Held(pair[0], True) for pair, silent in zip(pairs, withheld, strict=True) if silent}
    )
    if len(held) == sum(withheld):
        return withheld, places
    return judge_movement(
        notified.places,
        [one if pair[1].ordinal in held else _mark_lasting(one) for one, pair in zip(differences, pairs, strict=True)],
    )


def _mark_lasting(difference: Difference) -> Difference:
    return replace(difference, is_lasting=True)


def bound_held(held: Mapping[int, Held]) -> dict[int, Held]:
    """As many as are kept, the withheld ones first. Beyond them the stored version is what counts as notified."""
    kept: dict[int, Held] = {}
    size = 0
    for ordinal, one in sorted(held.items(), key=lambda item: (not item[1].is_withheld, item[0])):
        size += len(one.passage.text)
        if len(kept) < MAX_HELD and size <= MAX_HELD_TEXT:
            kept[ordinal] = one
    return kept


def hold(notified: Notified, pairs: Sequence[tuple[Passage, Passage]], *, is_withheld: bool) -> Notified:
    """What is known once the version of the second passages is stored; the first ones are the notified ones."""
    added = {after.ordinal: Held(before, is_withheld) for before, after in pairs}
    return replace(notified, held=bound_held({**notified.held, **added}))


def date_held(notified: Notified, *, before: Notified, version_id: UUID) -> Notified:
    """What is known, with the version that the oldest held passage was notified with; `version_id`: compared with."""
    if not notified.held:
        return replace(notified, told_in=None)
    return replace(notified, told_in=before.told_in if before.held and before.told_in else version_id)
