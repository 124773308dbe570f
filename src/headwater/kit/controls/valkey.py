"""The connection to Valkey: bounded, quick to give up, and loud once when it is lost."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from headwater.core.clock import monotonic
from headwater.core.telemetry import counter, gauge, get_logger
from headwater.kit.controls.redis_client import (
    BlockingConnectionPool,
    NoBackoff,
    NoScriptError,
    Redis,
    RedisError,
    ResponseError,
    Retry,
)

_log = get_logger(__name__)
_FAILURES = counter("valkey_failures_total", "Commands that Valkey did not answer.")
_UP = gauge("valkey_up", "1 while Valkey answers, 0 while it is away.")


class ValkeyAway(Exception):
    """Valkey did not answer. Every control catches this and falls back; it never reaches a caller of theirs."""


@dataclass(frozen=True)
class Script:
    """A Lua script with its digest, so that it is sent in full once a server."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "digest", digest)


@dataclass(frozen=True, slots=True)
class Call:
    """One command, or one script by its digest; several go to Valkey in one round trip."""

    command: tuple[Any, ...]
    script: Script | None = None

    @classmethod
    def of(cls, script: Script, keys: tuple[str, ...], *arguments: Any) -> Call:
        """Return the call of `script` on `keys` with `arguments`."""
        return cls(("EVALSHA", script.digest, len(keys), *keys, *arguments), script)


class Valkey:
    """A bounded pool of connections to one Valkey or Redis, with a key prefix of this deployment's own.

    After a failure, commands fail at once for `rest_seconds`, so that callers don't queue for a server that is away.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "headwater",
        pool_size: int = 16,
        timeout_seconds: float = 2.0,
        rest_seconds: float = 1.0,
        client: Redis | None = None,
    ) -> None:
        """Take the address (redis://, rediss:// or unix://), or a `client` that is open already."""
        self._prefix = prefix
        self._rest_seconds = rest_seconds
        self._away_until = 0.0
        self._is_away = False
        #: True once a server refused scripts (an in-process substitute, a proxy): what needs them stays local.
        self.lacks_scripts = False
        self._client = client if client is not None else _open_client(url, pool_size, timeout_seconds)

    @property
    def client(self) -> Redis:
        """The redis-py client, for what controls don't cover. Its errors are redis-py's."""
        return self._client

    def key(self, *parts: str) -> str:
        """Return the key of `parts` under the deployment's prefix."""
        return ":".join((self._prefix, *parts))

    async def run(self, *calls: Call) -> list[Any]:
        """Send `calls` in one round trip and give their answers.

        Raises:
            ValkeyAway: no answer, or an error for one of the calls.
        """
        if self._is_away and monotonic() < self._away_until:
            raise ValkeyAway
        if self.lacks_scripts and any(call.script is not None for call in calls):
            raise ValkeyAway
        try:
            try:
                answers = await self._send(calls)
            except NoScriptError:
                await self._load(calls)
                answers = await self._send(calls)
        except ResponseError as error:
            self._note_refusal(error)
            raise ValkeyAway from error
        except (RedisError, OSError, TimeoutError) as error:
            self._note_failure(error)
            raise ValkeyAway from error
        self._note_success()
        return answers

    async def _send(self, calls: tuple[Call, ...]) -> list[Any]:
        if len(calls) == 1:
            return [await self._client.execute_command(*calls[0].command)]  # type: ignore[no-untyped-call]
        pipeline = self._client.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command(*call.command)
        answers: list[Any] = await pipeline.execute(raise_on_error=True)
        return answers

    async def _load(self, calls: tuple[Call, ...]) -> None:
        for call in calls:
            if call.script is not None:
                await self._client.script_load(call.script.text)

    async def ping(self) -> bool:
        """Say whether Valkey answers."""
        try:
            await self.run(Call(("PING",)))
        except ValkeyAway:
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose(close_connection_pool=True)

    def _note_refusal(self, error: ResponseError) -> None:
        """Note that Valkey answered with an error, which says nothing about the next command."""
        _FAILURES.inc()
        if "unknown command" in str(error).lower() and not self.lacks_scripts:
            self.lacks_scripts = True
            _log.warning("valkey_without_scripts", hint="limits, breakers and pacing hold for each process alone")
        elif not self.lacks_scripts:
            _log.warning("valkey_refused", reason=str(error)[:200])

    def _note_failure(self, error: BaseException) -> None:
        _FAILURES.inc()
        _UP.set(0)
        self._away_until = monotonic() + self._rest_seconds
        if not self._is_away:
            self._is_away = True
            _log.warning("valkey_lost", error=type(error).__name__, reason=str(error)[:200])

    def _note_success(self) -> None:
        if self._is_away:
            self._is_away = False
            _log.info("valkey_back")
        _UP.set(1)


def _open_client(url: str, pool_size: int, timeout_seconds: float) -> Redis:
    keepalive = {} if url.startswith("unix://") else {"socket_keepalive": True}
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=pool_size,
        timeout=timeout_seconds,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds,
        health_check_interval=0,
        # One quick retry mends a kept connection that the server closed; more would hold callers up.
        retry=Retry(NoBackoff(), 1),
        decode_responses=False,
        **keepalive,
    )
    return Redis.from_pool(pool)
