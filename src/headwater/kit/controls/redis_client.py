"""redis-py, told that OpenTelemetry isn't installed.

Where it is, redis-py reads all of its SDK in for reports that nobody asked for: some 4 MB in each process.
"""
# ruff: noqa: E402 — the names below come from what the function above them has read in

from __future__ import annotations

import sys
from importlib import import_module

_HIDDEN = "opentelemetry"


def _read_in() -> None:
    if _HIDDEN in sys.modules:
        return
    # An entry of None makes the import fail as it does where the package is missing; redis-py expects that.
    sys.modules[_HIDDEN] = None  # type: ignore[assignment]
    try:
        import_module("redis.asyncio")
    finally:
        del sys.modules[_HIDDEN]


_read_in()

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError, ResponseError

__all__ = ["BlockingConnectionPool", "NoBackoff", "NoScriptError", "Redis", "RedisError", "ResponseError", "Retry"]
