"""Upload and download of 100 MB, against the same server streaming to and from a file without any of our code.

Prints one JSON line: seconds (best of the rounds) and how fast ours is where bare is 1; the order changes each round.
Uploads come in the three forms that clients send: a raw body, a form (as the official clients do), and a resumable one
in a single part.
The bare server writes what it gets and synchronises the file, as ours must before it answers; `unsynced` compares with
one that doesn't. Run: python -m bench.storage [--megabytes 100] [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from statistics import median

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
from headwater.local.postgres import LocalPostgres, install_foundation
from headwater.local.storage import StorageConfig, create_storage_app, install_storage_schema

_PART = 1 << 18
_SETTLING = 0.2
"""How long it waits before each measurement, in seconds, for what the one before left to do behind its answer."""
_FORMS = ("raw", "form", "resumable")
_FORM_TYPE = "multipart/form-data; boundary=headwater-bench"
_FORM_BEGIN = (
    b'--headwater-bench\r\nContent-Disposition: form-data; name=""; filename="file"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n"
)
_FORM_END = b"\r\n--headwater-bench--\r\n"
_TARGET = (("bucketName", b"bench"), ("objectName", b"resumable"))


def create_bare_app(folder: Path) -> Starlette:
    """Return the server that is compared with: a request's body into a file, a file into an answer."""

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


class Course:
    """Sends and fetches one file's worth of bytes in every form, and notes how long each took."""

    def __init__(self, client: httpx2.AsyncClient, headers: dict[str, str], *, size: int) -> None:
        self.seconds: dict[str, list[float]] = {}
        self._client = client
        self._headers = {**headers, "x-upsert": "true"}
        self._parts = size // _PART
        self._length = self._parts * _PART

    async def send(self, name: str, url: str, method: str = "POST", *, is_form: bool = False, **more: str) -> None:
        """Upload bytes that were never sent before: equal ones would share a file that is there already."""
        framing = len(_FORM_BEGIN) + len(_FORM_END) if is_form else 0
        given = {header.replace("_", "-"): value for header, value in more.items()}
        headers = {**self._headers, "content-length": str(self._length + framing), **given}
        body = self._give(os.urandom(_PART), is_form=is_form)
        await asyncio.sleep(_SETTLING)
        began = monotonic()
        (await self._client.request(method, url, content=body, headers=headers)).raise_for_status()
        self.seconds.setdefault(name, []).append(monotonic() - began)

    async def _give(self, part: bytes, *, is_form: bool) -> AsyncIterator[bytes]:
        if is_form:
            yield _FORM_BEGIN
        for _ in range(self._parts):
            yield part
        if is_form:
            yield _FORM_END

    async def send_form(self, name: str, url: str) -> None:
        """Upload as the official clients do."""
        await self.send(name, url, is_form=True, content_type=_FORM_TYPE)

    async def send_resumable(self, name: str, url: str) -> None:
        """Upload by tus, in one part; beginning it isn't measured."""
        target = ",".join(f"{key} {b64encode(value).decode()}" for key, value in _TARGET)
        given = {"tus-resumable": "1.0.0", "upload-length": str(self._length), "upload-metadata": target}
        made = await self._client.post(url, headers={**self._headers, **given})
        made.raise_for_status()
        place = str(httpx2.URL(url).join(made.headers["location"]))
        kind = "application/offset+octet-stream"
        await self.send(name, place, "PATCH", tus_resumable="1.0.0", upload_offset="0", content_type=kind)

    async def fetch(self, name: str, url: str) -> None:
        """Download, and count what comes."""
        await asyncio.sleep(_SETTLING)
        began, came = monotonic(), 0
        async with self._client.stream("GET", url, headers=self._headers) as answer:
            answer.raise_for_status()
            async for part in answer.aiter_raw():
                came += len(part)
        assert came == self._length
        self.seconds.setdefault(name, []).append(monotonic() - began)

    def compare(self, bare: str, ours: str) -> dict[str, float]:
        """Return how fast ours is, where bare is 1: by the best of each, and by the medians."""
        before, after = self.seconds[bare], self.seconds[ours]
        return {"best": round(min(before) / min(after), 2), "median": round(median(before) / median(after), 2)}


async def measure(base: str, token: str, *, size: int, rounds: int) -> dict[str, object]:
    """Measure all in turns, in another order each time."""
    headers = {"authorization": f"Bearer {token}"}
    storage, bare = f"{base}/storage/v1", f"{base}/bare/"
    async with httpx2.AsyncClient(timeout=120) as client:
        (await client.post(f"{storage}/bucket", json={"name": "bench"}, headers=headers)).raise_for_status()
        before = int((await client.get(f"{base}/memory")).text)
        course = Course(client, headers, size=size)
        turns = [
            partial(course.send, "bare_upload", bare + "?sync"),
            partial(course.send, "bare_upload_unsynced", bare),
            partial(course.send, "raw_upload", f"{storage}/object/bench/raw"),
            partial(course.send_form, "form_upload", f"{storage}/object/bench/form"),
            partial(course.send_resumable, "resumable_upload", f"{storage}/upload/resumable"),
            partial(course.fetch, "bare_download", bare),
            partial(course.fetch, "download", f"{storage}/object/bench/raw"),
        ]
        for turn in turns:
            await turn()
        course.seconds.clear()
        for _ in range(rounds):
            random.shuffle(turns)
            for turn in turns:
                await turn()
        grown = int((await client.get(f"{base}/memory")).text) - before
    return {
        "megabytes": size / 1e6,
        "upload_ratio": {form: course.compare("bare_upload", f"{form}_upload") for form in _FORMS},
        "unsynced_ratio": {form: course.compare("bare_upload_unsynced", f"{form}_upload") for form in _FORMS},
        "download_ratio": course.compare("bare_download", "download"),
        "peak_memory_growth_megabytes": round(grown / 1024, 1),
        "best_seconds": {name: round(min(values), 3) for name, values in course.seconds.items()},
    }


async def run(megabytes: int, rounds: int) -> None:
    """Start Postgres and the server, measure, stop them."""
    keys = make_keys()
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as name, socket.socket() as listening:
        async with LocalPostgres(Path(name) / "postgres", port=0) as postgres:
            await install_foundation(postgres.dsn)
            await install_storage_schema(postgres.dsn)
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
    parser.add_argument("--rounds", type=int, default=5)
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
