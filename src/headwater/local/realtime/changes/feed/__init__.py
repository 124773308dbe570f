"""The change feed: what transactions did to the published tables, read from the write-ahead log, once and in order."""

from headwater.local.realtime.changes.feed.pgoutput import UNCHANGED, Change, Relation
from headwater.local.realtime.changes.feed.reading import ChangeFeed

__all__ = ["UNCHANGED", "Change", "ChangeFeed", "Relation"]
