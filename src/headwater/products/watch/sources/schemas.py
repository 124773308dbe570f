"""What the endpoints of sources take and return."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from headwater.kit.http.fields import Input, Name, Url
from headwater.products.watch.schemas import Kind
from headwater.products.watch.sources.config import SourceConfig

CheckInterval = Annotated[int, Field(ge=60, le=2_592_000, description="Seconds between two checks.")]


def _read_settings(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    # Whoever may edit the table may write anything there; the source says so at its next check, and lists go on.
    try:
        return read(value)
    except ValidationError:
        return SourceConfig()


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


class ImportResult(BaseModel):
    """What became of each outline of an OPML file."""

    added: int
    already_watched: int
    refused: list[str]
