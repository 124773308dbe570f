"""A Storage server as a process of its own, for a test to kill: `python -m tests.local.storage.program <settings>`."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import sys
from pathlib import Path
from typing import Any

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from headwater.core.auth import StaticKeySource, TokenVerifier
from headwater.local.storage import StorageConfig, create_storage_app


async def serve(settings: dict[str, Any]) -> None:
    """Serve on the socket that was inherited; no file may have more than `largest` bytes, where that is said."""
    if settings["largest"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (settings["largest"], settings["largest"]))
    async with asyncpg.create_pool(settings["dsn"], min_size=0, max_size=10) as pool:
        app = create_storage_app(
            StorageConfig(),
            pool,
            verifier=TokenVerifier(StaticKeySource([]), legacy_secret=settings["secret"]),
            folder=Path(settings["folder"]),
            signing_secret=settings["secret"],
        )
        served = Starlette(routes=[Mount("/storage/v1", app)])
        server = uvicorn.Server(uvicorn.Config(served, log_config=None, lifespan="off"))
        await server.serve(sockets=[socket.socket(fileno=settings["socket"])])


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
