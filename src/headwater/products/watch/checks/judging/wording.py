"""Words for a judgement, of a provider or by rule, and the version that a change leads back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from headwater.core.errors import Unavailable
from headwater.kit.ai import Ai
from headwater.products.watch.checks.judging.judgement import Judgement
from headwater.products.watch.compare.compare import Comparison
from headwater.products.watch.compare.notified import Notified

_SUMMARY_SECONDS = 8.0
_SUMMARY_INSTRUCTIONS = (
    "A watched web page changed. Say in at most two short plain sentences what changed, for somebody who reads it on a"
    " phone. Name the values before and after. State only what the difference shows. No greeting, no advice."
)


class Summary(BaseModel):
    """What a provider answers."""

    summary: str = Field(min_length=1, max_length=600)


def find_notified_version(notified: Notified, comparison: Comparison) -> UUID | None:
    """Which version a change leads back to, where a passage that was held is among what changed; else None.

    `notified`: what was known before the check.
    """
    held = {one.passage.hash for one in notified.held.values()}
    if notified.told_in is None or not any(
        one.before is not None and one.before.hash in held for one in (*comparison.reworded, *comparison.removed)
    ):
        return None
    return notified.told_in


async def summarise_change(judgement: Judgement, *, title: str, ai: Ai, workspace_id: UUID) -> str:
    """Say what changed: by a provider where one answers in time, else by rule."""
    plain = judgement.summary
    if not ai.is_configured:
        return plain
    try:
        answer = await ai.ask(
            task="watch.summary",
            instructions=_SUMMARY_INSTRUCTIONS,
            data={"page": title, "difference": plain, "passages": _show_difference(judgement.details)},
            output=Summary,
            timeout=_SUMMARY_SECONDS,
            workspace_id=workspace_id,
        )
    except Unavailable:
        return plain
    return answer.output.summary


def split_spans(spans: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """Return the text before and after from a row of spans."""
    before = "".join(span["text"] for span in spans if span["op"] != "added")
    return before, "".join(span["text"] for span in spans if span["op"] != "removed")


def _show_difference(details: dict[str, Any]) -> str:
    lines = [f"removed: {one['text']}" for one in details.get("removed", [])]
    lines += [f"added: {one['text']}" for one in details.get("added", [])]
    for one in details.get("reworded", []):
        before, after = split_spans(one["spans"])
        lines += [f"before: {before}", f"after: {after}"]
    return "\n".join(lines)
