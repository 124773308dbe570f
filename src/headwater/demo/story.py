"""The walk that `make demo` shows: what is watched, what changes in which order, and who should hear of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from headwater.demo.control import WorldControl
from headwater.demo.story_client import StoryClient

EMAIL = "demo@example.com"
INTERVAL_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Watched:
    """A page of the simulated web that the demo's user watches."""

    page: str
    name: str
    kind: Literal["website", "rss", "sitemap"] = "website"
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens to the web: an action, the watched page that shows it, and whether to alert."""

    says: str
    watched: str
    alerts: bool
    arguments: dict[str, Any]
    action: Literal["change", "set_mode"] = "change"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one step. `summary` is the alert's, empty where there was none."""

    step: Step
    alerted: bool
    summary: str

    @property
    def as_it_should_be(self) -> bool:
        """Say whether an alert came exactly where one should."""
        return self.alerted == self.step.alerts


PRICING, STATUS, FEED, LAMP, DOCS = (
    "/acme/pricing", "/northwind/status", "/harbor/feed.xml", "/orchard/lamp", "/acme/docs",
)  # fmt: skip

WATCHED: tuple[Watched, ...] = (
    Watched(PRICING, "Acme prices"),
    Watched(STATUS, "Northwind status"),
    Watched(FEED, "Harbor Gazette", kind="rss"),
    Watched(LAMP, "Arc floor lamp"),
    Watched(DOCS, "Acme API reference"),
)

STORY: tuple[Step, ...] = (
    Step("Acme's web team renames every CSS class", PRICING, False, {"path": PRICING, "change": "markup"}),
    Step("The adverts and the clock on Northwind's page move on", STATUS, False, {"path": STATUS, "change": "adverts"}),
    Step("Acme raises the price of its Team plan", PRICING, True, {"path": PRICING, "change": "price"}),
    Step("Northwind's API goes down", STATUS, True, {"path": STATUS, "change": "state"}),
    Step("The Harbor Gazette publishes an article", FEED, True, {"path": "/harbor/news", "change": "entry"}),
    Step(
        "For a moment the shop shows a captcha instead of the lamp", LAMP, False,
        {"path": LAMP, "mode": "soft_captcha", "times": 1}, action="set_mode",
    ),
    Step("The lamp is sold out", LAMP, True, {"path": LAMP, "change": "state"}),
    Step("Acme says the same in other words", PRICING, False, {"path": PRICING, "change": "paraphrase"}),
    Step("Acme's API reference loses its section on deprecations", DOCS, True, {"path": DOCS, "change": "removed"}),
    Step("Acme has a new person for billing", PRICING, True, {"path": PRICING, "change": "name"}),
)  # fmt: skip


async def tell_story(
    client: StoryClient,
    world: WorldControl,
    *,
    password: str,
    report: Callable[[str], None],
    before_steps: Callable[[StoryClient], Awaitable[object]] | None = None,
    steps: tuple[Step, ...] = STORY,
) -> list[Told]:
    """Sign in, watch the pages, let the steps happen one after another and report what came of each.

    `before_steps` is awaited once the user is signed in and the channels are set up. Raises UpstreamFailed where the
    API refuses, TimeoutError where a check does not end.
    """
    await client.sign_in(EMAIL, password)
    report(f"Signed in as {EMAIL}")
    await connect_channels(client, world)
    if before_steps is not None:
        await before_steps(client)
    sources = await watch_pages(client, world, report=report)
    told: list[Told] = []
    for step in steps:
        report(f"→ {step.says}")
        await world.call("web", step.action, **step.arguments)
        check = await client.check_now(sources[step.watched])
        summary = await client.find_summary(check)
        told.append(Told(step, check.get("alert_id") is not None, summary))
        report(f"  alert: {summary}" if told[-1].alerted else f"  no alert ({check['outcome']})")
    return told


async def connect_channels(client: StoryClient, world: WorldControl) -> None:
    """Have alerts sent by e-mail and to the simulated receiver, which is told the secret to check them with."""
    await client.choose_channels()
    urls = await world.find_urls()
    await world.call("receiver", "trust", secret=await client.open_endpoint(urls["receiver"]))


async def watch_pages(client: StoryClient, world: WorldControl, *, report: Callable[[str], None]) -> dict[str, str]:
    """Watch every page of the story and look at each once; gives the sources' ids by page."""
    urls = await world.find_urls()
    sources: dict[str, str] = {}
    for watched in WATCHED:
        # Each site has a host of its own, so that politeness to one does not hold up the others.
        _, site, path = watched.page.split("/", 2)
        body = {
            "url": f"{urls[f'site:{site}']}/{path}",
            "name": watched.name,
            "kind": watched.kind,
            "check_interval": INTERVAL_SECONDS,
            "config": watched.config,
        }
        sources[watched.page] = await client.add_source(body)
        await client.check_now(sources[watched.page])
        report(f"Watching {watched.name}: {body['url']}")
    return sources
