"""The whole simulated world: its systems on neighbouring ports, driven in this process or over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from headwater.core.errors import NotFound
from headwater.demo.control import System, run_action
from headwater.demo.mail import DemoMail, open_mail
from headwater.demo.models import DemoModels, open_models
from headwater.demo.receiver import DemoReceiver, open_receiver
from headwater.demo.sendgrid import DemoSendGrid, open_sendgrid
from headwater.demo.web import BenchWeb, DemoWeb, open_bench, open_web

#: The order of the ports from the first one on. The sites' own hosts follow from FIRST_SITE.
PORTS = (
    "web", "smtp", "mail", "receiver", "receiver_control", "models", "models_control", "bench", "bench_control",
    "sendgrid", "sendgrid_control",
)  # fmt: skip
FIRST_SITE = 20


@dataclass(frozen=True, slots=True)
class World:
    """Every simulated system, running."""

    web: DemoWeb
    mail: DemoMail
    sendgrid: DemoSendGrid
    receiver: DemoReceiver
    models: DemoModels
    bench: BenchWeb

    @property
    def systems(self) -> dict[str, System]:
        """Return the systems by name."""
        return {
            "web": self.web,
            "mail": self.mail,
            "sendgrid": self.sendgrid,
            "receiver": self.receiver,
            "models": self.models,
            "bench": self.bench,
        }

    async def call(self, system: str, action: str, **arguments: Any) -> Any:
        """Run an action of a system and return its result as plain JSON values. Raises NotFound, ValidationError."""
        if system not in self.systems:
            raise NotFound(f"there is no system {system!r}", code="unknown_system")
        return await run_action(self.systems[system].actions(), action, arguments)

    async def find_urls(self) -> dict[str, str]:
        """Return the address of each system by name, and of each site that has a host of its own (`site:acme`)."""
        sites = {f"site:{name}": self.web.host_url(name).rstrip("/") for name in self.web.sites}
        pages = {"inbox": f"{self.mail.control_url}/_inbox", "perplexity": self.models.perplexity_url}
        return {name: system.url for name, system in self.systems.items()} | pages | sites

    async def describe(self) -> dict[str, dict[str, str]]:
        """Return the addresses of the systems and of their control interfaces."""
        controls = {name: system.control_url for name, system in self.systems.items()}
        return {"urls": await self.find_urls(), "control_urls": controls}


@asynccontextmanager
async def open_world(*, port: int = 0, bench_pages: int = 300, bench_hosts: int = 1) -> AsyncIterator[World]:
    """Run the whole world while the block runs, on the ports from `port` on (0: any free ones)."""
    at = {name: port + number if port else 0 for number, name in enumerate(PORTS)}
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        web = await enter(open_web(port=at["web"], site_ports=port + FIRST_SITE if port else 0))
        mail = await enter(open_mail(port=at["smtp"], http_port=at["mail"]))
        sendgrid = await enter(
            open_sendgrid(port=at["sendgrid"], control_port=at["sendgrid_control"], mailbox=mail.mailbox)
        )
        receiver = await enter(open_receiver(port=at["receiver"], control_port=at["receiver_control"]))
        models = await enter(
            open_models(port=at["models"], control_port=at["models_control"], find_listings=web.list_catalogue)
        )
        bench = await enter(
            open_bench(pages=bench_pages, hosts=bench_hosts, port=at["bench"], control_port=at["bench_control"])
        )
        world = World(web=web, mail=mail, sendgrid=sendgrid, receiver=receiver, models=models, bench=bench)
        web.further_actions["world"] = world.describe
        yield world


async def run_world(
    *, port: int = 0, bench_pages: int = 300, report: Callable[[dict[str, str]], None] | None = None
) -> None:
    """Run the world until this task is cancelled; `report` gets the addresses once they answer."""
    async with open_world(port=port, bench_pages=bench_pages) as world:
        if report is not None:
            report(await world.find_urls())
        await asyncio.Event().wait()
