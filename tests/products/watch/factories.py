"""The whole of watch in one place: gateway, worker, people and the simulated world, all over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
from httpx2 import AsyncClient, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.fixtures.gateway import serve_on_loopback
from tests.fixtures.simulated import SimulatedWorld
from tests.fixtures.waiting import wait_until
from tests.fixtures.workspaces import Person, make_token, make_user

from headwater.catalogue import list_jobs, list_preloaded, list_schedules
from headwater.core.clock import MovableClock
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.core.settings import QUEUES, Settings, load_settings
from headwater.embedded.plane import open_local_plane
from headwater.kit.jobs import Outcome, Run, Worker, run_until_idle, running_worker
from headwater.kit.processes import ProcessPool
from headwater.products.watch.jobs import promote_due_sources
from headwater.services import create_gateway, open_resources, read_local_keys

SOURCES = "/api/v1/monitored-sources"
ALERTS = "/api/v1/alerts"
QUERIES = "/api/v1/user-queries"
NOTIFICATIONS = "/api/v1/notifications"
PRICING, STATUS, LAMP, NEWS, FEED = "/acme/pricing", "/northwind/status", "/orchard/lamp", "/harbor/news", "/feed.xml"


class Door:
    """An address that stands before the application does, so that the application can know it."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@dataclass
class House:
    """A running installation: its gateway over HTTP, its worker with a clock of its own, and the world around it."""

    url: str
    settings: Settings
    world: SimulatedWorld
    clock: MovableClock
    owner: asyncpg.Connection
    gateway: Resources
    worker: Resources
    http: AsyncClient
    secret: str = field(repr=False)
    anon_key: str = field(repr=False)

    async def add_member(self, *, email: str | None = None) -> Member:
        """Let somebody in who has signed up, with every channel but the webhook."""
        person = await make_user(self.owner, email=email)
        return Member(self, person, make_token(person, secret=self.secret))

    async def work(self, *, may_fail: bool = False, queues: Sequence[str] = QUEUES) -> list[tuple[Run, Outcome]]:
        """Run what is due by the worker's clock, and what that enqueues.

        Fails the test where a job failed for good, unless it `may_fail`.
        """
        finished = await run_until_idle(
            self.worker.get(Database), self.worker, jobs=list_jobs(), clock=self.clock, queues=queues, concurrency=4
        )
        failed = [(run.kind, outcome.details) for run, outcome in finished if outcome.label == "failed"]
        assert may_fail or not failed, failed
        return finished

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run a real worker with its schedules beside the test."""
        worker = Worker(
            self.worker.get(Database),
            self.worker,
            jobs=list_jobs(),
            schedules=list_schedules(),
            clock=self.clock,
            concurrency=4,
        )
        async with running_worker(worker):
            yield

    async def let_come_due(self, *source_ids: str) -> None:
        """Let the time of the next check come for these sources, or for all."""
        await self.owner.execute(
            "update public.monitored_sources set next_check_at = now() - interval '1 second'"
            " where cardinality($1::uuid[]) = 0 or id = any ($1)",
            [UUID(one) for one in source_ids],
        )

    async def promote(self) -> None:
        """Run the schedule that turns due sources into jobs once."""
        await promote_due_sources(self.worker)

    async def count(self, table: str, where: str = "true", *values: Any) -> int:
        """Count rows past every policy."""
        found: int = await self.owner.fetchval(f"select count(*) from {table} where {where}", *values)
        return found


@dataclass
class Member:
    """Somebody who calls the API with a token or a key."""

    house: House
    person: Person
    token: str = field(repr=False)

    async def send(self, method: str, path: str, **arguments: Any) -> Response:
        """Make one call."""
        headers = {"Authorization": f"Bearer {self.token}", **arguments.pop("headers", {})}
        return await self.house.http.request(method, path, headers=headers, **arguments)

    async def get(self, path: str, *, expect: int = 200, **params: Any) -> Any:
        """GET what the API gives."""
        return read(await self.send("GET", path, params=params), expect)

    async def post(self, path: str, body: Any = None, *, expect: int = 200, **params: Any) -> Any:
        """POST `body` as JSON."""
        return read(await self.send("POST", path, json=body, params=params), expect)

    async def put(self, path: str, body: Any, *, expect: int = 200) -> Any:
        """PUT `body` as JSON."""
        return read(await self.send("PUT", path, json=body), expect)

    async def patch(self, path: str, body: Any, *, expect: int = 200) -> Any:
        """PATCH with `body` as JSON."""
        return read(await self.send("PATCH", path, json=body), expect)

    async def delete(self, path: str, *, expect: int = 204) -> Any:
        """DELETE."""
        return read(await self.send("DELETE", path), expect)

    def page_url(self, page: str) -> str:
        """Return the address of `/acme/pricing` on the site's own host."""
        site, _, path = page.removeprefix("/").partition("/")
        return self.house.world.web.host_url(site, f"/{path}")

    async def watch(self, page: str = PRICING, *, first_check: bool = True, **values: Any) -> str:
        """Watch a page of the simulated web and check it for the first time; gives the source's id."""
        body = {"url": page if "://" in page else self.page_url(page), "name": page, **values}
        source = await self.post(SOURCES, body, expect=201)
        if first_check:
            check = await self.check(source["id"])
            assert check["outcome"] == "first", check
        return str(source["id"])

    async def check(self, source_id: str) -> dict[str, Any]:
        """Check a source now and give the line of its history."""
        asked = await self.post(f"{SOURCES}/{source_id}/check", expect=202)
        await self.house.work()
        return await self.find_check(source_id, asked["check_id"])

    async def find_check(self, source_id: str, check_id: str) -> dict[str, Any]:
        """Return the line that a check left in the history."""
        lines = await self.get(f"{SOURCES}/{source_id}/history", limit=200)
        (found,) = [line for line in lines if line["id"] == check_id]
        return dict(found)

    async def read(self, source_id: str) -> dict[str, Any]:
        """Read a source."""
        return dict(await self.get(f"{SOURCES}/{source_id}"))

    async def alerts(self, **params: Any) -> list[dict[str, Any]]:
        """List the alerts, newest first."""
        return list(await self.get(ALERTS, **params))

    async def choose_channels(self, *channels: str, **values: Any) -> None:
        """Be told at once by these channels; with `webhook` the simulated receiver gets an endpoint."""
        await self.put(f"{NOTIFICATIONS}/preferences", {"channels": list(channels), **values})
        if "webhook" in channels:
            receiver = self.house.world.receiver
            made = await self.post(f"{NOTIFICATIONS}/webhook-endpoints", {"url": receiver.url}, expect=201)
            receiver.trust(made["secret"])

    async def deliveries(self, **params: Any) -> list[dict[str, Any]]:
        """List what was sent, newest first."""
        return list(await self.get(f"{NOTIFICATIONS}/deliveries", **params))

    async def wait_for_alerts(self, number: int = 1, *, seconds: float = 30.0) -> list[dict[str, Any]]:
        """Wait until a worker that runs beside the test has made so many alerts."""

        async def enough() -> list[dict[str, Any]]:
            found = await self.alerts(limit=200)
            return found if len(found) >= number else []

        return list(await wait_until(enough, what=f"{number} alerts", seconds=seconds))


