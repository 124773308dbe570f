"""Words brought to what they have in common: stems, synonyms, phrases, and which of them are content words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from headwater.kit.text.normalising import normalise_text
from headwater.products.watch.language.facts import find_hard_facts
from headwater.products.watch.language.idioms import normalise_idioms
from headwater.products.watch.language.lexicon import read_sections
from headwater.products.watch.language.numbers import UNIT_OF_WORD, WORDS_TO_NUMBERS, measure, scale_number
from headwater.products.watch.language.stopwords import NEGATIONS, STOPWORDS


class Token(NamedTuple):
    """One unit of a text. `kind`: word (content), stop (none), fact (`key` holds its value), not (negation)."""

    key: str
    kind: str
    text: str
    start: int
    end: int


_WORD = re.compile(
    r"[\u4e00-\u9fff\u3005\u3006]+|[\u30a0-\u30fa\u30fc-\u30ff]+|[\u3041-\u309f]+|"
    r"(?:(?![\u3040-\u30ff\u4e00-\u9fff])[^\W\d_])+(?:['’‘](?:(?![\u3040-\u30ff\u4e00-\u9fff])[^\W\d_])+)*"
)
_HIRAGANA = re.compile(r"^[\u3041-\u309f]+$")
_JAPANESE_NOT = re.compile(r"ない|ません|なかっ|なく|ずに")
_CONTRACTED = re.compile(r"['’‘](?:s|re|ve|ll|d|m|t)$")
_SUFFIXES = ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s")
_NOT_WORDS = {"can't": "can", "won't": "will", "cannot": "can", "shan't": "shall"}


@lru_cache(maxsize=8192)
def stem_word(word: str) -> str:
    """The stem of a lower-case word: inflection goes (deliveries → deliver), prefixes and derivation stay."""
    if not word.isascii() or len(word) < 4:
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            if suffix == "s" and word.endswith(("ss", "us", "is")):
                break
            base = word[: -len(suffix)]
            if suffix in ("ied", "ies"):
                return base + "i"
            if suffix in ("ing", "ings", "ed") and not re.search(r"[aeiouy]", base):
                break
            if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
                base = base[:-1]
            word = base
            break
    if word.endswith("y") and len(word) > 3:
        return word[:-1] + "i"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _read_groups(lines: Iterable[str]) -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(lines):
        for word in line.split():
            groups.setdefault(stem_word(word.lower().replace("_", " ")), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


_LINES = read_sections("synonyms")
_SYNONYMS = _read_groups(_LINES["english"] + _LINES["abroad"])
_KINDS = _read_groups(line.partition(":")[2] for line in read_sections("kinds")["kinds"])
_PHRASES: dict[tuple[str, ...], str] = {
    tuple(left.split()): right.strip() for left, _, right in (line.partition(" = ") for line in _LINES["phrases"])
}
del _LINES
_PHRASE_STARTS = frozenset(phrase[0] for phrase in _PHRASES)
_LONGEST_PHRASE = max(map(len, _PHRASES))


@lru_cache(maxsize=8192)
def same_meaning(one: str, other: str) -> bool:
    """Are two stems the same word, synonyms or words of one root?"""
    return one == other or bool(_SYNONYMS.get(one, frozenset()) & _SYNONYMS.get(other, frozenset()))


@lru_cache(maxsize=8192)
def same_root(one: str, other: str) -> bool:
    """Do two stems look like one root (deliver, delivery; Öffnung, öffnen)? Weak evidence, for wide rewordings only."""
    shorter = min(len(one), len(other))
    if shorter < 4 or same_kind(one, other):
        return False
    common = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        common += 1
    return common >= 4 and common >= 0.66 * max(len(one), len(other)) - 1


@lru_cache(maxsize=8192)
def same_kind(one: str, other: str) -> bool:
    """Are two different stems of one kind (two colours, two weekdays), so that one for the other is a changed fact?"""
    return one != other and bool(_KINDS.get(one, frozenset()) & _KINDS.get(other, frozenset()))


def is_small_word(key: str) -> bool:
    """Is a token's key a function word?"""
    return key in STOPWORDS


def is_known_word(stem: str) -> bool:
    """Is a stem in the lists of synonyms, kinds or function words?"""
    return stem in _SYNONYMS or stem in _KINDS or stem in STOPWORDS


