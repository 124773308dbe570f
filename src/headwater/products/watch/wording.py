"""One text against another: a paraphrase, or a changed fact?

The rule in short: a single place that was changed must be proven harmless (synonyms, inflection, a typo, another form of
the same number); a text that was reworded all over is taken for a paraphrase as long as its facts are the same: numbers,
dates, prices, names, states, what is negated. A single substituted word is how facts change; a paraphrase moves things.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from headwater.products.watch.fact_changes import FactChange, find_fact_changes
from headwater.products.watch.lexicon.stopwords import WEIGHTY
from headwater.products.watch.names import find_names
from headwater.products.watch.states import find_state_words
from headwater.products.watch.words import Token, is_known_word, is_small_word, read_tokens, same_kind, same_meaning, same_root

_AGREEING = frozenset(
    "a an the is are was were has have he she his her him der die das den dem ein eine einen einer einem le la les un une l el los las una uno del au aux du des".split()
)


# How much of the matter a paraphrase must share with what it stands for; less is another statement.
EVIDENCE = 0.12
SHORT_EVIDENCE = 0.42


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the wording of two texts says. `kind`: same, paraphrase, fact, word, addition, removal, other."""

    kind: str
    score: float
    changes: tuple[FactChange, ...] = ()
    reason: str = ""


@dataclass(slots=True)
class _Contrast:
    """Two token rows and what is left of each when the common words are taken away."""

    old: tuple[Token, ...]
    new: tuple[Token, ...]
    removed: list[Token] = field(default_factory=list)
    added: list[Token] = field(default_factory=list)
    regions: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    overlap: float = 0.0


def judge_wording(old: str, new: str, *, language: str = "", known_names: frozenset[str] = frozenset()) -> Verdict:
    """Judge two texts that stand for each other. `known_names` (lower case) stand on both pages outside of these texts."""
    old_tokens, new_tokens = read_tokens(old, language), read_tokens(new, language)
    if _keys(old_tokens) == _keys(new_tokens):
        return Verdict("same", 0.0)
    contrast = _contrast(old_tokens, new_tokens)
    changes = find_fact_changes(old_tokens, new_tokens)
    if changes:
        return Verdict("fact", 0.8, tuple(changes))
    narrow = _is_narrow(contrast)
    if narrow:
        return _judge_narrow(contrast, old, new)
    return _judge_wide(contrast, old, new, language=language, known_names=known_names)


def _keys(tokens: tuple[Token, ...]) -> list[str]:
    return [token.key for token in tokens]


def _contrast(old: tuple[Token, ...], new: tuple[Token, ...]) -> _Contrast:
    contrast = _Contrast(old, new)
    matcher = SequenceMatcher(None, _keys(old)[:600], _keys(new)[:600], autojunk=False)
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if operation != "equal":
            pair = (tuple(token.key for token in old[old_start:old_end]), tuple(token.key for token in new[new_start:new_end]))
            contrast.regions.append(pair)
    old_words = [token for token in old if token.kind == "word"]
    new_words = [token for token in new if token.kind == "word"]
    contrast.removed, contrast.added = _cancel(old_words, new_words)
    total = len(old_words) + len(new_words)
    contrast.overlap = 1.0 - (len(contrast.removed) + len(contrast.added)) / total if total else 1.0
    return contrast


def _cancel(old: list[Token], new: list[Token]) -> tuple[list[Token], list[Token]]:
    """What is left of both when equal stems, then synonyms, are struck out one against one."""
    count = Counter(token.key for token in new)
    removed = []
    for token in old:
        if count[token.key] > 0:
            count[token.key] -= 1
        else:
            removed.append(token)
    count = Counter(token.key for token in old)
    added = []
    for token in new:
        if count[token.key] > 0:
            count[token.key] -= 1
        else:
            added.append(token)
    left = []
    for token in removed[:200]:
        for index, other in enumerate(added):
            if same_meaning(token.key, other.key):
                del added[index]
                break
        else:
            left.append(token)
    return left, added


def _is_narrow(contrast: _Contrast) -> bool:
    """Was only one place changed (or several times the same)? Articles and verb endings that follow suit do not count."""
    if max(len(contrast.old), len(contrast.new)) <= 4:
        return True
    real = {pair for pair in contrast.regions if not _AGREEING.issuperset((*pair[0], *pair[1]))}
    return len(real) <= 1 and not any(_is_rephrased(pair) for pair in real)


