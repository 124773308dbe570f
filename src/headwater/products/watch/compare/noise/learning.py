"""Learnt noise: a place that moves at each check says nothing by moving again; what it comes to stand at is a change.

The rule, for each place of a page (`name_place`):

1. A place that moved at `MOVES` checks in a row is restless: its next movements are withheld.
2. It moved when it differs from what was *seen* last, not from the notified version.
3. What stands in it for `LOOKS` looks in a row is compared with the notified version. A clause counts for
   itself: one that stands is a change beside one that goes on moving.
4. Prices, dates, versions, states, addresses, denials and bad news are never withheld.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from headwater.products.watch.language.facts import find_facts
from headwater.products.watch.language.weight import GRAVE
from headwater.products.watch.page.passages import Passage

MOVES = 3
LOOKS = 3
# Beyond these a place isn't learnt, and its changes count.
MAX_PLACES = 100
MAX_CLAUSES = 40

_FIGURES = re.compile(r"[\d.,:]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_CLAUSE_END = re.compile(r"[.,;:!?…]+(?:\s+|$)|\s+[|·•/–—-]\s+|[()\[\]。、！？；]+")
_LASTING = frozenset(("price", "date", "version", "state", "phone", "email", "negation"))
_GONE = "-"


def name_place(passage: Passage) -> str:
    """A name for a place on a page that stays when its text changes: its heading, element, hints and first words."""
    words = _FIGURES.sub("#", passage.text).split()
    opening = " ".join(words[:2]) if len(words) > 3 else ""
    key = "\x1f".join((passage.region, passage.tag, passage.heading, *passage.hints, opening))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Place:
    """What earlier checks found in one place.

    `moves`: checks in a row that found it moved, `MOVES` at most; `still`: checks in a row that found it as it was.
    `seen`: the clauses by which it differed from the notified version, when it was seen last, each with the number of
    looks in a row that found it so. `moving`: clauses of the notified version that are known to move.
    """

    moves: int = 0
    still: int = 0
    seen: Mapping[str, int] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """A passage that differs from the notified one: in which place, by which clauses, in a fact that lasts or not."""

    place: str
    clauses: frozenset[str]
    is_lasting: bool


def find_difference(passage: Passage, *, before: str, after: str) -> Difference:
    """How `passage` differs. `before`, `after`: what of the two texts is compared."""
    one, other = _read_clauses(before), _read_clauses(after)
    clauses = frozenset((*(other - one), *(_GONE + clause for clause in one - other)))
    return Difference(name_place(passage), clauses, _differ_in_facts(before, after))


def _read_clauses(text: str) -> frozenset[str]:
    """A short hash for each clause, and for each with a sign for its figures: they may move while its words stay."""
    found = [clause for piece in _CLAUSE_END.split(text) if (clause := piece.strip().casefold())]
    if len(found) > MAX_CLAUSES:
        found = [*found[:MAX_CLAUSES], " ".join(found[MAX_CLAUSES:])]
    forms = {form for clause in found for form in (clause, _NUMBER.sub("#", clause))}
    return frozenset(
        hashlib.blake2b(form.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest() for form in forms
    )


def _differ_in_facts(before: str, after: str) -> bool:
    facts = [
        [(fact.kind, fact.value) for fact in find_facts(text) if fact.kind in _LASTING] for text in (before, after)
    ]
    return facts[0] != facts[1] or (GRAVE.search(before) is None) is not (GRAVE.search(after) is None)


def judge_movement(
    places: Mapping[str, Place], differences: Sequence[Difference]
) -> tuple[list[bool], dict[str, Place]]:
    """Which of a check's differences say nothing by moving, and what is known of the places after this check."""
    withheld = [False] * len(differences)
    by_place: dict[str, list[int]] = defaultdict(list)
    for index, difference in enumerate(differences):
        by_place[difference.place].append(index)
    updated: dict[str, Place] = {}
    for name in {**by_place, **places}:
        place, indexes = places.get(name, Place()), by_place.get(name, [])
        found = [differences[index] for index in indexes]
        looked = _look_again(place, found)
        for index, difference in zip(indexes, found, strict=True):
            withheld[index] = _says_nothing(place, looked, difference)
        notified = [one for index, one in zip(indexes, found, strict=True) if not withheld[index]]
        if notified:
            kept = [differences[index] for index in indexes if withheld[index]]
            looked = _tell(looked, notified=notified, kept=kept)
        if looked.moves:
            updated[name] = looked
    return withheld, _keep_most_restless(updated)


def _look_again(place: Place, found: Sequence[Difference]) -> Place:
    """The place after one more look, before anybody is notified. A change of lasting facts alone is no restlessness."""
    now = frozenset().union(*(one.clauses for one in found))
    seen = {clause: place.seen.get(clause, 0) + 1 for clause in now}
    if found and all(one.is_lasting for one in found):
        return replace(place, seen=seen)
    if now != place.seen.keys():
        return replace(place, moves=min(MOVES, place.moves + 1), still=0, seen=seen)
    return _rest(replace(place, seen=seen))


def _rest(place: Place) -> Place:
    """The place after a look that found it as it was."""
    still = place.still + 1
    is_restless = place.moves >= MOVES and still < LOOKS - 1
    return replace(place, moves=place.moves if is_restless else 0, still=still)


def _says_nothing(place: Place, looked: Place, difference: Difference) -> bool:
    if place.moves < MOVES or looked.moves < MOVES or difference.is_lasting:
        return False
    stands = (clause for clause in difference.clauses if looked.seen[clause] >= LOOKS)
    return all(clause.startswith(_GONE) and clause[1:] in looked.moving for clause in stands)


def _tell(place: Place, *, notified: Sequence[Difference], kept: Sequence[Difference]) -> Place:
    """The place once people were notified of some of its differences: from now on it differs by the others alone."""
    fresh = {
        clause
        for one in notified
        for clause in one.clauses
        if not clause.startswith(_GONE) and place.seen.get(clause, 0) < LOOKS
    }
    left = frozenset().union(*(one.clauses for one in kept))
    return replace(
        place,
        seen={clause: looks for clause, looks in place.seen.items() if clause in left},
        moving=frozenset(fresh | place.moving if kept else fresh),
    )


def _keep_most_restless(places: dict[str, Place]) -> dict[str, Place]:
    if len(places) <= MAX_PLACES:
        return places
    # Those with something withheld first: they were all known before, so none of them is beyond the bound.
    ranked = sorted(places.items(), key=lambda item: (not item[1].seen, -item[1].moves))
    return dict(ranked[:MAX_PLACES])


def rest_places(places: Mapping[str, Place]) -> dict[str, Place]:
    """What is known of the places after a check that found the page as it was."""
    rested = {
        name: _rest(replace(place, seen={clause: looks + 1 for clause, looks in place.seen.items()}))
        for name, place in places.items()
    }
    return {name: place for name, place in rested.items() if place.moves or place.seen}
