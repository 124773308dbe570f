"""What the endpoints of discovery and of queries take and return."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from headwater.core.text import KEEPABLE, JsonObject
from headwater.kit.http.fields import Input, Text, Url
from headwater.products.watch.schemas import Kind


def _read_suggestions(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return []


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
