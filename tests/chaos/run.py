"""A run: an installation under load and faults, brought to rest, and what came of it."""

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

from headwater.core.clock import monotonic
from headwater.demo.mail import DemoMail, open_mail
from headwater.demo.receiver import DemoReceiver, open_receiver
from headwater.kit.demo import DemoClient
from tests.chaos.accounts import Rest, count_deliveries, count_jobs, hurry_retries, read_rest, read_slots
from tests.chaos.faults import Faults
from tests.chaos.ledger import Reckoning
from tests.chaos.loop import LOST_CONNECTION, Loop, Plan
from tests.chaos.pages import serve_pages
from tests.cli.installation import Installation
from tests.fixtures.waiting import wait_until


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. `jobs`, `slots` and `deliveries` are the state at its end, as `rest` is.

    `max_open_deliveries`: how many were under way at once at most, of which each page has those of one alert.
    """

    reckoning: Reckoning
    rest: Rest
    faults: dict[str, int]
    jobs: dict[str, int]
    slots: dict[str, int]
    deliveries: dict[str, int]
    max_open_deliveries: int
    webhooks_taken: int
    webhooks_twice_with_other_body: int
    webhook_ids: int
    bad_signatures: int
    mails: int
    checks: int
    seconds: float


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
            jobs=await count_jobs(connection),
            slots=await read_slots(connection),
            deliveries=await count_deliveries(connection),
            max_open_deliveries=loop.max_open_deliveries,
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
    """Without further faults, wait until every change was told and nothing is left to do; what is left is counted.

    What failed under a fault is tried again at once, and not after minutes or hours.
    """

    async def told() -> bool:
        await loop.turn(changing=False)
        return not loop.waiting

    with suppress(AssertionError):
        await wait_until(told, what="the last changes", seconds=loop.plan.patience)

    async def at_rest() -> bool:
        try:
            connection = await loop.connect()
            await hurry_retries(connection)
            return (await read_rest(connection)).at_rest
        except LOST_CONNECTION:
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
