"""The closed loop: a page changes, its check is due, the change is told, and only then does the page change again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import aiohttp
import asyncpg

from headwater.core.clock import monotonic
from headwater.demo.mail import DemoMail, open_mail
from headwater.demo.receiver import DemoReceiver, open_receiver
from headwater.kit.demo import DemoClient
from headwater.local.postgres import find_running_postgres
from tests.chaos.accounts import Alert, Rest, count_checks, count_deliveries, make_due, read_alerts, read_rest
from tests.chaos.faults import Faults
from tests.chaos.ledger import Ledger, Reckoning
from tests.chaos.pages import ChangingPages, Page, serve_pages
from tests.cli.installation import Installation
from tests.fixtures.waiting import wait_until

# The last is what asyncpg says when a server dies in the middle of a statement.
_LOST_CONNECTION = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to go on, how much there is, and which faults strike.

    A change that `looks` checks have seen and none told is lost. `patience`: seconds that the last ones may take.
    """

    seconds: float = 60.0
    pages: int = 20
    fault_every: float = 5.0
    parent_kills: bool = True
    looks: int = 10
    patience: float = 120.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    reckoning: Reckoning
    rest: Rest
    faults: dict[str, int]
    deliveries: dict[str, int]
    webhooks_taken: int
    webhooks_twice_with_other_body: int
    webhook_ids: int
    bad_signatures: int
    mails: int
    checks: int
    seconds: float


