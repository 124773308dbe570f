"""The server of realtime in a process of its own, and how much memory it has."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from bench.parts.realtime_clients import SECRET

from headwater.core.auth import ClaimRules, StaticKeySource, TokenVerifier
from headwater.core.telemetry import configure_logging
from headwater.local.realtime import FrameWebSocketProtocol, RealtimeConfig, create_realtime_app
from headwater.process.ports import find_free_port


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
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, dsn, str(port))
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


def read_memory(process: int) -> float:
    """Return a process's resident memory in kilobytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
