"""An installation for a bench: its database, the people who watch pages in it, and the API that they ask."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import jwt

from headwater.cli.tree import prepare_database
from headwater.core.clock import monotonic, now

ASKED_EVERY_SECONDS = 0.1
PATHS = {
    "sources": "/api/v1/monitored-sources?limit=50",
    "alerts": "/api/v1/alerts?limit=50",
    "overview": "/api/v1/overview",
}
_SIGN_UP = """
insert into auth.users (id, email, aud, role, email_confirmed_at)
select id, id || '@example.com', 'authenticated', 'authenticated', now()
from unnest($1::uuid[]) as id
"""
_WATCH = """
insert into public.monitored_sources (workspace_id, url, normalised_url, host, name, next_check_at)
select owner.id, page.url, page.url, page.host, page.url, now() + interval '1 day'
from unnest($1::uuid[], $2::text[], $3::text[]) as page (user_id, url, host)
join public.workspaces as owner on owner.created_by = page.user_id
"""
_SIZES = """
select relation.relname, pg_total_relation_size(relation.oid) as bytes
from pg_class as relation
join pg_namespace as namespace on namespace.oid = relation.relnamespace
where relation.relkind = 'r'
    and namespace.nspname in ('public', 'headwater', 'procrastinate', 'auth')
"""


@dataclass
class Installation:
    """A database with its gateway, and the people who watch pages in it."""

    connection: asyncpg.Connection
    gateway: str
    secret: str = field(repr=False)
    people: list[UUID] = field(default_factory=list)

    def sign_token(self, user_id: UUID) -> str:
        """Sign an access token of a person."""
        issued = int(now().timestamp())
        claims = {"sub": str(user_id), "email": f"{user_id}@example.com", "aud": "authenticated"}
        return jwt.encode(
            {**claims, "role": "authenticated", "iat": issued, "exp": issued + 7200}, self.secret, algorithm="HS256"
        )

    async def read_sizes(self) -> dict[str, int]:
        """Return the bytes of each table with its indexes and its TOAST."""
        return {row["relname"]: row["bytes"] for row in await self.connection.fetch(_SIZES)}

    async def add_people(self, urls: list[str], workspaces: int) -> None:
        """Sign people up, whose workspaces share the pages evenly; nothing is due yet."""
        self.people = [uuid4() for _ in range(workspaces)]
        await self.connection.execute(_SIGN_UP, self.people)
        owners = [self.people[number % workspaces] for number in range(len(urls))]
        await self.connection.execute(_WATCH, owners, urls, [urlsplit(url).netloc for url in urls])


async def make_database(server: str, name: str) -> str:
    """Make a migrated database and return its DSN."""
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    await connection.close()
    dsn = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    await prepare_database(dsn, with_foundation=True)
    return dsn


@asynccontextmanager
async def ask_meanwhile(installation: Installation) -> AsyncIterator[dict[str, list[float]]]:
    """Ask the API steadily, each time as somebody else, and collect the seconds that answers took.

    Requests that a busy API puts off (503) are counted under `busy`, with how long they waited for that.
    """
    times: dict[str, list[float]] = defaultdict(list)
    async with aiohttp.ClientSession(installation.gateway) as session:

        async def ask(name: str) -> None:
            headers = {"Authorization": f"Bearer {installation.sign_token(random.choice(installation.people))}"}
            started = monotonic()
            async with session.get(PATHS[name], headers=headers) as response:
                body = await response.read()
                assert response.status in (200, 503), body
            times[name if response.status == 200 else "busy"].append(monotonic() - started)

        async def ask_on() -> None:
            number = 0
            async with asyncio.TaskGroup() as asked:
                while True:
                    asked.create_task(ask(list(PATHS)[number % len(PATHS)]))
                    number += 1
                    await asyncio.sleep(ASKED_EVERY_SECONDS)

        for name in PATHS:
            await ask(name)
        times.clear()
        asking = asyncio.create_task(ask_on())
        try:
            yield times
        finally:
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking


def summarise_times(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return the milliseconds of the median and the 95th percentile of each path."""
    return {
        name: {
            "p50": round(statistics.median(taken) * 1000, 1),
            "p95": round(statistics.quantiles(taken, n=20)[18] * 1000, 1),
            "asked": len(taken),
        }
        for name, taken in times.items()
        if len(taken) > 1
    }
