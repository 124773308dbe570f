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

from headwater.products.watch.source_config import SourceConfig

Kind = Literal["website", "rss", "sitemap"]
Severity = Literal["low", "medium", "high"]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=4096, pattern=r"^[^\x00\s]+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
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
    context: Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")] | None = Field(
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
    config_hints_json: dict[str, Any] = Field(default_factory=dict, description="Kept with the query, up to 8 kB.")
    watch: bool = Field(False, description="Watch what is found at once, without asking.")


class UserQueryChanges(Input):
    """What to change of a query."""

    config_hints_json: dict[str, Any] | None = None


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
