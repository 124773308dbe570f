"""The kinds of events of watch. The texts of their mails are in `mails`, a folder a kind."""

from __future__ import annotations

from pathlib import Path

from headwater.kit.notify import EventKind

MAILS = Path(__file__).parent / "mails"

ALERT = EventKind(key="watch.alert", title="A change that matters", page="/watch/alerts/{id}")
FAILING = EventKind(
    key="watch.source_failing",
    title="A source that can't be checked",
    # The same check never notifies twice, whichever attempt of it gets to the end.
    once_per="occurrence",
    page="/watch/sources/{id}",
)
RECOVERED = EventKind(
    key="watch.source_recovered",
    title="A source that can be checked again",
    once_per="occurrence",
    page="/watch/sources/{id}",
)

event_kinds = (ALERT, FAILING, RECOVERED)