@lru_cache(maxsize=256)
def read_tokens(text: str, language: str = "") -> tuple[Token, ...]:
    """A text as tokens: hard facts by value, words by stem, punctuation dropped; number words become facts."""
    text = normalise_idioms(normalise_text(text))
    tokens: list[Token] = []
    position = 0
    for fact in find_hard_facts(text, language):
        tokens.extend(_read_words(text, position, fact.start))
        tokens.append(Token(f"{fact.kind}:{fact.value}", "fact", fact.text, fact.start, fact.end))
        position = fact.end
    tokens.extend(_read_words(text, position, len(text)))
    return tuple(_join_numbers(_join_phrases(tokens)))


def _read_words(text: str, start: int, end: int) -> list[Token]:
    tokens: list[Token] = []
    for match in _WORD.finditer(text, start, end):
        shown = match.group()
        word = shown.lower().replace("’", "'").replace("‘", "'")
        if word[0] >= "\u3041" and _HIRAGANA.match(word):
            kind = "not" if _JAPANESE_NOT.search(word) else "stop"
            tokens.append(Token(word, kind, shown, match.start(), match.end()))
            continue
        if word in _NOT_WORDS or word.endswith("n't"):
            tokens.append(Token(_NOT_WORDS.get(word, word[:-3]), "stop", shown, match.start(), match.end()))
            tokens.append(Token("not", "not", shown, match.start(), match.end()))
            continue
        for elision in ("l'", "d'", "qu'", "n'", "s'", "c'", "j'"):
            if word.startswith(elision) and len(word) > len(elision):
                word = word[len(elision) :]
        word = _CONTRACTED.sub("", word)
        if (
            len(shown) == 1
            and shown.isupper()
            and (shown not in "AI" or text[max(0, match.start() - 2) : match.start()][:1].isalpha())
        ):
            tokens.append(Token(word, "word", shown, match.start(), match.end()))
            continue
        tokens.append(_make_token(word, shown, match.start(), match.end()))
    return tokens


def _make_token(word: str, shown: str, start: int, end: int) -> Token:
    if word in NEGATIONS:
        return Token(word, "not", shown, start, end)
    number = WORDS_TO_NUMBERS.get(word)
    if number is not None:
        return Token(f"number:{number}", "fact", shown, start, end)
    if word in STOPWORDS:
        return Token(word, "stop", shown, start, end)
    return Token(stem_word(word), "word", shown, start, end)


def _join_phrases(tokens: list[Token]) -> list[Token]:
    joined: list[Token] = []
    index = 0
    lowered = [token.text.lower() for token in tokens]
    while index < len(tokens):
        if lowered[index] in _PHRASE_STARTS:
            for size in range(min(_LONGEST_PHRASE, len(tokens) - index), 1, -1):
                replacement = _PHRASES.get(tuple(lowered[index : index + size]))
                if replacement is not None:
                    start, end = tokens[index].start, tokens[index + size - 1].end
                    joined.extend(_make_token(word, word, start, end) for word in replacement.split())
                    index += size
                    break
            else:
                joined.append(tokens[index])
                index += 1
        else:
            joined.append(tokens[index])
            index += 1
    return joined


def _join_numbers(tokens: list[Token]) -> list[Token]:
    """ "two minutes" → the quantity that "2 minutes" is; "four hundred" → 400."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if last is not None and last.key.startswith("number:") and not last.text[:1].isdigit():
            value = last.key.partition(":")[2]
            lowered = token.text.lower()
            if token.key in ("number:100", "number:12") and value.isdigit():
                joined[-1] = Token(
                    f"number:{int(value) * int(token.key[7:])}",
                    "fact",
                    f"{last.text} {token.text}",
                    last.start,
                    token.end,
                )
                continue
            if lowered in ("thousand", "million", "billion"):
                joined[-1] = Token(
                    f"number:{scale_number(value, lowered)}", "fact", f"{last.text} {token.text}", last.start, token.end
                )
                continue
            if lowered in UNIT_OF_WORD and len(lowered) > 2 and token.kind != "fact":
                kind, amount = measure(value, lowered)
                joined[-1] = Token(
                    f"quantity:{amount} {kind}", "fact", f"{last.text} {token.text}", last.start, token.end
                )
                continue
            if lowered in _PERCENT_WORDS:
                joined[-1] = Token(f"percentage:{value}", "fact", f"{last.text} {token.text}", last.start, token.end)
                continue
        joined.append(token)
    return joined


_PERCENT_WORDS = frozenset(("percent", "prozent"))
