"""Realtime under load: changes to 500 subscribers under row-level security, broadcasts to 1,000 clients, memory.

Prints one JSON line. `own`: every subscriber is another user and each row is its owner's alone, so that each change
is 500 questions to the policy and one message. `shared`: everybody may see every row, so each is 500 messages too.
Latency of a change is from its commit (as Postgres stamped it) to the client, of a broadcast from the sender's write.
Server and writer run in processes of their own over an embedded Postgres; the clients are this process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import jwt
import uvicorn
import uvloop

from headwater.core.auth import ClaimRules, StaticKeySource, TokenVerifier
from headwater.core.telemetry import configure_logging
from headwater.local.postgres import LocalPostgres, install_foundation
from headwater.local.realtime import (
    FrameWebSocketProtocol,
    RealtimeConfig,
    create_realtime_app,
    install_realtime_schema,
)
from headwater.process.ports import find_free_port

SECRET = "a secret for the bench that is long enough for it"  # noqa: S105 - protects nothing
TABLES = """
create table public.own (id bigint generated always as identity primary key, owner uuid not null, body text);
create table public.shared (id bigint generated always as identity primary key, owner uuid not null, body text);
alter table public.own enable row level security;
alter table public.shared enable row level security;
create policy owners on public.own for select to authenticated using (owner = (select auth.uid()));
create policy everybody on public.shared for select to authenticated using ((select auth.uid()) is not null);
grant select on public.own, public.shared to authenticated;
alter publication supabase_realtime add table public.own, public.shared;
"""
BODY = "x" * 100
STAMP = re.compile(rb'"commit_timestamp":"([^"]+)"')
SENT = re.compile(rb'"sent":([0-9.]+)')


def sign(number: int) -> str:
    """Return the token of a user."""
    end = int(time.time()) + 3600
    claims = {"role": "authenticated", "aud": "authenticated", "sub": str(UUID(int=number)), "exp": end}
    return jwt.encode(claims, SECRET, algorithm="HS256")


class Client(asyncio.Protocol):
    """A client that does little: counts frames and hands some to `on_frame`."""

    def __init__(self, token: str, mark: bytes, on_frame: Callable[[bytes], None] | None) -> None:
        self.mark = mark
        self.token = token
        self.on_frame = on_frame
        self.frames = 0
        self.opened = asyncio.Event()
        self.subscribed = asyncio.Event()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        """Ask for the upgrade."""
        self._transport = transport
        key = b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /websocket?vsn=2.0.0&apikey={self.token} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Walk over the frames."""
        data = self._buffer + data if self._buffer else data
        if not self.opened.is_set():
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            assert b" 101 " in head[:20], head
            self.opened.set()
        if self.on_frame is None and self.subscribed.is_set():
            # Counted by what each message holds once; the end is kept for a mark that is cut in two.
            self.frames += data.count(self.mark)
            self._buffer = data[1 - len(self.mark) :]
            return
        at, end = 0, len(data)
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if start + length > end:
                break
            self.take(data[start : start + length])
            at = start + length
        self._buffer = data[at:]

    def take(self, frame: bytes) -> None:
        """Count a frame."""
        if not self.subscribed.is_set():
            if b"Subscribed to PostgreSQL" in frame or b'"postgres_changes":[]' in frame:
                self.subscribed.set()
            return
        self.frames += 1
        if self.on_frame is not None:
            self.on_frame(frame)

    def send(self, topic: str, event: str, payload: Any) -> None:
        """Send a text frame; masked with zeros, which RFC 6455 allows and which costs nothing."""
        body = json.dumps(["1", "1", topic, event, payload]).encode()
        head = bytes([0x81, 0x80 | len(body)]) if len(body) < 126 else b"\x81\xfe" + len(body).to_bytes(2, "big")
        assert self._transport is not None
        self._transport.write(head + b"\0\0\0\0" + body)

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.close()


def _give(client: Client) -> Client:
    return client


async def open_clients(
    port: int, how_many: int, config: dict[str, Any], on_frame: Callable[[bytes], None], *, mark: bytes, heard: int
) -> list[Client]:
    """Connect clients and let them join; frames of every `heard`th one are looked at."""
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for number in range(how_many):
        client = Client(sign(number), mark, on_frame if number % heard == 0 else None)
        await loop.create_connection(partial(_give, client), "127.0.0.1", port)
        clients.append(client)
        await client.opened.wait()
        client.send("realtime:bench", "phx_join", {"config": config})
        if number % 50 == 49:
            await client.subscribed.wait()
    for client in clients:
        await client.subscribed.wait()
    return clients


async def bench_changes(
    dsn: str, port: int, table: str, *, subscribers: int, rate: float, seconds: float
) -> dict[str, Any]:
    """Insert at a rate; give what arrived and when."""
    waits: list[float] = []

    def look(frame: bytes) -> None:
        found = STAMP.search(frame)
        if found is not None:
            waits.append(time.time() - datetime.fromisoformat(found[1].decode()).timestamp())

    wish = {"event": "INSERT", "schema": "public", "table": table}
    clients = await open_clients(
        port,
        subscribers,
        {"postgres_changes": [wish]},
        look,
        mark=b'"commit_timestamp"',
        heard=1 if table == "own" else 25,
    )
    asked = json.dumps({"dsn": dsn, "table": table, "owners": subscribers, "rate": rate, "seconds": seconds})
    writer = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--write", asked, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await writer.communicate()
    written, wrote, start = json.loads(output)
    expected = written * (1 if table == "own" else subscribers)
    with suppress(TimeoutError):
        async with asyncio.timeout(20):
            while sum(client.frames for client in clients) < expected:  # noqa: ASYNC110 - counts, no event
                await asyncio.sleep(0.01)
    took = time.monotonic() - start
    delivered = sum(client.frames for client in clients)
    for client in clients:
        client.close()
    return {
        "written_per_second": round(written / wrote, 1),
        "delivered_per_second": round(delivered / took, 1),
        "missing": expected - delivered,
        **summarise(waits),
    }


