"""Upload and download of 100 MB, against the same server streaming to and from a file without any of our code.

Prints one JSON line: seconds (best of the rounds) and the ratio ours to bare, where 1.0 is as fast.
The bare server writes what it gets and synchronises the file, as ours must before it answers; `upload_ratio_unsynced`
compares with one that doesn't. Run: python -m bench.storage [--megabytes 100] [--rounds 3]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx2
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route

from headwater.core.auth import StaticKeySource, TokenVerifier
from headwater.core.clock import monotonic
from headwater.local.keys import make_keys
from headwater.local.postgres import LocalPostgres, lay_foundation
from headwater.local.storage import StorageConfig, create_storage_app, lay_storage_schema

_PART = 1 << 18


def create_bare_app(folder: Path) -> Starlette:
    """Give the server that is compared with: a request's body into a file, a file into an answer."""

    async def upload(request: Request) -> Response:
        with (folder / "bare").open("wb") as file:
            async for part in request.stream():
                file.write(part)
            if "sync" in request.query_params:
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
        return Response()

    async def download(_: Request) -> Response:
        return FileResponse(folder / "bare")

    return Starlette(routes=[Route("/", upload, methods=["POST"]), Route("/", download)])


async def serve(folder: Path, dsn: str, secret: str, listening: socket.socket) -> None:
    """Serve both in this process, until it is ended."""
    verifier = TokenVerifier(StaticKeySource([]), legacy_secret=secret)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        config = StorageConfig(file_size_limit=1 << 32)
        storage = create_storage_app(config, pool, verifier=verifier, folder=folder, signing_secret=secret)

        async def tell_memory(_: Request) -> Response:
            return Response(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))

        routes = [Mount("/storage/v1", storage), Mount("/bare", create_bare_app(folder)), Route("/memory", tell_memory)]
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off"))
        await server.serve(sockets=[listening])


async def measure(base: str, token: str, *, size: int, rounds: int) -> dict[str, object]:
    """Measure both in turns, and give the best of each."""
    content = os.urandom(_PART)

    async def body() -> AsyncIterator[bytes]:
        for _ in range(size // _PART):
            yield content

    headers = {"authorization": f"Bearer {token}"}
    upload = {**headers, "x-upsert": "true", "content-length": str(size // _PART * _PART)}
    ours, bare = f"{base}/storage/v1/object/bench/file", f"{base}/bare/"
    best: dict[str, float] = {}
    async with httpx2.AsyncClient(timeout=120) as client:
        (await client.post(f"{base}/storage/v1/bucket", json={"name": "bench"}, headers=headers)).raise_for_status()
        before = int((await client.get(f"{base}/memory")).text)

        async def send(name: str, url: str) -> None:
            began = monotonic()
            (await client.post(url, content=body(), headers=upload)).raise_for_status()
            best[name] = min(best.get(name, 1e9), monotonic() - began)

        async def fetch(name: str, url: str) -> None:
            began, came = monotonic(), 0
            async with client.stream("GET", url, headers=headers) as answer:
                answer.raise_for_status()
                async for part in answer.aiter_raw():
                    came += len(part)
            assert came == size // _PART * _PART
            best[name] = min(best.get(name, 1e9), monotonic() - began)

        for _ in range(rounds):
            # New bytes each round: equal ones would share a file that is there already.
            content = os.urandom(_PART)
            await send("bare_upload", bare + "?sync")
            await send("bare_upload_unsynced", bare)
            await send("upload", ours)
            await fetch("bare_download", bare)
            await fetch("download", ours)
        grown = int((await client.get(f"{base}/memory")).text) - before
    return {
        "megabytes": size / 1e6,
        "upload_ratio": round(best["bare_upload"] / best["upload"], 2),
        "upload_ratio_unsynced": round(best["bare_upload_unsynced"] / best["upload"], 2),
        "download_ratio": round(best["bare_download"] / best["download"], 2),
        "peak_memory_growth_megabytes": round(grown / 1024, 1),
        "seconds": {name: round(value, 3) for name, value in best.items()},
    }


async def run(megabytes: int, rounds: int) -> None:
    """Start Postgres and the server, measure, stop them."""
    keys = make_keys()
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as name, socket.socket() as listening:
        async with LocalPostgres(Path(name) / "postgres", port=0) as postgres:
            await lay_foundation(postgres.dsn)
            await lay_storage_schema(postgres.dsn)
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            base = f"http://127.0.0.1:{listening.getsockname()[1]}"
            command = [sys.executable, "-m", "bench.storage", "--serve", str(listening.fileno())]
            given = {**os.environ, "BENCH_DSN": postgres.dsn, "BENCH_SECRET": keys.jwt_secret, "BENCH_FOLDER": name}
            server = subprocess.Popen(command, env=given, pass_fds=[listening.fileno()])  # noqa: ASYNC220
            try:
                size = megabytes * 1_000_000
                print(orjson.dumps(await measure(base, keys.service_role_key, size=size, rounds=rounds)).decode())
            finally:
                server.terminate()
                server.wait(10)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is None:
        asyncio.run(run(given.megabytes, given.rounds))
        return
    settings = os.environ
    listening = socket.socket(fileno=given.serve)
    folder = Path(settings["BENCH_FOLDER"]) / "files"
    asyncio.run(serve(folder, settings["BENCH_DSN"], settings["BENCH_SECRET"], listening))


if __name__ == "__main__":
    main()