def read(response: Response, expect: int) -> Any:
    """Return the JSON of an answer with the status that was expected."""
    assert response.status_code == expect, f"{response.request.url}: {response.status_code} {response.text}"
    return response.json() if response.content and "json" in response.headers["content-type"] else response.text


def point_at(settings: Settings, world: SimulatedWorld, **changes: Any) -> Settings:
    """Point the real adapters at the simulated world, by settings alone."""
    given: dict[str, Any] = {
        "fetch_allowed_hosts": ["127.0.0.1"],
        "fetch_host_interval_seconds": 0.0,
        "smtp_host": "127.0.0.1",
        "smtp_port": world.mail.smtp_port,
        "smtp_security": "none",
        "mail_from": "Headwater <alerts@headwater.test>",
    }
    return settings.model_copy(update={**given, **changes})


@cache
def shared_pool() -> ProcessPool:
    """Return the pool of all houses of a test run that ask for no other: it keeps nothing of the pages it reads."""
    return ProcessPool.from_settings(load_settings(), preload=list_preloaded())


@asynccontextmanager
async def open_house(
    settings: Settings, world: SimulatedWorld, *, clock: MovableClock, **changes: Any
) -> AsyncIterator[House]:
    """Open the gateway on loopback and the tools of a worker, as two processes would have them."""
    async with AsyncExitStack() as closing:
        door = Door()
        url = await closing.enter_async_context(serve_on_loopback(door))
        settings = point_at(settings, world, public_url=url, **changes)
        gateway = await closing.enter_async_context(open_resources(settings))
        worker = await closing.enter_async_context(open_resources(settings, clock=clock))
        if not any(name.startswith("reading_") for name in changes):
            gateway.provide(ProcessPool, shared_pool())
            worker.provide(ProcessPool, shared_pool())
        settings = gateway.get(Settings)
        keys = read_local_keys(settings)
        assert keys is not None
        door.app = await closing.enter_async_context(
            open_local_plane(create_gateway(gateway), resources=gateway, keys=keys)
        )
        owner = await asyncpg.connect(gateway.get(Database).dsn)
        closing.push_async_callback(owner.close)
        http = await closing.enter_async_context(AsyncClient(base_url=url, timeout=30))
        yield House(url, settings, world, clock, owner, gateway, worker, http, keys.jwt_secret, keys.anon_key)
        await asyncio.sleep(0)
