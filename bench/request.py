"""An authenticated read under row-level security through the API, against the same query by Starlette and asyncpg.

Prints one JSON line. Both servers run as processes of their own on the same embedded Postgres and answer the same
client. The bare one has a pool, opens a transaction with the same role and claims, runs the same query and writes the
row as JSON; it verifies no token and logs nothing. The ratio is that of requests a CPU-second of the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg

from headwater.cli.tree import prepare_database
from headwater.core.clock import monotonic
from headwater.core.settings import inherited_environment
from headwater.core.telemetry import configure_logging
from headwater.local.keys import load_or_make_keys
from headwater.local.postgres import LocalPostgres
from headwater.local.valkey import LocalValkey
from headwater.process.ports import find_free_port

CONNECTIONS = 20
_TICKS = os.sysconf("SC_CLK_TCK")
_BARE = """
import asyncio, os, sys
import asyncpg, orjson, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from headwater.products.watch.sources.sources import READ_ONE

CLAIMS = os.environ["BENCH_CLAIMS"]

async def read(request):
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)", CLAIMS
        )
        row = await connection.fetchrow(READ_ONE, request.path_params["id"])
    return Response(orjson.dumps(dict(row), default=str), media_type="application/json")

async def main():
    app = Starlette(routes=[Route("/api/v1/monitored-sources/{id:uuid}", read)])
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=10)
    config = uvicorn.Config(app, port=int(sys.argv[1]), log_config=None, access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()

import uvloop
uvloop.run(main())
"""


@asynccontextmanager
async def run_server(arguments: list[str], environment: dict[str, str], port: int) -> AsyncIterator[int]:
    """Run a server in a process of its own and return its process id once it listens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**inherited_environment(), **environment}, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    break
                except OSError:
                    await asyncio.sleep(0.05)
        writer.close()
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def read_cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def measure(port: int, pid: int, *, path: str, token: str, requests: int) -> dict[str, float]:
    """Send requests over a few connections and give what they cost."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    headers = {"Authorization": f"Bearer {token}"}
    times: list[float] = []
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def send(count: int) -> None:
            for _ in range(count):
                started = monotonic()
                async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                    body = await response.read()
                    assert response.status == 200, body
                times.append(monotonic() - started)

        await asyncio.gather(*(send(20) for _ in range(CONNECTIONS)))
        times.clear()
        before, started = read_cpu_seconds(pid), monotonic()
        await asyncio.gather(*(send(requests // CONNECTIONS) for _ in range(CONNECTIONS)))
        seconds, used = monotonic() - started, read_cpu_seconds(pid) - before
    return {
        "requests_per_second": round(len(times) / seconds),
        "requests_per_cpu_second": round(len(times) / used),
        "p50_milliseconds": round(statistics.median(times) * 1000, 2),
        "p99_milliseconds": round(statistics.quantiles(times, n=100)[98] * 1000, 2),
    }


async def main(requests: int, rounds: int) -> None:
    """Measure both servers in turns."""
    configure_logging(level="error")
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="headwater-bench-")))
        postgres = await closing.enter_async_context(LocalPostgres(folder / "postgres", port=0))
        valkey = await closing.enter_async_context(LocalValkey(folder / "valkey", port=0))
        await prepare_database(postgres.dsn, with_foundation=True)
        keys = load_or_make_keys(folder)
        gateway_port, bare_port = find_free_port(18_100), find_free_port(18_200)
        environment = {"DATABASE_URL": postgres.dsn, "REDIS_URL": valkey.url, "HEADWATER_DATA": str(folder)}
        environment |= {"PORT": str(gateway_port), "LOG_LEVEL": "error"}
        # The limits are counted as ever, and high enough for what one caller of a bench asks for.
        environment |= dict.fromkeys(("RATE_LIMIT_READS", "RATE_LIMIT_WORKSPACE_READS"), "1000000")
        gateway = await closing.enter_async_context(
            run_server(["-m", "headwater.cli", "serve", "gateway"], environment, gateway_port)
        )
        token, path = await sign_up(gateway_port, keys.publishable_key)
        connection = await asyncpg.connect(postgres.dsn)
        user_id = str(await connection.fetchval("select id from auth.users"))
        await connection.close()
        claims = json.dumps({"sub": user_id, "role": "authenticated", "email": "bench@example.com"})
        bare = await closing.enter_async_context(
            run_server(["-c", _BARE, str(bare_port)], {**environment, "BENCH_CLAIMS": claims}, bare_port)
        )
        results = []
        for _ in range(rounds):
            ours = await measure(gateway_port, gateway, path=path, token=token, requests=requests)
            theirs = await measure(bare_port, bare, path=path, token=token, requests=requests)
            results.append((ours, theirs))
    ratios = [ours["requests_per_cpu_second"] / theirs["requests_per_cpu_second"] for ours, theirs in results]
    best = max(range(rounds), key=lambda one: ratios[one])
    line = {
        "bench": "request",
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(one, 3) for one in ratios],
    }
    print(json.dumps({**line, "api": results[best][0], "bare": results[best][1], "load_average": os.getloadavg()[0]}))


async def sign_up(port: int, key: str) -> tuple[str, str]:
    """Make a user with one source; give the access token and the path that reads the source."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers={"apikey": key}) as session:
        body = {"email": "bench@example.com", "password": "correct horse battery"}
        async with session.post("/auth/v1/signup", json=body) as response:
            token = str((await response.json())["access_token"])
        headers = {"Authorization": f"Bearer {token}"}
        source = {"url": "https://1.1.1.1/", "name": "bench"}
        async with session.post("/api/v1/monitored-sources", json=source, headers=headers) as response:
            made = await response.json()
            assert response.status == 201, made
    return token, f"/api/v1/monitored-sources/{made['id']}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(main(given.requests, given.rounds))
