"""The metrics of the pool."""

from __future__ import annotations

from headwater.core.telemetry import counter, histogram

CALLS = counter(
    "process_calls",
    "Calls to the pool of processes by outcome: done, refused, failed, took_too_long, too_much_memory, process_died,"
    " pool_busy.",
    ("task", "outcome"),
)
SECONDS = histogram("process_call_seconds", "Seconds that calls ran in a process of the pool.", ("task",))
STARTS = counter("process_starts", "Processes that the pool started.")