def _is_rephrased(pair: tuple[tuple[str, ...], tuple[str, ...]]) -> bool:
    """Was a whole clause put in other words here? Then small words changed as well, not only the word that bears a fact."""
    old_small = [key for key in pair[0] if is_small_word(key) and key not in _AGREEING]
    new_small = [key for key in pair[1] if is_small_word(key) and key not in _AGREEING]
    if min(len(pair[0]), len(pair[1])) >= 6:
        return True
    return min(len(old_small), len(new_small)) >= 1 and max(len(old_small), len(new_small)) >= 2 and min(len(pair[0]), len(pair[1])) >= 3


def _judge_narrow(contrast: _Contrast, old: str, new: str) -> Verdict:
    removed, added = list(contrast.removed), list(contrast.added)
    removed, added = _strike_typos(removed, added)
    named = [*_find_state_changes(old, new), *_find_kind_changes(contrast)]
    if named:
        return Verdict("fact", 0.75, tuple(named[:1]))
    nots_old = sum(1 for token in contrast.old if token.kind == "not")
    nots_new = sum(1 for token in contrast.new if token.kind == "not")
    if nots_old != nots_new:
        return Verdict("fact", 0.75, (FactChange("negation", *_around_change(contrast)),))
    if not removed and not added:
        weighty = sum(len(pair[0]) + len(pair[1]) for pair in contrast.regions) <= 4 and any(_is_weighty(pair) for pair in contrast.regions)
        return Verdict("word", 0.55, (_word_change(contrast),), "a small word that turns the meaning") if weighty else Verdict("same", 0.05)
    if not removed and not any(not is_filler(token.key) for token in added):
        return Verdict("same", 0.05)
    return Verdict("word", 0.65, (FactChange("wording", _join(removed), _join(added)),))


def _around_change(contrast: _Contrast) -> tuple[str, str]:
    """What was said before and after, with a word or two on each side, for the reader."""
    start = 0
    while start < min(len(contrast.old), len(contrast.new)) and contrast.old[start].key == contrast.new[start].key:
        start += 1
    return tuple(" ".join(token.text for token in tokens[max(0, start - 1) : start + 3]) for tokens in (contrast.old, contrast.new))  # type: ignore[return-value]


def is_filler(stem: str) -> bool:
    """Is a word mere emphasis?"""
    return stem in _FILLERS


_FILLERS = frozenset("great nice lovely brand warmli dear whole entir special import note respective".split())


def _is_weighty(pair: tuple[tuple[str, ...], tuple[str, ...]]) -> bool:
    old, new = set(pair[0]) - set(pair[1]), set(pair[1]) - set(pair[0])
    if "only" in old ^ new and len(old | new) == 1:
        return True
    return any(old & group and new & group and not old & new for group in WEIGHTY)


def _word_change(contrast: _Contrast) -> FactChange:
    for old, new in contrast.regions:
        if _is_weighty((old, new)):
            return FactChange("wording", " ".join(old), " ".join(new))
    return FactChange("wording", "", "")


def _join(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens[:8])


def _strike_typos(removed: list[Token], added: list[Token]) -> tuple[list[Token], list[Token]]:
    left = []
    added = list(added)
    for token in removed:
        for index, other in enumerate(added):
            if is_typo(token.text, other.text):
                del added[index]
                break
        else:
            left.append(token)
    return left, added


def is_typo(old: str, new: str) -> bool:
    """Is one lower-case word the other with a slip of the pen? Known words and names never are."""
    if old.lower() == new.lower():
        return True
    if not (old.islower() and new.islower()) or min(len(old), len(new)) < 5 or old[0] != new[0]:
        return False
    if is_known_word(old) and is_known_word(new) or same_kind(old, new):
        return False
    if abs(len(old) - len(new)) > 1:
        return False
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    if len(old_middle) == len(new_middle) == 2:
        return old_middle == new_middle[::-1]
    if len(old_middle) + len(new_middle) == 1:
        return end > 0 and (old_middle or new_middle) != "s"
    return len(old_middle) == len(new_middle) == 1 and end > 0 and start > 1 and len(old) >= 7


