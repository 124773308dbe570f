"""What controls bring to the doors: what has expired in Postgres is swept."""

from __future__ import annotations

from datetime import timedelta

from headwater.core.resources import Resources
from headwater.core.telemetry import get_logger
from headwater.kit.controls.shared_state import SharedState, StateAway
from headwater.kit.jobs import Schedule
from headwater.kit.module import Module

logger = get_logger(__name__)


async def sweep(resources: Resources) -> None:
    """Delete what has expired. While the shared state is away nothing is: the next sweep is soon."""
    try:
        swept = await resources.get(SharedState).sweep()  # type: ignore[type-abstract]  # a protocol as a key
    except StateAway:
        return
    if swept:
        logger.debug("expired_controls_deleted", rows=swept)


room = Module(name="controls", schedules=(Schedule("controls.sweep", run=sweep, every=timedelta(minutes=5)),))