class Loop:
    """Drives the pages of one installation and keeps the ledger."""

    def __init__(self, plan: Plan, world: ChangingPages, postgres: Path) -> None:
        self.plan = plan
        self.world = world
        self.ledger = Ledger()
        self.sources: dict[UUID, Page] = {}
        self._postgres = postgres
        self._connection: asyncpg.Connection | None = None
        self._seen: set[UUID] = set()
        self._untold: dict[UUID, int | None] = {}

    async def connect(self) -> asyncpg.Connection:
        """Return the connection to the installation's database, a new one after each loss. Raises OSError."""
        if self._connection is None or self._connection.is_closed():
            dsn = find_running_postgres(self._postgres)
            if dsn is None:
                raise OSError("no Postgres runs on the folder")
            self._connection = await asyncpg.connect(dsn, timeout=5, command_timeout=20)
        return self._connection

    def disconnect(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def change(self, source_id: UUID) -> None:
        """Let a page show its next fact."""
        page = self.sources[source_id]
        page.step += 1
        self.ledger.shown[page.url].append(page.fact)
        # How many checks there were by now is asked at the next turn.
        self._untold[source_id] = None

    async def turn(self, *, changing: bool) -> None:
        """Read the new alerts, change the pages whose change was told (or lost), and have the others checked."""
        try:
            connection = await self.connect()
            # Each page has one change under way, so no more than these can be new, in whatever order they committed.
            for alert in await read_alerts(connection, newest=3 * self.plan.pages):
                if alert.id not in self._seen:
                    self._take(alert, changing=changing)
            looks = await count_checks(connection, self.waiting)
            for source_id in self.waiting:
                before = self._untold[source_id]
                if before is None:
                    self._untold[source_id] = looks.get(source_id, 0)
                elif changing and looks.get(source_id, 0) - before >= self.plan.looks:
                    self.change(source_id)
            await make_due(connection, self.waiting)
        except _LOST_CONNECTION:
            self.disconnect()

    def _take(self, alert: Alert, *, changing: bool) -> None:
        page = self.sources[alert.source_id]
        self.ledger.told[page.url].append(page.kind.read(alert.content) or "nothing of the fact")
        self._seen.add(alert.id)
        self._untold.pop(alert.source_id, None)
        if changing:
            self.change(alert.source_id)

    @property
    def waiting(self) -> list[UUID]:
        """The sources whose last change was not told yet."""
        return list(self._untold)


@dataclass(slots=True)
class Upkeep:
    """`headwater up` as a process: killed and started again as an operator would."""

    installation: Installation
    output: BinaryIO
    process: asyncio.subprocess.Process | None = None
    starts: int = field(default=0)

    async def start(self) -> None:
        """Start it and wait until the gateway answers."""
        self.starts += 1
        self.process = await self.installation.spawn("up", output=self.output)
        url_file = self.installation.folder / "gateway.url"
        await wait_until(lambda: url_file.exists() and self._lives(), what="headwater up", seconds=120)

    def _lives(self) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, "headwater up ended by itself"
        return True

    async def kill(self) -> None:
        """Kill the parent with -9, see its children end, and start again."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        await self.installation.wait_until_gone()
        await self.start()

    async def stop(self) -> None:
        """Press Ctrl-C and wait; then see that nothing is left."""
        if self.process is not None and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                await asyncio.wait_for(self.process.wait(), 60)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        await self.installation.wait_until_gone()


async def run_chaos(plan: Plan, folder: Path) -> Outcome:
    """Run the loop under faults for the planned time, let it come to rest without faults, and reckon."""
    async with AsyncExitStack() as closing:
        enter = closing.enter_async_context
        world = await enter(serve_pages(plan.pages))
        mail, receiver = await enter(open_mail()), await enter(open_receiver())
        installation = _describe_installation(folder, mail)
        upkeep = await enter(_keep_up(installation))
        loop = Loop(plan, world, installation.folder / "postgres")
        closing.callback(loop.disconnect)
        await _watch_pages(loop, installation, receiver)
        began = monotonic()
        faults = Faults(installation, mail, receiver, random.Random(plan.seed))
        await _strike_for(plan, loop, faults, upkeep)
        await _come_to_rest(loop)
        connection = await loop.connect()
        return Outcome(
            reckoning=loop.ledger.reckon(),
            rest=await read_rest(connection),
            faults=dict(sorted(faults.done.items())),
            deliveries=await count_deliveries(connection),
            **_judge_webhooks(receiver),
            mails=mail.mailbox.count,
            checks=int(await connection.fetchval("select count(*) from public.source_checks")),
            seconds=round(monotonic() - began, 1),
        )


def _describe_installation(folder: Path, mail: DemoMail) -> Installation:
    settings = {
        "FETCH_ALLOWED_HOSTS": "127.0.0.1",
        "FETCH_HOST_INTERVAL_SECONDS": "0",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail.smtp_port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "Headwater <alerts@headwater.example>",
        "LOG_LEVEL": "warning",
    }
    return Installation(folder / "home" / "data", settings)


@asynccontextmanager
async def _keep_up(installation: Installation) -> AsyncIterator[Upkeep]:
    installation.folder.parent.mkdir(parents=True, exist_ok=True)
    with (installation.folder.parent / "up.log").open("ab") as output:
        upkeep = Upkeep(installation, output)
        try:
            await upkeep.start()
            yield upkeep
        finally:
            await upkeep.stop()


async def _watch_pages(loop: Loop, installation: Installation, receiver: DemoReceiver) -> None:
    """Sign up, set up both channels, watch every page and wait for the first versions; then each page changes."""
    status = (await installation.run("status", "--json")).json
    async with aiohttp.ClientSession() as session:
        client = DemoClient(status["url"], anon_key=status["publishable_key"], session=session)
        await client.sign_in("chaos@example.com", "correct horse battery")
        await client.choose_channels()
        receiver.trust(await client.open_endpoint(receiver.url))
        for page in loop.world.pages:
            kind = "rss" if page.kind.name == "feed" else "website"
            body = {"url": page.url, "name": f"{page.kind.name} {page.number}", "kind": kind}
            added = await client.request("POST", "/api/v1/monitored-sources", body)
            loop.sources[UUID(added["id"])] = page

    async def all_read() -> bool:
        connection = await loop.connect()
        return bool(await connection.fetchval("select count(*) from public.scraped_contents") >= loop.plan.pages)

    await wait_until(all_read, what="the first version of every page", seconds=120)
    for source_id in loop.sources:
        loop.change(source_id)


async def _strike_for(plan: Plan, loop: Loop, faults: Faults, upkeep: Upkeep) -> None:
    """Let pages change and faults strike until the time is over."""
    ends = monotonic() + plan.seconds
    driving = asyncio.create_task(_drive(loop, until=ends))
    next_parent = monotonic() + plan.seconds / 3
    try:
        while monotonic() < ends and not driving.done():
            await asyncio.sleep(faults.chance.uniform(0.3, 1.7) * plan.fault_every)
            if plan.parent_kills and monotonic() > next_parent:
                next_parent += max(60.0, plan.seconds / 8)
                faults.done["kill parent"] += 1
                await upkeep.kill()
            else:
                await faults.strike()
        await driving
    finally:
        driving.cancel()
        with suppress(asyncio.CancelledError):
            await driving


async def _drive(loop: Loop, *, until: float) -> None:
    while monotonic() < until:
        await loop.turn(changing=True)
        await asyncio.sleep(0.3)


async def _come_to_rest(loop: Loop) -> None:
    """Without further faults, wait until every change was told and nothing is left to do; what is left is counted."""

    async def told() -> bool:
        await loop.turn(changing=False)
        return not loop.waiting

    with suppress(AssertionError):
        await wait_until(told, what="the last changes", seconds=loop.plan.patience)

    async def at_rest() -> bool:
        try:
            return (await read_rest(await loop.connect())).at_rest
        except _LOST_CONNECTION:
            loop.disconnect()
            return False

    with suppress(AssertionError):
        await wait_until(at_rest, what="rest", seconds=max(120.0, loop.plan.patience))
    await loop.turn(changing=False)


def _judge_webhooks(receiver: DemoReceiver) -> dict[str, int]:
    bodies: dict[str, set[bytes]] = {}
    for one in receiver.list_deliveries(repeated=True):
        bodies.setdefault(one.webhook_id, set()).add(one.body)
    alerts = {
        one.payload["data"]["alert_id"]: one.webhook_id
        for one in receiver.list_deliveries(repeated=True)
        if one.payload["type"] == "watch.alert"
    }
    return {
        "webhooks_taken": len(alerts),
        "webhook_ids": len(bodies),
        "webhooks_twice_with_other_body": sum(len(one) > 1 for one in bodies.values()),
        "bad_signatures": len(receiver.refused),
    }
