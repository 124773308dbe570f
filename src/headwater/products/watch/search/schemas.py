"""What the search of pages returns."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


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
