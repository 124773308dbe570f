"""`headwater demo`: everything, a simulated outside world, and the products' stories told on the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from uuid import UUID

import aiohttp
import asyncpg
from rich.console import Console

from headwater.catalogue import list_demo_systems, list_stories
from headwater.cli.tree import RunningTree, open_tree, stop_on_signals
from headwater.core.database.database import Database
from headwater.core.packaged import find_dashboard
from headwater.core.settings import Settings
from headwater.demo.account import (
    EMAIL,
    await_visitor,
    connect_channels,
    find_newest_session,
    read_or_make_password,
)
from headwater.demo.arrivals import Arrivals
from headwater.demo.place import SETTINGS, place_demo
from headwater.demo.ports import keep_plan, read_plan
from headwater.demo.systems import list_systems, mail, receiver
from headwater.demo.world import World, open_world
from headwater.kit.demo import DemoClient, Event, Outcome, Stage, Story
from headwater.process.folders import make_data_folder

_VISITOR_SECONDS = 30.0
_BETWEEN_EVENTS_SECONDS = 4.0
_DELIVERY_SECONDS = 30.0

console = Console(highlight=False, soft_wrap=True)


@dataclass
class Telling:
    """The demo, running."""

    tree: RunningTree
    world: World
    arrivals: Arrivals
    client: DemoClient
    database: Database
    owner: asyncpg.Connection
    password: str
    outcomes: list[Outcome] = field(default_factory=list)

    async def sign_in(self) -> UUID:
        """Sign in as the demo's user, who is notified by every channel; returns their id."""
        await self.client.sign_in(EMAIL, self.password)
        await connect_channels(self.client, self.world)
        return UUID((await self.client.request("GET", "/auth/v1/user"))["id"])

    async def begin(self, stories: Mapping[str, Story], *, user_id: UUID) -> list[Event]:
        """Set up every story; returns what happens in all of them."""
        workspaces = await self.client.request("GET", "/api/v1/workspaces")
        stage = Stage(
            client=self.client,
            world=self.world,
            database=self.database,
            user_id=user_id,
            workspace_id=UUID(workspaces[0]["id"]),
            report=_report,
        )
        return [event for story in stories.values() for event in await story.begin(stage)]

    async def show(self, events: Sequence[Event], *, pause: float) -> None:
        """Let the events happen one after another, with a pause before each."""
        for event in events:
            await asyncio.sleep(pause)
            _report(f"→ {event.says}")
            self.outcomes.append(await event.happen())
            _report(f"  {self.outcomes[-1].says}")

    async def sum_up(self) -> bool:
        """Print what came of it once everything has been delivered; returns whether all of it is right."""
        expected = sum(outcome.notified for outcome in self.outcomes)
        right = sum(outcome.is_right for outcome in self.outcomes)
        arrived = await self.arrivals.await_each(expected, seconds=_DELIVERY_SECONDS)
        console.print()
        console.print(
            f"[bold]{len(self.outcomes)} things happened, {expected} of them worth an alert;"
            f" {right} of {len(self.outcomes)} judged correctly.[/bold]"
        )
        inbox = f"{self.arrivals.mail.control_url}/_inbox"
        console.print(f"  e-mails {self.arrivals.mails}, webhooks {self.arrivals.hooks}; the e-mails: {inbox}")
        return arrived and right == len(self.outcomes)

    def show_entrance(self) -> None:
        """Print where to look at it, and as whom."""
        url = self.tree.url
        dashboard = f"[bold]{url}[/bold]" if find_dashboard() else "isn't built here; `make dashboard` builds it"
        console.print(f"  Dashboard  {dashboard}")
        console.print(f"  Sign in    {EMAIL}  {self.password}")
        console.print(f"  API docs   {url}/api/docs")


async def run_demo(settings: Settings, *, once: bool) -> int:
    """Run the demo; returns 0 when the stories went as they should, or when it was stopped by hand.

    Raises:
        SettingsError: the settings name servers of a real installation.
        Conflict: a port is taken that the demo of this folder had before.
    """
    went_well = True
    with stop_on_signals():
        went_well = await _run(place_demo(settings), stories=list_stories(), once=once)
    return 0 if went_well else 1


async def _run(settings: Settings, *, stories: Mapping[str, Story], once: bool) -> bool:
    async with AsyncExitStack() as closing:
        telling = await _open(settings, stories, closing)
        showing = asyncio.create_task(telling.arrivals.keep_showing())
        closing.callback(showing.cancel)
        user_id = await telling.sign_in()
        events = await telling.begin(stories, user_id=user_id)
        telling.show_entrance()
        if not once:
            since = await find_newest_session(telling.owner, user_id)
            console.print(f"It begins when you sign in, or in {_VISITOR_SECONDS:.0f} seconds.")
            await await_visitor(telling.owner, user_id, since=since, seconds=_VISITOR_SECONDS)
        await telling.show(events, pause=0 if once else _BETWEEN_EVENTS_SECONDS)
        went_well = await telling.sum_up()
        telling.show_entrance()
        if not once:
            console.print("Ctrl-C stops it; run it again and everything is still there.")
            await asyncio.Event().wait()
        return went_well


async def _open(settings: Settings, stories: Mapping[str, Story], closing: AsyncExitStack) -> Telling:
    """Start the simulated world, then everything else pointed at it."""
    make_data_folder(settings.data_folder)
    world = await _open_world(settings, stories, closing)
    console.print(f"[bold]A simulated outside world is up[/bold]: {', '.join(world.systems)}.")

    async def rewind(database_url: str) -> None:
        connection = await asyncpg.connect(database_url)
        try:
            for story in stories.values():
                if story.rewind is not None:
                    await story.rewind(connection)
        finally:
            await connection.close()

    environment = SETTINGS | await world.list_settings(allowed_hosts=settings.fetch_allowed_hosts)
    tree = await closing.enter_async_context(open_tree(settings, environment=environment, before_serving=rewind))
    session = await closing.enter_async_context(aiohttp.ClientSession())
    database = Database(tree.database_url, pool_size=1)
    closing.push_async_callback(database.close)
    owner = await asyncpg.connect(tree.database_url)
    closing.push_async_callback(owner.close)
    return Telling(
        tree,
        world,
        Arrivals(world.get(mail.system), world.get(receiver.system), console.print),
        DemoClient(tree.url, anon_key=tree.keys.publishable_key if tree.keys else "", session=session),
        database,
        owner,
        read_or_make_password(settings.data_folder / "demo.password"),
    )


async def _open_world(settings: Settings, stories: Mapping[str, Story], closing: AsyncExitStack) -> World:
    """Run the systems that the stories are told with, on the ports that they had before."""
    known = {**list_systems(), **{system.name: system for system in list_demo_systems()}}
    file = settings.data_folder / "demo-ports.json"
    plan = read_plan(file)
    world = await closing.enter_async_context(open_world((), ports=plan, known=known))
    for name in [*(name for story in stories.values() for name in story.systems), "mail", "receiver"]:
        await world.open_by_name(name)
    keep_plan(file, plan)
    return world


def _report(line: str) -> None:
    console.print(line, markup=False)
