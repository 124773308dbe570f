"""Metrics of fetches. No host is a label: there are too many of them."""

from __future__ import annotations

from prometheus_client import Counter

from headwater.core.telemetry import counter, histogram

_FETCHES = counter("fetches_total", "Fetches by outcome: ok, not_modified, or the kind of failure.", ("outcome",))
_SECONDS = histogram("fetch_seconds", "Seconds that a fetch took, redirects included, waiting for its turn not.")
_BYTES = counter("fetch_received_bytes_total", "Bytes of bodies received, as they came over the wire.")
_by_outcome: dict[str, Counter] = {}


def count_outcome(outcome: str, *, seconds: float, received: int = 0) -> None:
    """Count one fetch."""
    child = _by_outcome.get(outcome)
    if child is None:
        child = _by_outcome[outcome] = _FETCHES.labels(outcome)
    child.inc()
    _SECONDS.observe(seconds)
    if received:
        _BYTES.inc(received)
