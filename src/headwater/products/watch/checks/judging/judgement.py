"""Whether a difference between two versions matters, and how it reads.

It runs in a process of the pool, which imports nothing of databases and providers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.kit.ai.hashing import HashingEmbedder
from headwater.products.watch.compare.align import Likeness
from headwater.products.watch.compare.compare import Comparison, compare
from headwater.products.watch.compare.notified import Notified, hold
from headwater.products.watch.compare.severity import Severity, judge
from headwater.products.watch.compare.summarise import diff_details, summarise
from headwater.products.watch.page.passages import Passage
from headwater.products.watch.sources.config import SourceConfig

_FALLBACK = HashingEmbedder()


@dataclass(frozen=True)
class Judgement:
    """What a comparison comes to. `notified`: what the next check has to know, if nobody is notified of more than this.

    `summary` is in plain words, `details` are those of `diff_details`.
    """

    comparison: Comparison
    severity: Severity
    notified: Notified
    summary: str
    details: dict[str, Any]

    def explain(self) -> str | None:
        """Why nobody is notified, for the history: the kinds of noise, or what spoke against an alert; else None."""
        if self.severity.alert:
            return None
        if not self.touches_nothing:
            return self.severity.reason
        return ", ".join(sorted({kind for kind, _ in self.comparison.noise})) or None

    @property
    def touches_nothing(self) -> bool:
        """Say whether only noise differs."""
        return self.comparison.is_empty


def judge_change(
    old: Sequence[Passage],
    new: Sequence[Passage],
    *,
    config: SourceConfig,
    volatility: Mapping[str, Any],
    likeness: Likeness | None = None,
    language: str = "",
) -> Judgement:
    """Compare two versions and say how much it matters. `likeness`: see `compare`.

    `old` is the notified version, by the stored one and by `volatility` (`notified.restore_notified`).
    """
    old = _leave_out_retired(old, new)
    comparison = compare(
        old,
        new,
        embed=_FALLBACK.embed_texts,
        likeness=likeness,
        volatility=volatility,
        keywords_must=config.keywords_must,
        keywords_must_not=config.keywords_must_not,
        language=language,
    )
    severity = judge(comparison, threshold=config.threshold, medium=config.medium_from, high=config.high_from)
    notified = comparison.notified if severity.alert else _hold_unnotified(comparison)
    return Judgement(comparison, severity, notified, summarise(comparison), diff_details(comparison))


def _hold_unnotified(comparison: Comparison) -> Notified:
    """What is known when nobody is notified of a change: later ones are measured by the notified version."""
    pairs = [(one.before, one.after) for one in comparison.reworded if one.before is not None and one.after is not None]
    return hold(comparison.notified, pairs, is_withheld=False)


def _leave_out_retired(old: Sequence[Passage], new: Sequence[Passage]) -> Sequence[Passage]:
    """Leave out the entries that a feed lists no more: feeds are short, and whatever is old drops off their end."""
    if any(passage.tag != "entry" for passage in (*old, *new)):
        return old
    listed = {hint for passage in new for hint in passage.hints}
    return [passage for passage in old if listed.intersection(passage.hints)]
