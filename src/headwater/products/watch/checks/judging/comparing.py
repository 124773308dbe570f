"""A page that was seen against its notified version, in the pool of processes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from headwater.kit.ai import AsyncEmbedder
from headwater.kit.processes import ProcessPool
from headwater.products.watch.checks.fetching import PageRead, SourceToCheck
from headwater.products.watch.checks.judging.judgement import Judgement, judge_change
from headwater.products.watch.checks.reading import Failed, Postponed, work_apart
from headwater.products.watch.checks.versions import StoredVersion
from headwater.products.watch.compare.align import Likeness
from headwater.products.watch.compare.notified import restore_notified
from headwater.products.watch.page.passages import Passage
from headwater.products.watch.search.vectors import OpenTransaction, has_model, measure_likeness, store_missing


@dataclass(frozen=True)
class Compared:
    """A page that was read, and what it comes to; `judgement` is None for the first version of a source.

    `embedded_by` names the model that has read every passage of the page; None where there is none, or it was away.
    """

    seen: PageRead
    judgement: Judgement | None
    embedded_by: str | None


@dataclass(frozen=True)
class Comparer:
    """What comparisons of one workspace's pages work with. `read_version` reads what a page is compared with."""

    workspace_id: UUID
    raw_transaction: OpenTransaction
    read_version: Callable[[UUID], Awaitable[StoredVersion]]
    pool: ProcessPool
    embedder: AsyncEmbedder

    async def compare_with_notified(self, source: SourceToCheck, seen: PageRead) -> Compared | Failed | Postponed:
        """Compare what was seen with the notified version, where there is one."""
        new = seen.page.passages
        if source.current_content_id is None:
            return Compared(seen, None, await self._embed(new))
        old = restore_notified((await self.read_version(source.current_content_id)).passages, source.notified)
        in_both = {passage.hash for passage in old} & {passage.hash for passage in new}
        removed, added = ([one for one in side if one.hash not in in_both] for side in (old, new))
        embedded_by = await self._embed((*new, *removed))
        likeness: Likeness = {}
        if embedded_by is not None:
            likeness = await measure_likeness(
                self.raw_transaction, self.embedder, removed, added, workspace_id=self.workspace_id
            )
        compare_them = partial(
            judge_change,
            config=source.config,
            volatility=source.volatility,
            likeness=likeness,
            language=seen.page.language,
        )
        share = str(self.workspace_id)
        judgement = await work_apart(self.pool, compare_them, old, new, share=share, doing="comparing")
        if isinstance(judgement, Failed):
            return replace(judgement, http_status=seen.http_status, ms=seen.ms)
        return judgement if isinstance(judgement, Postponed) else Compared(seen, judgement, embedded_by)

    async def _embed(self, passages: Sequence[Passage]) -> str | None:
        if has_model(self.embedder) and await store_missing(
            self.raw_transaction, self.embedder, passages, workspace_id=self.workspace_id
        ):
            return self.embedder.name
        return None