async def write_changes(*, dsn: str, table: str, owners: int, rate: float, seconds: float) -> None:
    """Be the writer: insert at a rate; print how many rows, how long it took, and when it began."""
    connection = await asyncpg.connect(dsn)
    statement = await connection.prepare(f"insert into public.{table} (owner, body) values ($1, $2)")  # noqa: S608
    start, written = time.monotonic(), 0
    while (passed := time.monotonic() - start) < seconds:
        if written < passed * rate:
            await statement.fetch(UUID(int=written % owners), BODY)
            written += 1
        else:
            await asyncio.sleep(0.001)
    print(json.dumps([written, time.monotonic() - start, start]))
    await connection.close()


async def bench_broadcast(port: int, *, listeners: int, rate: float, seconds: float) -> dict[str, Any]:
    """One of many sends at a rate; give what arrived at the others and when."""
    waits: list[float] = []

    def look(frame: bytes) -> None:
        found = SENT.search(frame)
        if found is not None:
            waits.append(time.monotonic() - float(found[1]))

    clients = await open_clients(port, listeners + 1, {}, look, mark=b'"sent"', heard=10)
    sender = clients[-1]
    start, sent = time.monotonic(), 0
    while (passed := time.monotonic() - start) < seconds:
        if sent < passed * rate:
            payload = {"sent": round(time.monotonic(), 6), "body": BODY}
            sender.send("realtime:bench", "broadcast", {"type": "broadcast", "event": "tick", "payload": payload})
            sent += 1
        await asyncio.sleep(0.001)
    expected = sent * listeners
    with suppress(TimeoutError):
        async with asyncio.timeout(20):
            while sum(client.frames for client in clients) < expected:  # noqa: ASYNC110 - counts, no event
                await asyncio.sleep(0.01)
    took = time.monotonic() - start
    delivered = sum(client.frames for client in clients)
    for client in clients:
        client.close()
    return {
        "delivered_per_second": round(delivered / took, 1),
        "missing": expected - delivered,
        **summarise(waits),
    }


async def bench_memory(port: int, process: int, *, subscribers: int) -> float:
    """Return the kilobytes of the server's memory that a subscriber costs."""
    before = read_memory(process)
    wish = {"event": "INSERT", "schema": "public", "table": "own"}
    clients = await open_clients(port, subscribers, {"postgres_changes": [wish]}, lambda _: None, mark=b"", heard=1)
    after = read_memory(process)
    for client in clients:
        client.close()
    return round((after - before) / subscribers, 1)


def read_memory(process: int) -> float:
    """Return a process's resident memory in kilobytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def summarise(waits: list[float]) -> dict[str, float]:
    """Return quantiles in milliseconds."""
    if len(waits) < 2:
        return {}
    cuts = statistics.quantiles(waits, n=100)
    return {
        "p50_ms": round(cuts[49] * 1000, 2),
        "p95_ms": round(cuts[94] * 1000, 2),
        "p99_ms": round(cuts[98] * 1000, 2),
    }


def serve(dsn: str, port: int) -> None:
    """Be the server."""
    configure_logging(level="error")
    verifier = TokenVerifier(StaticKeySource([]), legacy_secret=SECRET, rules=ClaimRules(leeway=timedelta(0)))
    app = create_realtime_app(RealtimeConfig(), dsn, verifier)
    uvicorn.run(app, host="127.0.0.1", port=port, ws=FrameWebSocketProtocol, log_config=None, access_log=False)


@asynccontextmanager
async def run_server(dsn: str) -> Any:
    """Start the server in a process of its own."""
    port = find_free_port(0)
    process = await asyncio.create_subprocess_exec(sys.executable, __file__, "--serve", dsn, "--port", str(port))
    try:
        async with asyncio.timeout(30):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        await process.wait()


async def main(options: argparse.Namespace) -> None:
    """Run everything; print the line."""
    configure_logging(level="error")
    result: dict[str, Any] = {"cores": os.cpu_count(), "load": [round(os.getloadavg()[0], 2)]}
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as folder:
        postgres = LocalPostgres(Path(folder) / "postgres", port=0)
        dsn = await postgres.start()
        try:
            await install_foundation(dsn)
            await install_realtime_schema(dsn)
            connection = await asyncpg.connect(dsn)
            await connection.execute(TABLES)
            await connection.close()
            async with run_server(dsn) as (port, process):
                result["kilobytes_a_subscriber"] = await bench_memory(port, process, subscribers=500)
            async with run_server(dsn) as (port, _):
                for table in ("own", "shared"):
                    result[table] = await bench_changes(
                        dsn, port, table, subscribers=500, rate=options.rate, seconds=options.seconds
                    )
                result["broadcast"] = await bench_broadcast(
                    port, listeners=1000, rate=options.broadcasts, seconds=options.seconds
                )
        finally:
            await postgres.stop()
    result["load"].append(round(os.getloadavg()[0], 2))
    print(json.dumps(result))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each part writes")
    parser.add_argument("--rate", type=float, default=320.0, help="changes a second")
    parser.add_argument("--broadcasts", type=float, default=11.0, help="broadcasts a second to 1,000 clients")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--write", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port)
    elif given.write:
        uvloop.run(write_changes(**given.write))
    else:
        uvloop.run(main(given))
