"""The caps on one fetch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Caps on time (seconds) and size (bytes) of one fetch, redirects included in the time."""

    total_seconds: float = 30.0
    connect_seconds: float = 10.0
    #: Longest silence while an answer is awaited or read.
    silence_seconds: float = 15.0
    #: After this many seconds of reading, fewer than `least_bytes_per_second` on average is too slow.
    grace_seconds: float = 10.0
    least_bytes_per_second: int = 512
    #: Of the body, on the wire and again after decompression.
    body_bytes: int = 10 * 1024 * 1024
    header_bytes: int = 64 * 1024
    header_line_bytes: int = 16 * 1024
    header_count: int = 200
    redirects: int = 5
    #: Longest wait for the host's turn before a fetch that waits is told to come back later.
    pace_wait_seconds: float = 30.0
    #: Longest wait for one of the few slots at a host before a fetch that doesn't wait is told the same.
    slot_wait_seconds: float = 2.0
