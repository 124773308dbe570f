"""What the watch endpoints take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from headwater.core.text import FILLED, KEEPABLE, JsonObject
from headwater.products.watch.sources.config import SourceConfig

Kind = Literal["website", "rss", "sitemap"]
Severity = Literal["low", "medium", "high"]
Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=4, max_length=4096, pattern=r"^[^\x00\s]+$"),
    Field(json_schema_extra={"format": "uri"}),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=FILLED)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=FILLED)]
CheckInterval = Annotated[int, Field(ge=60, le=2_592_000, description="Seconds between two checks.")]


def _read_settings(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    # Whoever may edit the table may write anything there; the source says so at its next check, and lists go on.
    try:
        return read(value)
    except ValidationError:
        return SourceConfig()


def _read_suggestions(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return []


class Input(BaseModel):
    """What comes from outside: unknown names are refused, so that a typo is no silent default."""

    model_config = ConfigDict(extra="forbid")


class DiscoveryRequest(Input):
    """What to find sources for."""

    raw_query: Text = Field(description="What you want to know about, in plain words.")
    context: Annotated[str, StringConstraints(max_length=2000, pattern=KEEPABLE)] | None = Field(
        None, description="Anything that narrows it down."
    )


class MonitorableUrl(BaseModel):
    """A source worth watching; it was fetched and is alive."""

    url: str
    title: str
    kind: Kind
    reason: str


class Discovery(BaseModel):
    """What was found, at most five sources, the best first."""

    refined_query: str
    monitorable_urls: list[MonitorableUrl]


class NewUserQuery(Input):
    """What you want to know about."""

    raw_query: Text
    config_hints_json: JsonObject = Field(
        default_factory=dict, description="Kept with the query, up to 8 kB and 32 levels deep."
    )
    watch: bool = Field(False, description="Watch what is found at once, without asking.")


class UserQueryChanges(Input):
    """What to change of a query."""

    config_hints_json: JsonObject | None = None


class UserQuery(BaseModel):
    """A query, and the sources found for it."""

    id: UUID
    workspace_id: UUID
    raw_query: str
    refined_query: str | None
    status: Literal["pending", "discovered", "failed"]
    config_hints_json: dict[str, Any]
    suggestions: Annotated[list[MonitorableUrl], WrapValidator(_read_suggestions)]
    error: str | None
    created_at: datetime
    updated_at: datetime


class SuggestionsToWatch(Input):
    """Which of a query's suggestions to watch; unset = all."""

    urls: list[Url] | None = Field(None, max_length=5)


class NewSource(Input):
    """A page or feed to watch."""

    url: Url
    kind: Kind = "website"
    name: Name | None = Field(None, description="Unset = the address.")
    check_interval: CheckInterval = 3600
    config: SourceConfig = SourceConfig()
    user_query_id: UUID | None = None


class PageMatch(BaseModel):
    """A page that says something like what was asked."""

    source_id: UUID
    name: str
    url: str
    version_id: UUID
    seen_at: datetime = Field(description="Since when the page says so.")
    passage: str = Field(description="The passage of the present version that is most alike.")
    score: float = Field(description="0…1: how alike it is, or which share of the words it has.")


class PagesFound(BaseModel):
    """The pages that say something like what was asked, the most alike first."""

    by: Literal["meaning", "words"] = Field(
        description="`meaning`: by the vectors of a model (EMBEDDING_MODEL). `words`: there is none, or it is away."
    )
    matches: list[PageMatch]


class SourceChanges(Input):
    """What to change of a source; what is left out stays."""

    name: Name | None = None
    kind: Kind | None = None
    status: Literal["active", "paused"] | None = None
    check_interval: CheckInterval | None = None
    config: SourceConfig | None = None


class Source(BaseModel):
    """A watched page or feed."""

    id: UUID
    workspace_id: UUID
    user_query_id: UUID | None
    url: str
    kind: Kind
    name: str
    status: Literal["active", "paused", "error", "deleted"]
    config: Annotated[SourceConfig, WrapValidator(_read_settings)]
    check_interval: int
    next_check_at: datetime
    last_checked_at: datetime | None
    last_changed_at: datetime | None
    last_error: str | None
    last_error_kind: str | None
    error_count: int
    created_at: datetime
    updated_at: datetime


class CheckRequested(BaseModel):
    """A check that was asked for; `already_running` says that one was under way."""

    check_id: UUID
    already_running: bool


class Check(BaseModel):
    """One check of a source."""

    id: UUID
    at: datetime
    outcome: str
    reason: str | None
    http_status: int | None
    bytes: int | None
    ms: int | None
    change_score: float | None
    alert_id: UUID | None


class Version(BaseModel):
    """A distinct version of a source's content."""

    id: UUID
    title: str
    content: str
    created_at: datetime


class VersionSummary(BaseModel):
    """A version without its content."""

    id: UUID
    title: str
    characters: int
    is_current: bool
    created_at: datetime


class VersionDiff(BaseModel):
    """What lies between two versions."""

    summary: str
    score: float
    severity: Severity
    details: dict[str, Any]


class Alert(BaseModel):
    """A change that matters."""

    id: UUID
    workspace_id: UUID
    monitored_source_id: UUID
    source_name: str
    source_url: str
    from_content_id: UUID | None
    to_content_id: UUID | None
    summary: str
    details: dict[str, Any]
    severity: Severity
    score: float
    acknowledged_at: datetime | None
    created_at: datetime


class AlertFeed(BaseModel):
    """The private address of the RSS feed of one's alerts; it is shown once."""

    url: str


class ImportResult(BaseModel):
    """What became of each outline of an OPML file."""

    added: int
    already_watched: int
    refused: list[str]


class Counted(BaseModel):
    """What happened in a span of time; null = nothing can be known of it, or there was nothing to measure."""

    checks: int | None
    unchanged: int | None = Field(description="Nothing new, only noise, or the first look.")
    below_threshold: int | None = Field(description="Changed, too little for an alert.")
    changed: int | None
    failed: int | None = Field(description="No page came back, or an unusable one.")
    low: int | None = Field(description="Alerts of this severity.")
    medium: int | None
    high: int | None
    ms_median: float | None = Field(description="Milliseconds of the answers: the median.")
    ms_p95: float | None = Field(description="Milliseconds of the answers: 95 of 100 took no longer.")
    top_score: float | None = Field(description="The highest score of a change.")


class SeriesPoint(Counted):
    """One bucket, from `start` up to but without `end`."""

    start: datetime
    end: datetime


class Series(BaseModel):
    """Checks and changes over time. Points touch each other and cover the whole range, at most 500."""

    since: datetime
    until: datetime
    timezone: str
    step_seconds: int = Field(description="The usual width of a bucket; where clocks are moved one may differ.")
    known_from: datetime | None = Field(description="Since when there is something to know; null = never yet.")
    totals: Counted
    points: list[SeriesPoint]


class Sparkline(BaseModel):
    """The course of one source, a number a bucket."""

    source_id: UUID
    checks: list[int]
    changed: list[int]
    failed: list[int]


class Sparklines(BaseModel):
    """The courses of several sources in the same buckets; a source without a check in them isn't listed."""

    timezone: str
    step_seconds: int
    starts: list[datetime]
    sources: list[Sparkline]


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
