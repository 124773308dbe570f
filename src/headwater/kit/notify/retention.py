"""How long the log of notifications is kept."""

from __future__ import annotations

from datetime import timedelta

from headwater.core.resources import Resources
from headwater.kit.notify.tables import notification_deliveries, notification_events
from headwater.kit.retention import Keep

KEPT = timedelta(days=90)
_BATCH = 1_000
_RHYTHM = timedelta(minutes=10)


def read_age(_: Resources) -> timedelta:
    """Return how old a line of the log may become."""
    return KEPT


events = Keep(
    name="notify.prune",
    about="Delete events that are older than the log is kept, with their deliveries and inbox entries, batch by batch.",
    every=_RHYTHM,
    table=notification_events,
    age=read_age,
    batch=_BATCH,
)
deliveries = Keep(
    name="notify.prune_deliveries",
    about="Delete deliveries without an event, such as digests, that are older than the log is kept.",
    every=_RHYTHM,
    table=notification_deliveries,
    where="old.event_id is null",
    age=read_age,
    batch=_BATCH,
)
keeps = (events, deliveries)
