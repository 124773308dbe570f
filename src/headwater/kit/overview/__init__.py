"""What happened, at a glance: the shape in which every room and product tells it, so that one page can show them all.

A module contributes by `Module(..., overview=read_overview)`; nothing here knows who contributes.
"""

from headwater.kit.overview.attention import Attention, AttentionQuery, Contribution, NeedsAttention
from headwater.kit.overview.model import (
    RECENT,
    Asked,
    Counter,
    Item,
    Overview,
    Part,
    Section,
    Start,
    Tone,
    Trend,
    TrendPoint,
)
from headwater.kit.overview.trends import ask_once, read_counts, read_rows, read_trend
from headwater.kit.overview.window import Window

__all__ = [
    "RECENT",
    "Asked",
    "Attention",
    "AttentionQuery",
    "Contribution",
    "Counter",
    "Item",
    "NeedsAttention",
    "Overview",
    "Part",
    "Section",
    "Start",
    "Tone",
    "Trend",
    "TrendPoint",
    "Window",
    "ask_once",
    "read_counts",
    "read_rows",
    "read_trend",
]