def _judge_wide(contrast: _Contrast, old: str, new: str, *, language: str, known_names: frozenset[str]) -> Verdict:
    changes = [
        *_find_kind_changes(contrast),
        *_find_state_changes(old, new),
        *_find_name_changes(old, new, language=language, known_names=known_names),
        *_find_turned_negations(contrast),
    ]
    if changes:
        return Verdict("fact", 0.7, tuple(changes))
    removed, added = _strike_roots(contrast)
    old_size = sum(1 for token in contrast.old if token.kind == "word")
    new_size = sum(1 for token in contrast.new if token.kind == "word")
    longer, shorter = len(contrast.new) / max(1, len(contrast.old)), len(contrast.old) / max(1, len(contrast.new))
    if longer >= 1.4 and len(added) - len(removed) >= max(5, 0.5 * old_size):
        return Verdict("addition", 0.6, (FactChange("wording", "", _join(added)),))
    if shorter >= 1.4 and len(removed) - len(added) >= max(5, 0.5 * new_size):
        return Verdict("removal", 0.5, (FactChange("wording", _join(removed), ""),))
    total = old_size + new_size
    overlap = 1.0 - (len(removed) + len(added)) / total if total else 1.0
    shared_facts = {token.key for token in contrast.old if token.kind == "fact"} & {token.key for token in contrast.new if token.kind == "fact"}
    evidence = overlap + 0.15 * min(2, len(shared_facts))
    if evidence < (SHORT_EVIDENCE if _is_short(contrast) else EVIDENCE):
        return Verdict("other", 0.6)
    return Verdict("paraphrase", round(min(0.25, 0.05 + 0.25 * (1 - overlap)), 3))


def _is_short(contrast: _Contrast) -> bool:
    """Is a text so short that few common words prove nothing? (Japanese runs words together: its tokens are longer.)"""
    return min(len(contrast.old), len(contrast.new)) <= 8 and not any(token.key[:1] >= "\u3040" for token in contrast.old)


def _strike_roots(contrast: _Contrast) -> tuple[list[Token], list[Token]]:
    left, added = [], list(contrast.added)
    for token in contrast.removed[:200]:
        for index, other in enumerate(added):
            if same_root(token.key, other.key):
                del added[index]
                break
        else:
            left.append(token)
    return left, added


def _find_kind_changes(contrast: _Contrast) -> list[FactChange]:
    """Two words of one kind, one gone and one come: red for blue, Monday for Tuesday."""
    changes = []
    for token in contrast.removed:
        for other in contrast.added:
            if same_kind(token.key, other.key) and not same_meaning(token.key, other.key):
                changes.append(FactChange("word", token.text, other.text))
                break
    return changes


def _find_state_changes(old: str, new: str) -> list[FactChange]:
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


def _find_name_changes(old: str, new: str, *, language: str, known_names: frozenset[str]) -> list[FactChange]:
    old_names = {name.lower().removesuffix("'s").removesuffix("’s"): name for _, name in find_names(old, language=language)}
    new_names = {name.lower().removesuffix("'s").removesuffix("’s"): name for _, name in find_names(new, language=language)}
    gone = [name for name in old_names if not _speaks_of(new, name)]
    come = [name for name in new_names if not _speaks_of(old, name)]
    if gone and not come:
        gone = [name for name in gone if name not in known_names]
    if come and not gone:
        come = [name for name in come if name not in known_names]
    if not gone and not come:
        return []
    return [FactChange("name", " ".join(old_names[name] for name in gone[:3]), " ".join(new_names[name] for name in come[:3]))]


def _speaks_of(text: str, name: str) -> bool:
    lowered = text.lower()
    if name in lowered or name.rstrip("s") in lowered:
        return True
    if len(name) <= 5 and name.isalpha():
        initials = "".join(word[0] for word in text.split() if word[0].isalpha()).lower()
        return name in initials
    return False


def _find_turned_negations(contrast: _Contrast) -> list[FactChange]:
    """A word that is denied on one side and affirmed on the other."""
    old_denied, new_denied = _denied(contrast.old), _denied(contrast.new)
    old_said = {token.key for token in contrast.old if token.kind == "word"} - old_denied
    new_said = {token.key for token in contrast.new if token.kind == "word"} - new_denied
    turned = (old_denied & new_said - new_denied) | (new_denied & old_said - old_denied)
    if turned and any(token.kind == "not" for token in contrast.old) != any(token.kind == "not" for token in contrast.new):
        word = min(turned)
        return [FactChange("negation", f"not {word}" if word in old_denied else word, f"not {word}" if word in new_denied else word)]
    return []


def _denied(tokens: tuple[Token, ...]) -> set[str]:
    denied = set()
    for index, token in enumerate(tokens):
        if token.kind == "not":
            following = [other.key for other in tokens[index + 1 : index + 4] if other.kind == "word"]
            denied.update(following[:1])
    return denied
