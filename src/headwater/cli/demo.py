"""`headwater demo`: everything, a simulated outside world, and a story told on the terminal."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from rich.console import Console

from headwater.cli.tree import open_tree, stop_on_signals
from headwater.core.packaged import find_dashboard
from headwater.core.settings import Settings
from headwater.demo.story import EMAIL, Told, tell_story
from headwater.demo.story_client import StoryClient
from headwater.demo.world import World, open_world
from headwater.process.folders import read_or_make_secret
from headwater.process.ports import is_free

FIRST_PORT = 8700
_DELIVERY_SECONDS = 30.0
_RANGE = 40

console = Console(highlight=False, soft_wrap=True)


@dataclass
class Arrivals:
    """What has arrived outside since the demo began: e-mails and webhooks."""

    world: World
    mails: int = 0
    hooks: int = 0

    def show_new(self) -> None:
        """Print the e-mails and webhooks that arrived since the last call."""
        for message in self.world.mail.list_messages()[self.mails :]:
            console.print(f"  [green]e-mail[/green]  to {', '.join(message.recipients)}: {message.subject}")
            self.mails += 1
        for delivery in self.world.receiver.list_deliveries()[self.hooks :]:
            console.print(f"  [cyan]webhook[/cyan] {delivery.payload.get('type', '?')}, its signature holds")
            self.hooks += 1


async def run_demo(settings: Settings, *, once: bool) -> int:
    """Run the demo; gives 0 when the story went as it should, or when it was stopped by hand."""
    went_well = True
    with stop_on_signals():
        went_well = await _run_story(settings, once=once)
    return 0 if went_well else 1


async def _run_story(settings: Settings, *, once: bool) -> bool:
    async with AsyncExitStack() as closing:
        world = await closing.enter_async_context(open_world(port=_find_free_ports()))
        console.print("[bold]A simulated web, mail server and webhook receiver are up.[/bold]")
        tree = await closing.enter_async_context(
            open_tree(settings, environment=await _describe_world(world, settings))
        )
        session = await closing.enter_async_context(aiohttp.ClientSession())
        password, _ = read_or_make_secret(settings.data_folder / "demo.password")
        _show_entrance(tree.url, password)
        key = tree.keys.publishable_key if tree.keys else ""
        client = StoryClient(tree.url, anon_key=key, session=session)
        arrivals = Arrivals(world)
        watching = asyncio.create_task(_keep_showing(arrivals))
        try:
            told = await tell_story(
                client,
                world,
                password=password,
                report=lambda line: console.print(line, markup=False),
            )
            await _await_deliveries(arrivals, told)
        finally:
            watching.cancel()
        arrivals.show_new()
        went_well = _sum_up(told, arrivals, world)
        _show_entrance(tree.url, password)
        if not once:
            console.print("Ctrl-C stops it; run it again and everything is still there.")
            await asyncio.Event().wait()
        return went_well


def _show_entrance(url: str, password: str) -> None:
    """Print where to look at it, and as whom."""
    dashboard = f"[bold]{url}[/bold]" if find_dashboard() else "isn't built here; `make dashboard` builds it"
    console.print(f"  Dashboard  {dashboard}")
    console.print(f"  Sign in    {EMAIL}  {password}")
    console.print(f"  API docs   {url}/api/docs")


def _find_free_ports() -> int:
    """Return the first port of a free range;
    the same one each time, so that a second demo finds the pages it watches.
    """
    for first in range(FIRST_PORT, FIRST_PORT + 10 * _RANGE, _RANGE):
        if all(is_free(port) for port in range(first, first + _RANGE)):
            return first
    return 0


async def _describe_world(world: World, settings: Settings) -> dict[str, str]:
    """Point the real adapters at the simulated world, by settings alone."""
    urls = await world.find_urls()
    hosts = sorted({urlsplit(url).netloc for name, url in urls.items() if url.startswith("http")})
    return {
        "FETCH_ALLOWED_HOSTS": ",".join([*settings.fetch_allowed_hosts, *hosts]),
        "FETCH_HOST_INTERVAL_SECONDS": "0.2",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(world.mail.smtp_port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "Headwater <alerts@headwater.example>",
    }


async def _keep_showing(arrivals: Arrivals) -> None:
    while True:
        arrivals.show_new()
        await asyncio.sleep(0.2)


async def _await_deliveries(arrivals: Arrivals, told: list[Told]) -> None:
    expected = sum(one.alerted for one in told)
    try:
        async with asyncio.timeout(_DELIVERY_SECONDS):
            while arrivals.mails < expected or arrivals.hooks < expected:  # noqa: ASYNC110  # a screen, not a test
                await asyncio.sleep(0.1)
    except TimeoutError:
        return


def _sum_up(told: list[Told], arrivals: Arrivals, world: World) -> bool:
    alerted = sum(one.alerted for one in told)
    right = sum(one.as_it_should_be for one in told)
    console.print()
    console.print(
        f"[bold]{len(told)} things happened, {alerted} mattered and were told; {right} judged rightly.[/bold]"
    )
    console.print(
        f"  e-mails {arrivals.mails}, webhooks {arrivals.hooks}; the e-mails: {world.mail.control_url}/_inbox"
    )
    return right == len(told) and arrivals.mails >= alerted and arrivals.hooks >= alerted
