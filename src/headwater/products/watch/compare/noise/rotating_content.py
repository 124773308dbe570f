"""Rotating content at the edge of a page: quotes, promotions, teasers, links, activity of other visitors."""

from __future__ import annotations

import re

from headwater.products.watch.compare.align import Fragment
from headwater.products.watch.compare.noise.edge_counts import holds_durable
from headwater.products.watch.compare.noise.reasons import NoiseReason
from headwater.products.watch.language.dates import WEEKDAY_OF_NAME
from headwater.products.watch.language.facts import find_hard_facts
from headwater.products.watch.language.lexicon import read_joined
from headwater.products.watch.language.stamps import MORE_WEEKDAYS
from headwater.products.watch.language.states import find_state_words
from headwater.products.watch.language.weight import GRAVE
from headwater.products.watch.language.words import read_tokens
from headwater.products.watch.page.passages import Passage

_WORDS = read_joined("running")
LONGEST_SAYING = 60
# How much of its words a text may have from the one that it took the place of.
MAX_SHARED = 0.15
MAX_AT_EDGE = 0.25
MAX_IN_QUOTES = 0.3
_NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_QUOTED = re.compile(r"^\W{0,3}[\"“”„«»‹›「『‘].{8,}[\"“”„«»‹›」』’]", re.DOTALL)
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_SPONSORED = re.compile(
    r"brought to you by|sponsored by|presented by|supported by|in partnership with|unterstützt von|präsentiert von|"
    r"mit freundlicher unterstützung|avec le soutien|présenté par|patrocinad[oa] por|con el apoyo|offerto da|"
    r"in collaborazione con|mogelijk gemaakt door|gesponsord door|com o apoio|提供",
    re.IGNORECASE,
)
_AGO = re.compile(
    rf"{_WORDS['span_ago']}|just now|this morning|gerade|soeben|à l['’]instant|ahora mismo|zojuist|sedan|siden|temu|"
    r"назад|önce",
    re.IGNORECASE,
)
_GREETING = re.compile(r"(?:[^\W\d_]++[ ,]*+){1,3}!")
_WEEKDAY = re.compile(
    r"(?<![^\W\d_])(?:"
    + "|".join(sorted((name for name in WEEKDAY_OF_NAME if len(name) > 4 or name[0] > "\u2000"), key=len, reverse=True))
    + rf"|{MORE_WEEKDAYS})s?(?![^\W\d_])",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[^\W\d_]{2,16} ?[:：–—!] ?")
# What nobody says of an offer or a story that takes its turn.
_GRAVE_STATES = frozenset(("out", "closed", "delayed", "cancelled", "full", "red"))


def find_turn(before: Fragment, after: Fragment, *, edge: bool, language: str) -> NoiseReason | None:
    """One saying, offer or link in the place of another that it has next to no word in common with."""
    one, other = before.passage, after.passage
    texts = (before.text, after.text)
    same_place = one.heading == other.heading or one.tag in _HEADINGS or (edge and before.gap == after.gap)
    if not same_place or one.tag != other.tag or _is_grave(before, after):
        return None
    if max(_count_words(one.text), _count_words(other.text)) > LONGEST_SAYING:
        return None
    quoted = all(_QUOTED.match(passage.text) for passage in (one, other))
    if quoted and _is_other_quote(*texts, language):
        return "quote"
    linked = all("link" in passage.hints for passage in (one, other))
    if edge and linked and _is_other_list(*texts):
        return "related"
    if edge and all(_SPONSORED.search(text) for text in texts):
        return "advert"
    if edge and _is_activity(before, after):
        return "counter"
    if edge and one.region == "header" and all(_GREETING.fullmatch(text) for text in texts):
        return "widget"
    if _NUMBER.sub("#", before.text) == _NUMBER.sub("#", after.text) or (not linked and any(map(_names_day, texts))):
        return None
    if not shares_little(*_without_label(*texts, edge=edge), language, max_share=MAX_AT_EDGE if edge else MAX_SHARED):
        return None
    outbound = linked and all("outbound" in passage.hints for passage in (one, other))
    if outbound and (edge or other.tag not in ("li", "dd")):
        return "advert"
    if not edge and not all("slides" in passage.hints for passage in (one, other)):
        return None
    shortest = min(map(_count_words, texts))
    short = linked or one.region == "header" or one.tag in _HEADINGS
    return "widget" if shortest >= (3 if short else 4) else None


def _is_grave(before: Fragment, after: Fragment) -> bool:
    """Is this where nobody may miss anything: a notice, a state, a way to reach somebody?"""
    if "notice" in before.passage.hints or "notice" in after.passage.hints:
        return True
    for text in (before.text, after.text):
        if GRAVE.search(text) or _names_grave_state(text) or holds_durable(text):
            return True
    return False


def _names_day(text: str) -> bool:
    """Does a text say when: on a day, at an hour? Then it announces something."""
    return _WEEKDAY.search(text) is not None or any(fact.kind in ("date", "time") for fact in find_hard_facts(text))


def _names_grave_state(text: str) -> bool:
    return any(value in _GRAVE_STATES for _, _, _, value in find_state_words(text))


def _is_other_list(old: str, new: str) -> bool:
    """Do links at the edge lead elsewhere now? Not where the same words only have another price, date or limit."""
    if min(_count_words(old), _count_words(new)) < 2:
        return False
    bare = [_NUMBER.sub("#", text) for text in (old, new)]
    return bare[0] != bare[1]


def _is_activity(before: Fragment, after: Fragment) -> bool:
    """Did somebody do something a while ago, twice: "Dave gave £10 an hour ago"?"""
    return all(
        fragment.text != fragment.passage.text
        and _count_words(fragment.passage.text) <= 16
        and _AGO.search(fragment.passage.text)
        for fragment in (before, after)
    )


def _without_label(old: str, new: str, *, edge: bool) -> tuple[str, str]:
    """At the edge, what follows a label of one word that both have ("Info: …"), where it is a saying and no value."""
    one, other = _LABEL.match(old), _LABEL.match(new)
    if not edge or one is None or other is None or one.group().lower() != other.group().lower():
        return old, new
    rests = old[one.end() :], new[other.end() :]
    return rests if min(map(_count_words, rests)) >= 3 else (old, new)


def find_attributions(
    changed: list[tuple[Passage | None, Passage | None]], quotes: set[int], *, language: str
) -> set[int]:
    """Which changes (by place in `changed`) only name who said a quote that took another's place.

    `quotes`: places on the new page of the quotes that did.
    """
    found = set()
    for index, (before, after) in enumerate(changed):
        if before is None or after is None or not quotes & {after.ordinal - 1, after.ordinal + 1, after.ordinal - 2}:
            continue
        short = max(len(before.text), len(after.text)) <= 80 and not any(sign.isdigit() for sign in after.text)
        if (
            short
            and before.text[:1].isupper()
            and after.text[:1].isupper()
            and shares_little(before.text, after.text, language)
        ):
            found.add(index)
    return found


def _count_words(text: str) -> int:
    """Words of a text; three characters of a language without spaces count as one."""
    dense = sum(1 for sign in text if "\u3040" <= sign <= "\u9fff")
    return len(text.split()) + dense // 3


def shares_little(before: str, after: str, language: str, *, max_share: float = MAX_SHARED) -> bool:
    """Have two texts next to no content word in common? `max_share`: the share of the shorter that they may."""
    old, new = (_content_words(text, language) for text in (before, after))
    return bool(old and new) and len(old & new) <= max_share * min(len(old), len(new))


def _content_words(text: str, language: str) -> set[str]:
    return {token.key for token in read_tokens(text, language) if token.kind == "word" and _is_content_word(token.key)}


def _is_other_quote(before: str, after: str, language: str) -> bool:
    old, new = (_content_words(text, language) for text in (before, after))
    return len(old & new) <= MAX_IN_QUOTES * len(old | new)


def _is_content_word(key: str) -> bool:
    """Short words join longer ones in most languages, also in those of which no list tells which they are."""
    return len(key) > 3 or key[:1] >= "\u3040"
