"""The REST engine against hand-written endpoints: one row by key, 100 rows, one embed, one insert.

Prints one JSON line: requests a second of both, their ratios, and each one's p99 at 50 connections in milliseconds.
Both are served by uvicorn in a process of their own over the same embedded Postgres, set the same role and claims in
one transaction a request and must give the same bytes. The hand-written side is Starlette on asyncpg with its pool's
reset switched off, and is spared the token: it is told the claims.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import jwt
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from headwater.core.clock import monotonic
from headwater.core.telemetry import configure_logging
from headwater.local.postgres import LocalPostgres, install_foundation
from headwater.local.rest import PipelinePool, RestConfig, RestVerifier, create_rest_app
from headwater.process.ports import find_free_port

SECRET = "a secret for the bench that is long enough for it"  # noqa: S105 - protects nothing
CLAIMS = {"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}
TOKEN = jwt.encode(CLAIMS, SECRET, algorithm="HS256")
POOL_SIZE = 10
SEED = """
create table public.authors (id integer primary key, name text not null);
create table public.books (
  id integer primary key,
  author_id integer not null references public.authors,
  title text not null,
  pages integer not null
);
create table public.notes (id bigint generated always as identity primary key, title text not null, body text);
insert into public.authors select n, 'Author ' || n from generate_series(1, 100) n;
insert into public.books select n, 1 + n % 100, 'Book ' || n, 100 + n from generate_series(1, 10000) n;
grant select on public.authors, public.books to authenticated;
grant select, insert on public.notes to authenticated;
alter table public.books enable row level security;
create policy reading on public.books for select to authenticated
  using ((select current_setting('request.jwt.claims', true)::json ->> 'sub') is not null);
