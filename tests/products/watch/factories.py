"""What the tests of watch make: an installation whose sources come due, and somebody who watches pages in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.fixtures.installation import Installation, open_installation
from tests.fixtures.installation import Member as AnyMember
from tests.fixtures.simulated import SimulatedWorld
from tests.fixtures.waiting import wait_until
from tests.fixtures.workspaces import make_token, make_user

from headwater.core.clock import MovableClock
from headwater.core.settings import Settings
from headwater.products.watch.jobs import promote_due_sources

SOURCES = "/api/v1/monitored-sources"
ALERTS = "/api/v1/alerts"
QUERIES = "/api/v1/user-queries"
PRICING, STATUS, LAMP, NEWS, FEED = "/acme/pricing", "/northwind/status", "/orchard/lamp", "/harbor/news", "/feed.xml"


@dataclass
class House(Installation):
    """An installation, with what makes the sources of watch come due."""

    async def add_member(self, *, email: str | None = None) -> Member:
        """Let somebody in who has signed up, with every channel but the webhook."""
        person = await make_user(self.owner, email=email)
        return Member(self, person, make_token(person, secret=self.secret))

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


@dataclass
class Member(AnyMember):
    """Somebody who watches pages."""

    @property
    def house(self) -> House:
        """Return the installation that they use."""
        assert isinstance(self.installation, House)
        return self.installation

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
        await self.installation.work()
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

    async def wait_for_alerts(self, number: int = 1, *, seconds: float = 30.0) -> list[dict[str, Any]]:
        """Wait until a worker that runs beside the test has made so many alerts."""

        async def enough() -> list[dict[str, Any]]:
            found = await self.alerts(limit=200)
            return found if len(found) >= number else []

        return list(await wait_until(enough, what=f"{number} alerts", seconds=seconds))


@asynccontextmanager
async def open_house(
    settings: Settings, world: SimulatedWorld, *, clock: MovableClock, **changes: Any
) -> AsyncIterator[House]:
    """Open an installation for the tests of watch."""
    async with open_installation(settings, world, clock=clock, kind=House, **changes) as opened:
        yield opened
