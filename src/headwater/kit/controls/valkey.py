"""The connection to Valkey: bounded, quick to give up, and loud once when it is lost."""

from __future__ import annotations

from typing import Any

from headwater.core.telemetry import counter, gauge, get_logger
from headwater.kit.controls.absence import Absence
from headwater.kit.controls.redis_client import (
    BlockingConnectionPool,
    NoBackoff,
    NoScriptError,
    Redis,
    RedisError,
    ResponseError,
    Retry,
)
from headwater.kit.controls.shared_state import Call, Operation, StateAway

logger = get_logger(__name__)
_FAILURES = counter("valkey_failures_total", "Commands that Valkey did not answer.")
_UP = gauge("valkey_up", "1 while Valkey answers, 0 while it is away.")


_PING = Operation("ping", command="PING")


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
        self._absence = Absence("valkey", rest_seconds=rest_seconds, failures=_FAILURES, up=_UP)
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
            StateAway: no answer, or an error for one of the calls.
        """
        if self._absence.rests or (self.lacks_scripts and any(call.operation.script for call in calls)):
            raise StateAway
        try:
            try:
                answers = await self._send(calls)
            except NoScriptError:
                await self._load(calls)
                answers = await self._send(calls)
        except ResponseError as error:
            self._note_refusal(error)
            raise StateAway from error
        except (RedisError, OSError, TimeoutError) as error:
            self._absence.note_failure(error)
            raise StateAway from error
        self._absence.note_success()
        return answers

    async def _send(self, calls: tuple[Call, ...]) -> list[Any]:
        if len(calls) == 1:
            return [await self._client.execute_command(*_write_command(calls[0]))]  # type: ignore[no-untyped-call]
        pipeline = self._client.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command(*_write_command(call))
        answers: list[Any] = await pipeline.execute(raise_on_error=True)
        return answers

    async def _load(self, calls: tuple[Call, ...]) -> None:
        for call in calls:
            if call.operation.script:
                await self._client.script_load(call.operation.script)

    async def ping(self) -> bool:
        """Say whether Valkey answers."""
        try:
            await self.run(Call(_PING, ""))
        except StateAway:
            return False
        return True

    async def sweep(self) -> int:
        """Delete nothing: Valkey forgets by itself what has expired."""
        return 0

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose(close_connection_pool=True)

    def _note_refusal(self, error: ResponseError) -> None:
        if "unknown command" in str(error).lower():
            _FAILURES.inc()
            if not self.lacks_scripts:
                self.lacks_scripts = True
                logger.warning("valkey_without_scripts", hint="limits, breakers and pacing hold for each process alone")
        else:
            self._absence.note_refusal(error)


def _write_command(call: Call) -> tuple[Any, ...]:
    operation = call.operation
    if operation.script:
        return ("EVALSHA", operation.digest, 1, call.key, *call.arguments)
    return (operation.command, call.key, *call.arguments) if call.key else (operation.command, *call.arguments)


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
