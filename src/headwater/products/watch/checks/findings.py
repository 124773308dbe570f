"""What a check found, before it is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from headwater.kit.notify import Severity
from headwater.products.watch.checks.fetching import PageRead, SourceToCheck, Unchanged
from headwater.products.watch.checks.reading import Failed
from headwater.products.watch.compare.notified import Notified

SeenOutcome = Literal["first", "unchanged", "noise", "below_threshold", "changed"]


@dataclass(frozen=True)
class Alert:
    """A change that matters, as people are notified of it. `from_content_id`: the version that it leads back to."""

    from_content_id: UUID | None
    summary: str
    details: Mapping[str, Any]
    severity: Severity
    score: float


@dataclass(frozen=True)
class PageFinding:
    """A page was read and judged.

    `notified`: what the next check has to know; `reason`: why nobody is notified, where nobody is.
    """

    source: SourceToCheck
    look: PageRead
    next_check_at: datetime
    outcome: SeenOutcome
    notified: Notified = field(default_factory=Notified)
    score: float | None = None
    reason: str | None = None
    alert: Alert | None = None
    embedded_by: str | None = None

    @property
    def has_version(self) -> bool:
        """Say whether what was seen is kept. A page that only ticks stores no version: the one compared with stays."""
        return self.outcome not in ("noise", "unchanged")


@dataclass(frozen=True)
class FailedFinding:
    """Nothing usable came back."""

    source: SourceToCheck
    look: Failed
    next_check_at: datetime


@dataclass(frozen=True)
class RecoveredFinding:
    """A source that failed before answers again, with nothing new."""

    source: SourceToCheck
    look: Unchanged
    next_check_at: datetime


Finding = PageFinding | FailedFinding | RecoveredFinding
