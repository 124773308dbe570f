"""Which hard facts of one text are gone in the other, once equal values in other forms are paired off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from headwater.products.watch.language.dates import same_date
from headwater.products.watch.language.words import Token

# Beyond this many changed facts in one passage nobody asks which stands for which.
MAX_PAIRED = 40


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact before and after, as written; "" where it was not there. `kind` as in `Fact`, or word, wording."""

    kind: str
    before: str
    after: str


def find_fact_changes(old: Sequence[Token], new: Sequence[Token]) -> list[FactChange]:
    """The hard facts that differ. Another order of the same facts counts only where the words around kept theirs."""
    old_facts = [token for token in old if token.kind == "fact"]
    new_facts = [token for token in new if token.kind == "fact"]
    gone, come = _pair_off(old_facts, new_facts)
    old_text = {token.text.lower() for token in old}
    new_text = {token.text.lower() for token in new}
    gone = [token for token in gone if not _is_implied(token, new_text, new_facts)]
    come = [token for token in come if not _is_implied(token, old_text, old_facts)]
    if not gone and not come:
        return _find_swaps(old, new)
    return _name_changes(gone[:MAX_PAIRED], come[:MAX_PAIRED])


def _pair_off(old: Sequence[Token], new: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    count = Counter(token.key for token in new)
    gone = []
    for token in old:
        if count[token.key] > 0:
            count[token.key] -= 1
        else:
            gone.append(token)
    count = Counter(token.key for token in old)
    come = []
    for token in new:
        if count[token.key] > 0:
            count[token.key] -= 1
        else:
            come.append(token)
    left = gone[MAX_PAIRED:]
    for token in gone[:MAX_PAIRED]:
        for index, other in enumerate(come[:MAX_PAIRED]):
            if _same_fact(token.key, other.key):
                del come[index]
                break
        else:
            left.append(token)
    return left, come


def _same_fact(old: str, new: str) -> bool:
    """Is one value said in another kind of fact: 9 and 09:00, 20 and $20, a date with and without its year?"""
    old_kind, _, old_value = old.partition(":")
    new_kind, _, new_value = new.partition(":")
    if old_kind == new_kind == "date":
        return same_date(old_value, new_value)
    if "phone" in (old_kind, new_kind):
        shorter, longer = sorted((old_value.lstrip("0"), new_value.lstrip("0")), key=len)
        return len(shorter) >= 7 and longer.endswith(shorter)
    if "url" in (old_kind, new_kind):
        return old_value.partition("//")[2].removeprefix("www.") == new_value.removeprefix(
            "www."
        ) or new_value.partition("//")[2].removeprefix("www.") == old_value.removeprefix("www.")
    values = _readings(old_kind, old_value) & _readings(new_kind, new_value)
    return bool(values)


def _readings(kind: str, value: str) -> set[str]:
    if kind == "time":
        hour, minute = int(value[:2]), value[3:5]
        if minute == "00":
            return {f"time {hour}", f"time {hour % 12}", f"{hour}", f"{hour % 12 or 12}"}
        return {f"time {hour}:{minute}", f"time {hour % 12}:{minute}", f"{hour}.{minute}"}
    if kind == "number":
        return {value, f"{value} plain"}
    if kind in ("version", "percentage"):
        return {f"{value} plain", kind + value}
    return {f"{kind} {value}"}


def _is_implied(token: Token, words: set[str], facts: Sequence[Token]) -> bool:
    """Is a fact that one side does not count said by its words, or by another fact of the same value?"""
    if token.key in (
        "number:1",
        "quantity:1 months",
        "quantity:86400 time",
        "quantity:604800 time",
        "quantity:12 months",
        "quantity:3600 time",
    ):
        return bool(
            words
            & {
                "one",
                "a",
                "an",
                "single",
                "per",
                "daily",
                "day",
                "week",
                "weekly",
                "month",
                "monthly",
                "year",
                "yearly",
                "annual",
                "hour",
                "hourly",
                "every",
                "each",
            }
        )
    if token.text.lower() in ("both", "couple", "pair", "twice", "last", "second"):
        return token.text.lower() != "twice"
    return any(token.key == other.key for other in facts)


def _find_swaps(old: Sequence[Token], new: Sequence[Token]) -> list[FactChange]:
    """Adults $12, children $8 → adults $8, children $12: same facts, same words, another order."""
    old_words = [token.key for token in old if token.kind == "word"]
    new_words = [token.key for token in new if token.kind == "word"]
    if not old_words or old_words != new_words:
        return []
    old_facts = [token for token in old if token.kind == "fact"]
    new_facts = [token for token in new if token.kind == "fact"]
    if len(old_facts) != len(new_facts):
        return []
    return [
        FactChange(_kind(before), before.text, after.text)
        for before, after in zip(old_facts, new_facts, strict=True)
        if before.key != after.key and not _same_fact(before.key, after.key)
    ]


def _kind(token: Token) -> str:
    return token.key.partition(":")[0]


def _name_changes(gone: list[Token], come: list[Token]) -> list[FactChange]:
    """Pair what went with what came: of the same kind first, in order."""
    changes: list[FactChange] = []
    left = list(come)
    for token in gone:
        partner = next((other for other in left if _kind(other) == _kind(token)), None)
        if partner is None and len(gone) == 1 and len(left) == 1:
            partner = left[0]
        if partner is not None:
            left.remove(partner)
        changes.append(FactChange(_kind(token), token.text, partner.text if partner is not None else ""))
    changes.extend(FactChange(_kind(token), "", token.text) for token in left)
    return changes
