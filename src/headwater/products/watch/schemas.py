"""What the models of the endpoints share: their words, and how strictly they are read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from headwater.core.text import FILLED

Kind = Literal["website", "rss", "sitemap"]
Severity = Literal["low", "medium", "high"]
Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=4, max_length=4096, pattern=r"^[^\x00\s]+$"),
    Field(json_schema_extra={"format": "uri"}),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=FILLED)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=FILLED)]


class Input(BaseModel):
    """What comes from outside: unknown names are refused, so that a typo is no silent default."""

    model_config = ConfigDict(extra="forbid")
