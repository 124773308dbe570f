"""Changed facts without a digit: states, words of one kind, names, and statements turned round."""

from __future__ import annotations

from headwater.products.watch.compare.contrast import Contrast
from headwater.products.watch.compare.fact_changes import FactChange
from headwater.products.watch.language.names import find_names
from headwater.products.watch.language.states import find_state_words
from headwater.products.watch.language.words import Token, same_kind, same_meaning


def find_kind_changes(contrast: Contrast) -> list[FactChange]:
    """Two words of one kind, one gone and one come: red for blue, Monday for Tuesday."""
    changes = []
    for token in contrast.removed:
        for other in contrast.added:
            if same_kind(token.key, other.key) and not same_meaning(token.key, other.key):
                changes.append(FactChange("word", token.text, other.text))
                break
    return changes


def find_state_changes(old: str, new: str) -> list[FactChange]:
    """Two values of one state, one gone and one come: in stock for sold out."""
    before: dict[str, dict[str, str]] = {}
    after: dict[str, dict[str, str]] = {}
    for text, found in ((old, before), (new, after)):
        for start, end, name, value in find_state_words(text):
            found.setdefault(name, {})[value] = text[start:end]
    changes = []
    for name in before.keys() & after.keys():
        gone, come = before[name].keys() - after[name].keys(), after[name].keys() - before[name].keys()
        if gone and come:
            changes.append(FactChange("state", before[name][min(gone)], after[name][min(come)]))
    return changes


def find_lone_states(old: str, new: str) -> list[FactChange]:
    """A state that ends something (sold out, closed, filled, cancelled) of which the other text says nothing at all."""
    named = [
        {name: (value, text[start:end]) for start, end, name, value in find_state_words(text)} for text in (old, new)
    ]
    changes = []
    for one, other, gone in ((named[0], named[1], True), (named[1], named[0], False)):
        for name, (value, shown) in one.items():
            if (name, value) in _ENDING and name not in other:
                changes.append(FactChange("state", shown if gone else "", "" if gone else shown))
    return changes


_ENDING = frozenset([("stock", "out"), ("seats", "full"), ("sold", "gone"), ("process", "cancelled")])


def find_name_changes(old: str, new: str, *, language: str, known_names: frozenset[str]) -> list[FactChange]:
    """Names that only one text speaks of; one that went without another coming may still be known from the page."""
    old_names = {
        name.lower().removesuffix("'s").removesuffix("’s"): name for _, name in find_names(old, language=language)
    }
    new_names = {
        name.lower().removesuffix("'s").removesuffix("’s"): name for _, name in find_names(new, language=language)
    }
    gone = [name for name in old_names if not _speaks_of(new, name)]
    come = [name for name in new_names if not _speaks_of(old, name)]
    if gone and not come:
        gone = [name for name in gone if name not in known_names]
    if come and not gone:
        come = [name for name in come if name not in known_names]
    if not gone and not come:
        return []
    return [
        FactChange(
            "name", " ".join(old_names[name] for name in gone[:3]), " ".join(new_names[name] for name in come[:3])
        )
    ]


def _speaks_of(text: str, name: str) -> bool:
    lowered = text.lower()
    if name in lowered or name.rstrip("s") in lowered:
        return True
    if len(name) <= 5 and name.isalpha():
        initials = "".join(word[0] for word in text.split() if word[0].isalpha()).lower()
        return name in initials
    return False


def find_turned_negations(contrast: Contrast) -> list[FactChange]:
    """A word that is denied on one side and affirmed on the other."""
    old_denied, new_denied = _denied(contrast.old), _denied(contrast.new)
    old_said = {token.key for token in contrast.old if token.kind == "word"} - old_denied
    new_said = {token.key for token in contrast.new if token.kind == "word"} - new_denied
    turned = (old_denied & new_said - new_denied) | (new_denied & old_said - old_denied)
    if turned and any(token.kind == "not" for token in contrast.old) != any(
        token.kind == "not" for token in contrast.new
    ):
        word = min(turned)
        return [
            FactChange(
                "negation", f"not {word}" if word in old_denied else word, f"not {word}" if word in new_denied else word
            )
        ]
    return []


def _denied(tokens: tuple[Token, ...]) -> set[str]:
    denied = set()
    for index, token in enumerate(tokens):
        if token.kind == "not":
            following = [other.key for other in tokens[index + 1 : index + 4] if other.kind == "word"]
            denied.update(following[:1])
    return denied


def find_exchanged(old: tuple[Token, ...], new: tuple[Token, ...]) -> list[FactChange]:
    """Two words of one kind, or two names, that changed places: cats are welcome, dogs are not. In a list they may."""
    if len(old) != len(new):
        return []
    places = [index for index, (one, other) in enumerate(zip(old, new, strict=True)) if one.key != other.key]
    if len(places) != 2:
        return []
    first, last = places
    if (old[first].key, old[last].key) != (new[last].key, new[first].key):
        return []
    between = {token.key for token in old[first + 1 : last]}
    named = all(token.text[:1].isupper() for token in (old[first], old[last], new[first], new[last]))
    if not between - _JOINING or not (named or same_kind(old[first].key, old[last].key)):
        return []
    return [FactChange("word", old[first].text, new[first].text), FactChange("word", old[last].text, new[last].text)]


_JOINING = frozenset(["and", "or", "as", "well", "with", "und", "oder", "sowie", "et", "ou", "y", "e", "o", "i"])
