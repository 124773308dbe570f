"""The processes of a bench: pages, a worker, a gateway; each ended by its process id, and how much CPU they used."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
import psutil

from headwater.core.settings import inherited_environment
from headwater.process.ports import find_free_port

HOSTS = 10
NOTES = 27
_PAGES = """
import asyncio, json, sys
from headwater.demo.web import open_bench

async def main():
    async with open_bench(pages=int(sys.argv[1]), hosts=int(sys.argv[2]), notes=int(sys.argv[3])) as bench:
        print(json.dumps({"control": bench.control_url, "urls": bench.list_urls()}), flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@dataclass
class Pages:
    """The served pages, and the process that serves them."""

    pid: int
    control: str
    urls: list[str]

    async def change(self) -> None:
        """Change every page at once."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.control}/_control/change_pages", json={}) as response,
        ):
            response.raise_for_status()


@asynccontextmanager
async def run_process(
    arguments: Sequence[str], environment: dict[str, str], log: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a Python process and end it at the end."""
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env={**inherited_environment(), **environment}, stdout=file, stderr=file
        )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def serve_pages(count: int) -> AsyncIterator[Pages]:
    """Serve pages in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PAGES, str(count), str(HOSTS), str(NOTES), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, limit=16 * 1024 * 1024,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    told = json.loads(await process.stdout.readline())
    try:
        yield Pages(process.pid, told["control"], told["urls"])
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def run_worker(environment: dict[str, str], folder: Path, name: str) -> AsyncIterator[int]:
    """Run one worker and return its process id once it takes jobs."""
    ready = folder / f"{name}.ready"
    arguments = ["-m", "headwater.cli", "work", "--ready-file", str(ready)]
    async with run_process(arguments, environment, folder / f"{name}-worker.log") as process:
        async with asyncio.timeout(60):
            while not ready.exists():  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.05)
        yield process.pid


@asynccontextmanager
async def run_gateway(environment: dict[str, str], folder: Path, name: str) -> AsyncIterator[tuple[int, str]]:
    """Run a gateway and return its process id and its address once it listens."""
    port = find_free_port(18_300)
    arguments = ["-m", "headwater.cli", "serve", "gateway"]
    log = folder / f"{name}-gateway.log"
    async with run_process(arguments, {**environment, "PORT": str(port)}, log) as process:
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    break
                except OSError:
                    await asyncio.sleep(0.05)
        writer.close()
        yield process.pid, f"http://127.0.0.1:{port}"


async def find_postmaster(connection: asyncpg.Connection) -> int:
    """Return the process id of the Postgres of this machine behind a connection: the parent of whoever serves it."""
    return psutil.Process(await connection.fetchval("select pg_backend_pid()")).ppid()


def read_cpu_seconds(programs: Mapping[str, int]) -> dict[str, float]:
    """Return the CPU time that each program used so far, with its children, by the program's name.

    A worker's children, which read pages, are told apart from it.
    """
    used: dict[str, float] = {}
    for name, pid in programs.items():
        root = psutil.Process(pid)
        times = root.cpu_times()
        used[name] = times.user + times.system
        apart = f"{name}_children" if name == "worker" else name
        used[apart] = used.get(apart, 0.0) + times.children_user + times.children_system
        for child in root.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                used[apart] += sum(child.cpu_times()[:4])
    return used
