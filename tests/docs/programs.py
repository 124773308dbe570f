"""Runs the programs that the pages describe, as processes of their own, and a page of the web for them to read."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2

from tests.fixtures.loopback import NO_TLS
from tests.fixtures.waiting import wait_until
from tests.local.realtime.client import Joined, connect

PATIENCE_SECONDS = 90.0
_KEPT = {"PATH", "HOME", "LANG", "TMPDIR"}
_PAGE = b"""<!doctype html><title>The river
 rises</title><main><h1>The river rises</h1>
<p>The water at the old bridge stood at 4.20 metres on Monday, which is 30 centimetres more than a week ago.</p>
<p>The town keeps the path along the bank closed until the level falls below 3.50 metres again.</p></main>"""


def clean_environment() -> dict[str, str]:
    """Return what a program needs of our environment, without any setting of Headwater's."""
    return {name: value for name, value in os.environ.items() if name in _KEPT}


@asynccontextmanager
async def serve_page() -> AsyncIterator[str]:
    """Serve one page under every path but robots.txt; gives host and port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        status, body = (b"404 Not Found", b"none") if asked.startswith(b"GET /robots.txt") else (b"200 OK", _PAGE)
        head = b"content-type: text/html\r\ncontent-length: %d\r\nconnection: close" % len(body)
        writer.write(b"HTTP/1.1 " + status + b"\r\n" + head + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def running(*command: str, environment: dict[str, str], folder: Path) -> AsyncIterator[None]:
    """Run a command of Headwater for as long as the context lasts; its output is shown when the test fails."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "headwater.cli", *command, env=environment, cwd=folder
    )
    try:
        yield
    finally:
        if program.returncode is None:
            program.terminate()
        await program.wait()


async def run(*command: str, environment: dict[str, str], folder: Path) -> str:
    """Run a program to its end and give what it said; fails the test if it fails."""
    program = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await program.communicate()
    assert program.returncode == 0, said.decode()
    return said.decode()


async def await_gateway(url: str) -> None:
    """Wait until the gateway at `url` answers."""

    async def answers() -> bool:
        try:
            async with httpx2.AsyncClient(verify=NO_TLS) as client:
                return (await client.get(f"{url}/health")).is_success
        except httpx2.TransportError:
            return False

    await wait_until(answers, what="the gateway", seconds=PATIENCE_SECONDS)


async def follow_table(sockets: AsyncExitStack, base: str, headers: dict[str, str], *, key: str, table: str) -> Joined:
    """Join a channel of Realtime that follows the table as far as its reader may see it."""
    address = f"{base.replace('http', 'ws')}/realtime/v1/websocket"
    socket = await sockets.enter_async_context(connect(address, version="2.0.0", key=key))
    token = headers["Authorization"].removeprefix("Bearer ")
    wanted = [{"event": "*", "schema": "public", "table": table}]
    joined = await socket.join(table, token=token, listen=wanted)
    assert joined.is_ok
    return joined