analyze;
"""
SETTINGS = "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)"
ONE = "select coalesce(json_agg(x), '[]')::text from (select * from public.books where id = $1) x"
MANY = "select coalesce(json_agg(x), '[]')::text from (select * from public.books order by id limit $1) x"
EMBED = """
select coalesce(json_agg(x), '[]')::text
from (
  select b.id, b.title, row_to_json(a)::jsonb as authors
  from public.books b
  left join lateral (select a.name from public.authors a where a.id = b.author_id) a on true
  where b.id = $1
) x
"""
INSERT = "insert into public.notes (title, body) values ($1, $2)"
PAYLOAD = json.dumps({"title": "A note", "body": "Something to remember"}).encode()


@dataclass(frozen=True)
class Case:
    """One kind of request: how it is asked of the engine and of the hand-written side."""

    name: str
    method: str
    engine_path: str
    bare_path: str
    body: bytes = b""


CASES = (
    Case("one_row", "GET", "/books?id=eq.{n}", "/one/{n}"),
    Case("hundred_rows", "GET", "/books?order=id&limit=100", "/many/100"),
    Case("one_embed", "GET", "/books?select=id,title,authors(name)&id=eq.{n}", "/embed/{n}"),
    Case("one_insert", "POST", "/notes", "/insert", PAYLOAD),
)


def create_bare_app(dsn: str) -> Starlette:
    """Make the hand-written endpoints."""
    held: dict[str, asyncpg.Pool] = {}
    claims = json.dumps(CLAIMS)

    async def keep(connection: asyncpg.Connection) -> None:
        """Leave the connection as it is: everything was set for one transaction alone."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        async with asyncpg.create_pool(dsn, min_size=POOL_SIZE, max_size=POOL_SIZE, reset=keep) as pool:
            held["pool"] = pool
            yield

    async def run(statement: str, *values: object, readonly: bool = True) -> str | None:
        async with held["pool"].acquire() as connection, connection.transaction(readonly=readonly):
            await connection.fetchrow(SETTINGS, "authenticated", claims)
            found: str | None = await connection.fetchval(statement, *values)
            return found

    def reading(statement: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return Response(await run(statement, int(request.path_params["n"])), media_type="application/json")

        return answer

    async def insert(request: Request) -> Response:
        given = await request.json()
        await run(INSERT, given["title"], given["body"], readonly=False)
        return Response(status_code=201)

    return Starlette(
        routes=[
            Route("/one/{n}", reading(ONE)),
            Route("/many/{n}", reading(MANY)),
            Route("/embed/{n}", reading(EMBED)),
            Route("/insert", insert, methods=["POST"]),
        ],
        lifespan=lifespan,
    )


def serve(kind: str, dsn: str, port: int) -> None:
    """Be one of the servers."""
    app: Any
    if kind == "bare":
        app = create_bare_app(dsn)
    else:
        app = create_rest_app(
            RestConfig(), PipelinePool(dsn, size=POOL_SIZE), verifier=RestVerifier.from_keys(secret=SECRET)
        )
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


class Client:
    """A connection that sends one request after the other."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Send a request; give status and body."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        top = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in top.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        content = await self._reader.readexactly(length) if length else b""
        return int(top[9:12]), content

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()


async def load(port: int, case: Case, *, engine: bool, clients: int, number: int) -> tuple[float, list[float]]:
    """Send a number of requests over some connections; give requests a second and every latency in seconds."""
    path = case.engine_path if engine else case.bare_path
    opened = [Client(port) for _ in range(clients)]
    await asyncio.gather(*(client.open() for client in opened))
    numbers = iter(range(number))
    latencies: list[float] = []

    async def work(client: Client) -> None:
        for n in numbers:
            started = monotonic()
            status, _ = await client.ask(case.method, path.format(n=1 + n % 10000), case.body)
            latencies.append(monotonic() - started)
            assert status in (200, 201), status

    started = monotonic()
    await asyncio.gather(*(work(client) for client in opened))
    seconds = monotonic() - started
    for client in opened:
        client.close()
    return number / seconds, latencies


async def compare_bytes(engine: int, bare: int) -> None:
    """Make sure that both sides give the same bytes."""
    one, other = Client(engine), Client(bare)
    await asyncio.gather(one.open(), other.open())
    for case in CASES:
        path, hand = case.engine_path.format(n=7), case.bare_path.format(n=7)
        assert await one.ask(case.method, path, case.body) == await other.ask(case.method, hand, case.body), case.name
    one.close()
    other.close()


async def start_server(kind: str, dsn: str) -> tuple[asyncio.subprocess.Process, int]:
    """Start a server as a process of its own and wait until it answers."""
    port = find_free_port(0)
    process = await asyncio.create_subprocess_exec(sys.executable, __file__, "--serve", kind, dsn, str(port))
    async with asyncio.timeout(30):
        while True:
            try:
                client = Client(port)
                await client.open()
                await client.ask("GET", "/", b"")
                client.close()
                return process, port
            except OSError:
                await asyncio.sleep(0.05)


async def measure(engine: int, bare: int, *, number: int, rounds: int, clients: int) -> dict[str, Any]:
    """Let both sides run in turns, so that a busy moment of the machine hits both; compare their medians."""
    result: dict[str, Any] = {}
    for case in CASES:
        rates: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(rounds):
            for side, port in ((False, bare), (True, engine)):
                rate, _ = await load(port, case, engine=side, clients=clients, number=number)
                rates[side].append(rate)
        mine, theirs = statistics.median(rates[True]), statistics.median(rates[False])
        slowest: dict[bool, float] = {}
        for side, port in ((False, bare), (True, engine)):
            _, latencies = await load(port, case, engine=side, clients=50, number=number)
            slowest[side] = round(sorted(latencies)[int(len(latencies) * 0.99)] * 1000, 1)
        result[case.name] = {
            "engine_per_second": round(mine),
            "bare_per_second": round(theirs),
            "ratio": round(mine / theirs, 2),
            "engine_p99_ms_at_50": slowest[True],
            "bare_p99_ms_at_50": slowest[False],
        }
    return result


async def main(number: int, rounds: int, clients: int) -> None:
    """Run all and print the line."""
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as folder:
        postgres = LocalPostgres(Path(folder) / "postgres", port=0)
        dsn = await postgres.start()
        servers: list[asyncio.subprocess.Process] = []
        try:
            await install_foundation(dsn)
            connection = await asyncpg.connect(dsn)
            await connection.execute(SEED)
            await connection.close()
            ports = []
            for kind in ("engine", "bare"):
                process, port = await start_server(kind, dsn)
                servers.append(process)
                ports.append(port)
            await compare_bytes(*ports)
            print(json.dumps(await measure(*ports, number=number, rounds=rounds, clients=clients)))
        finally:
            for process in servers:
                process.terminate()
                await process.wait()
            await postgres.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=1500, help="requests of each kind and round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--serve", nargs=3, metavar=("KIND", "DSN", "PORT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    configure_logging(level="error")
    if given.serve:
        serve(given.serve[0], given.serve[1], int(given.serve[2]))
    else:
        asyncio.run(main(given.number, given.rounds, given.clients))
