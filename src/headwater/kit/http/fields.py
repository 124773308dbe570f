"""Fields of what requests bring: bodies without unknown names; names, texts and addresses that tables take."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from headwater.core.text import FILLED, KEEPABLE


class Input(BaseModel):
    """What comes from outside: unknown names are refused, so that a typo is no silent default."""

    model_config = ConfigDict(extra="forbid")


ShortName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=FILLED)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=FILLED)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=FILLED)]
Remark = Annotated[str, StringConstraints(max_length=200, pattern=KEEPABLE)]
"""A line that may be empty."""
Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=4, max_length=4096, pattern=r"^[^\x00\s]+$"),
    Field(json_schema_extra={"format": "uri"}),
]
"""An address as people type it, with a scheme or without; whoever takes one normalises it."""
WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^https?://[^\s\x00]+$"),
    Field(json_schema_extra={"format": "uri"}),
]
"""An address that begins with http or https."""
