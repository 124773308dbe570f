"""Judging what was seen: the old version against the new one, and words for the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
from pydantic import BaseModel, Field

from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger
from headwater.kit.ai import Ai, AsyncEmbedder, HashingEmbedder
from headwater.products.watch.compare import Comparison, compare
from headwater.products.watch.passages import Passage
from headwater.products.watch.severity import Severity, judge
from headwater.products.watch.source_config import SourceConfig
from headwater.products.watch.summarise import diff_details, summarise
from headwater.products.watch.told import Told, hold
from headwater.products.watch.versions import Vectors, read_vectors

_LOG = get_logger(__name__)
_SUMMARY_SECONDS = 8.0
_SUMMARY_INSTRUCTIONS = (
    "A watched web page changed. Say in at most two short plain sentences what changed, for somebody who reads it on a"
    " phone. Name the values before and after. State only what the difference shows. No greeting, no advice."
)
_FALLBACK = HashingEmbedder()


class Summary(BaseModel):
    """What a provider answers."""

    summary: str = Field(min_length=1, max_length=600)


@dataclass(frozen=True)
class Judgement:
    """What a comparison comes to. `told`: what the next check has to know, given that no more than this is told."""

    comparison: Comparison
    severity: Severity
    told: Told
    model_name: str
    vectors: dict[str, Vectors]

    def explain(self) -> str | None:
        """Why nothing is told, for the history: the kinds of noise, or what spoke against an alert; else None."""
        if self.severity.alert:
            return None
        if not self.touches_nothing:
            return self.severity.reason
        return ", ".join(sorted({kind for kind, _ in self.comparison.noise})) or None

    @property
    def touches_nothing(self) -> bool:
        """Say whether only noise differs."""
        return self.comparison.is_empty


async def embed_passages(
    connection: asyncpg.Connection | None,
    embedder: AsyncEmbedder,
    passages: Sequence[Passage],
    *,
    workspace_id: UUID,
) -> tuple[str, dict[str, Vectors]]:
    """Give the vectors of passages by hash, stored ones from the database, and the name of the model.

    When the model can't be reached, the lexical one stands in, so that no check waits for a provider.
    """
    texts = {passage.hash: passage.text for passage in passages}
    known: dict[str, Vectors] = {}
    if connection is not None and not isinstance(embedder, HashingEmbedder):
        known = await read_vectors(connection, workspace_id=workspace_id, model_name=embedder.name, hashes=list(texts))
    missing = [digest for digest in texts if digest not in known]
    if not missing:
        return embedder.name, known
    try:
        rows = await embedder.embed([texts[digest] for digest in missing])
    except Unavailable as error:
        _LOG.warning("embedding_fell_back", model=embedder.name, reason=error.message)
        rows = _FALLBACK.embed_texts(list(texts.values()))
        return _FALLBACK.name, dict(zip(texts, rows, strict=True))
    return embedder.name, known | dict(zip(missing, rows, strict=True))


def judge_change(
    old: Sequence[Passage],
    new: Sequence[Passage],
    *,
    config: SourceConfig,
    volatility: dict[str, Any],
    model_name: str,
    vectors: dict[str, Vectors],
    language: str = "",
) -> Judgement:
    """Compare two versions and say how much it matters. `vectors` holds one for each passage that is in one alone.

    `old` is what was told last, by the stored version and by `volatility` (`told.restore_told`).
    """
    old = _leave_out_retired(old, new)
    by_text = {passage.text: vectors[passage.hash] for passage in (*old, *new) if passage.hash in vectors}

    def embed(texts: list[str]) -> Vectors:
        # Vectors of different models can't be compared, so it is the model's for all of them or for none.
        if texts and all(text in by_text for text in texts):
            return np.stack([by_text[text] for text in texts])
        return _FALLBACK.embed_texts(texts)

    comparison = compare(
        old,
        new,
        embed=embed,
        volatility=volatility,
        keywords_must=config.keywords_must,
        keywords_must_not=config.keywords_must_not,
        language=language,
    )
    severity = judge(comparison, threshold=config.threshold, medium=config.medium_from, high=config.high_from)
    told = comparison.told if severity.alert else _hold_untold(comparison)
    return Judgement(comparison, severity, told, model_name, vectors)


def _hold_untold(comparison: Comparison) -> Told:
    """What is known when a change is recorded and not told: later ones are measured by what was told last."""
    pairs = [(one.before, one.after) for one in comparison.reworded if one.before is not None and one.after is not None]
    return hold(comparison.told, pairs, is_withheld=False)


def _leave_out_retired(old: Sequence[Passage], new: Sequence[Passage]) -> Sequence[Passage]:
    """Leave out the entries that a feed lists no more: feeds are short, and whatever is old drops off their end."""
    if any(passage.tag != "entry" for passage in (*old, *new)):
        return old
    listed = {hint for passage in new for hint in passage.hints}
    return [passage for passage in old if listed.intersection(passage.hints)]


def find_told_in(told: Told, comparison: Comparison) -> UUID | None:
    """Which version a change leads back to, where a passage that was held is among what changed; else None.

    `told`: what was known before the check.
    """
    held = {one.passage.hash for one in told.held.values()}
    if told.told_in is None or not any(
        one.before is not None and one.before.hash in held for one in (*comparison.reworded, *comparison.removed)
    ):
        return None
    return told.told_in


async def put_into_words(comparison: Comparison, *, title: str, ai: Ai, workspace_id: UUID) -> str:
    """Say what changed: by a provider where one answers in time, else by rule."""
    plain = summarise(comparison)
    if not ai.is_configured:
        return plain
    try:
        answer = await ai.ask(
            task="watch.summary",
            instructions=_SUMMARY_INSTRUCTIONS,
            data={"page": title, "difference": plain, "passages": _show_difference(diff_details(comparison))},
            output=Summary,
            timeout=_SUMMARY_SECONDS,
            workspace_id=workspace_id,
        )
    except Unavailable:
        return plain
    return answer.output.summary


def split_spans(spans: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """Give the text before and after from a row of spans."""
    before = "".join(span["text"] for span in spans if span["op"] != "added")
    return before, "".join(span["text"] for span in spans if span["op"] != "removed")


def _show_difference(details: dict[str, Any]) -> str:
    lines = [f"removed: {one['text']}" for one in details.get("removed", [])]
    lines += [f"added: {one['text']}" for one in details.get("added", [])]
    for one in details.get("reworded", []):
        before, after = split_spans(one["spans"])
        lines += [f"before: {before}", f"after: {after}"]
    return "\n".join(lines)
