"""Somebody who reads a page over and over by the rules of a check, without a database, and notes what was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import orjson

from headwater.products.watch.checks.judging.judgement import Judgement, judge_change
from headwater.products.watch.compare.notified import date_held, read_notified, rest, restore_notified, write_notified
from headwater.products.watch.page.extract import extract_page
from headwater.products.watch.page.passages import Passage
from headwater.products.watch.sources.config import SourceConfig


@dataclass
class Reader:
    """What a source's row keeps between two checks, and the text of every passage that was told, by its place."""

    config: SourceConfig = field(default_factory=SourceConfig)
    body: bytes = b""
    stored: tuple[Passage, ...] = ()
    version_id: UUID = field(default_factory=uuid4)
    volatility: dict[str, Any] = field(default_factory=dict)
    outcomes: list[str] = field(default_factory=list)
    alerts: list[Judgement] = field(default_factory=list)

    def look(self, html: str) -> str:
        """Check the page once; gives the outcome that its history would show."""
        outcome = self._look(html.encode())
        self.outcomes.append(outcome)
        return outcome

    def _look(self, body: bytes) -> str:
        notified = read_notified(self.volatility)
        if body == self.body and not notified.is_open:
            self._keep(write_notified(rest(notified)))
            return "unchanged"
        self.body = body
        page = extract_page(body, content_type="text/html; charset=utf-8", url="https://example.com/")
        if not self.stored:
            self.stored = page.passages
            return "first"
        judgement = judge_change(
            restore_notified(self.stored, notified),
            page.passages,
            config=self.config,
            volatility=self.volatility,
            language=page.language,
        )
        self._keep(write_notified(date_held(judgement.notified, before=notified, version_id=self.version_id)))
        if judgement.touches_nothing:
            return "noise"
        self.stored, self.version_id = page.passages, uuid4()
        if not judgement.severity.alert:
            return "below_threshold"
        self.alerts.append(judgement)
        return "changed"

    def _keep(self, volatility: dict[str, Any]) -> None:
        # By way of the column's own form, as from one check to the next.
        self.volatility = orjson.loads(orjson.dumps(volatility))

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Every text that was told, with the one before it; "" where it came new."""
        return [
            (change.before.text if change.before is not None else "", change.after.text)
            for judgement in self.alerts
            for change in (*judgement.comparison.reworded, *judgement.comparison.added)
            if change.after is not None
        ]
