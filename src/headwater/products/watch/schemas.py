"""The words that the models of the endpoints share."""

from __future__ import annotations

from typing import Literal

Kind = Literal["website", "rss", "sitemap"]
