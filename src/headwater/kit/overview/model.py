"""What one contribution to the overview is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.overview.window import Window

Tone = Literal["neutral", "good", "warning", "bad"]
RECENT = 8
"""How many recent items a section shows at most."""


class Answer(BaseModel):
    """What is read only: every field is there, those with a default too."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Counter(Answer):
    """A number with what it counts."""

    name: str = Field(description="For programs: short, stays.")
    label: str = Field(description="For people, to be read after the number.")
    value: int
    tone: Tone = Field("neutral", description="Whether the number is good or bad news.")
    link: str | None = Field(None, description="The page of the dashboard that shows what was counted.")


class Item(Answer):
    """Something that happened."""

    id: UUID
    kind: str
    title: str
    summary: str = ""
    at: datetime
    tone: Tone = "neutral"
    link: str | None = Field(None, description="The page of the dashboard that shows it.")


class TrendPoint(Answer):
    """How much there was from `at` to the next point."""

    at: datetime
    value: float


class Trend(Answer):
    """How a number went, evenly spaced, the oldest point first; at most 500 points."""

    name: str
    label: str
    tone: Tone = "neutral"
    points: list[TrendPoint]


class Start(Answer):
    """A first step."""

    title: str
    text: str
    label: str = Field(description="What stands on the button.")
    link: str = Field(description="The page of the dashboard where the step is taken.")


class Part(Answer):
    """What one room or product has to say."""

    name: str = ""
    title: str = ""
    problem: str | None = Field(None, description="Set when it couldn't be read; the other parts stand.")


class Section(Part):
    """What one room or product has to say."""

    since: list[Counter] = Field([], description="What happened since the last visit.")
    now: list[Counter] = Field([], description="How things stand: the health of what it keeps.")
    recent: list[Item] = Field([], description="The newest of what happened since, newest first.")
    trends: list[Trend] = []
    start: Start | None = Field(None, description="What to do first, where there is nothing to show yet.")
    follows: list[str] = Field([], description="Published tables; the section is out of date when one changes.")


@dataclass(frozen=True)
class Asked:
    """For whom the overview is, since when, and over which time its trends go."""

    workspace_id: UUID
    user_id: UUID
    since: datetime
    window: Window


Overview: TypeAlias = Callable[[AsyncConnection, Asked], Awaitable[Section]]
"""Reads one section, as the caller: row-level security decides what is in it."""
