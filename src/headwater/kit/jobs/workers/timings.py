"""Heartbeat, sweep and shutdown intervals of workers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkerTimings:
    """Times in seconds. With these a job whose worker was killed runs again within about 9 seconds.

    Attributes:
        beat: a worker gives a sign of life this often.
        silence: a worker that hasn't for this long is dead; three beats missed.
        sweep: the leader looks for lost jobs this often.
        grace: how far past its own time limit a run may clean up before its job is taken away.
        blocked: an event loop that doesn't answer for this long counts as dead, although its process lives.
        statement: a statement that takes longer means that the connection is broken.
        stop: how long running jobs may go on after the worker was asked to stop.
        outage: how long Postgres may be away before the worker gives up.
    """

    beat: float = 2.0
    silence: float = 6.0
    sweep: float = 2.0
    grace: float = 10.0
    blocked: float = 30.0
    statement: float = 10.0
    stop: float = 20.0
    outage: float = 300.0
