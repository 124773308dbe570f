"""What the endpoints of differences return."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from headwater.kit.notify import Severity


class VersionDiff(BaseModel):
    """What lies between two versions."""

    summary: str
    score: float
    severity: Severity
    details: dict[str, Any]


class DiffSpan(BaseModel):
    """A stretch of text: `same` and `removed` make the text before, `same` and `added` the text after."""

    op: Literal["same", "removed", "added"]
    text: str


class DiffFact(BaseModel):
    """A fact before and after, as written; empty where it was not there."""

    kind: str
    before: str
    after: str


class DiffRow(BaseModel):
    """One row, for both columns of a side-by-side view or for one column.

    `noise` differs and says nothing, for `reason`; `folded` stands for `count` unchanged passages.
    """

    kind: Literal["same", "added", "removed", "reworded", "noise", "folded"]
    nature: str = Field(description="Of a change: fact, word, paraphrase (the facts are the same), addition, removal …")
    spans: list[DiffSpan]
    tag: str = Field(description="What it is on the page: p, li, tr, h1 … h6, entry of a feed …")
    heading: str = Field(description="The heading that it stands under.")
    before_number: int | None = Field(description="Which passage of the old version, from 1.")
    after_number: int | None
    score: float | None
    facts: list[DiffFact]
    reason: str
    moved: bool
    count: int


class DiffVersion(BaseModel):
    """One side of a difference."""

    id: UUID
    title: str
    characters: int
    created_at: datetime


class DiffThresholds(BaseModel):
    """From which score the source alerts, and how loud it is."""

    alert: float
    medium: float
    high: float


class ReadableDiff(BaseModel):
    """A change laid out for people: what stood where before and after, and how the score came about.

    The score is that of the gravest change, and more for how much of the page was touched and for the keywords hit.
    """

    alert_id: UUID | None
    source_id: UUID
    source_name: str
    source_url: str
    summary: str
    severity: Severity
    score: float
    gravest: float | None = Field(description="The score of the gravest single change.")
    share: float = Field(description="How much of the text was touched, from 0 to 1.")
    reasons: list[str]
    keywords: list[str]
    facts: list[DiffFact]
    thresholds: DiffThresholds
    before: DiffVersion | None
    after: DiffVersion | None
    seen_before_at: datetime | None = Field(description="When the page was last seen as it was before.")
    seen_after_at: datetime
    counts: dict[str, int]
    rows: list[DiffRow]
    left_out: int = Field(description="Rows with a difference that were left out, because there are too many.")
    is_complete: bool = Field(description="False = a version is gone; the rows are what the alert kept.")
