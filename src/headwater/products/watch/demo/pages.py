"""What the demo's user watches, what those pages said in the month before, and what happens to them during the demo.

All of it are pages of the simulated web, `/<site>/<path>`, and the arguments of its actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

PRICING, STATUS, FEED, LAMP, DOCS = (
    "/acme/pricing", "/northwind/status", "/harbor/feed.xml", "/orchard/lamp", "/acme/docs",
)  # fmt: skip
_NEWS = "/harbor/news"


@dataclass(frozen=True, slots=True)
class Act:
    """One action of the simulated web."""

    action: Literal["change", "set_mode", "edit_entry"]
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PastState:
    """How a page read from so many days ago on: as on its first day, but for what these acts make of it."""

    days_ago: float
    acts: Sequence[Act] = ()


@dataclass(frozen=True, slots=True)
class PastFailure:
    """For how many hours a page could not be read."""

    days_ago: float
    hours: int
    kind: Literal["network", "timeout"]
    reason: str
    message: str
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A page that is watched, with its past: the states from the oldest to the present one.

    `ms` is how long its server usually takes to answer, `noise` the share of checks at which only noise differed.
    """

    page: str
    name: str
    ms: int
    kind: Literal["website", "rss"] = "website"
    noise: float = 0.0
    states: Sequence[PastState] = ()
    failures: Sequence[PastFailure] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens during the demo: an act, the watched page that shows it, and whether to alert."""

    says: str
    watched: str
    alerts: bool
    act: Act


def _change(page: str, change: str) -> Act:
    return Act("change", {"path": page, "change": change})


def _fact(page: str, fact: str, value: str) -> Act:
    kinds = {"team_price": "price", "price": "price", "version": "version", "limit": "number", "contact": "name"}
    return Act("change", {"path": page, "change": kinds.get(fact, "state"), "fact": fact, "value": value})


def _unpublished(*slugs: str) -> tuple[Act, ...]:
    """Leave out articles of the newspaper that are yet to come."""
    return tuple(Act("edit_entry", {"path": _NEWS, "slug": slug}) for slug in slugs)


_BUSY = PastFailure(8.3, 3, "network", "server_error", "The server answered 503.", 503)
_SLOW = PastFailure(20.6, 1, "timeout", "timeout", "The server did not answer in time.")
_AWAY = PastFailure(13.1, 2, "network", "network", "The connection was refused.")

WATCHED: tuple[Watched, ...] = (
    Watched(
        PRICING,
        "Acme prices",
        ms=180,
        states=(
            PastState(30, (_fact(PRICING, "team_price", "$16"), _fact(PRICING, "contact", "Noah Brandt"))),
            PastState(23.4, (_fact(PRICING, "team_price", "$18"), _fact(PRICING, "contact", "Noah Brandt"))),
            PastState(15.2, (_fact(PRICING, "team_price", "$18"),)),
            PastState(4.6),
        ),
        failures=(_SLOW,),
    ),
    Watched(
        STATUS,
        "Northwind status",
        ms=95,
        noise=0.2,
        states=(
            PastState(30),
            PastState(18.5, (_fact(STATUS, "api", "Degraded performance"),)),
            PastState(18.3),
            PastState(10.4, (_fact(STATUS, "storage", "Under maintenance"),)),
            PastState(10.1),
            PastState(2.7, (_fact(STATUS, "api", "Major outage"),)),
            PastState(2.5),
        ),
    ),
    Watched(
        FEED,
        "Harbor Gazette",
        ms=140,
        kind="rss",
        states=(
            PastState(30, _unpublished("ferry-timetable", "herring-quota", "lighthouse-open")[:2]),
            PastState(12.2, _unpublished("ferry-timetable")),
            PastState(5.8),
        ),
        failures=(_AWAY,),
    ),
    Watched(
        LAMP,
        "Arc floor lamp",
        ms=260,
        states=(
            PastState(30, (_fact(LAMP, "price", "€ 169.00"),)),
            PastState(26.7, (_fact(LAMP, "price", "€ 169.00"), _fact(LAMP, "stock", "Out of stock"))),
            PastState(21.9, (_fact(LAMP, "price", "€ 169.00"),)),
            PastState(7.5),
        ),
        failures=(_BUSY,),
    ),
    Watched(
        DOCS,
        "Acme API reference",
        ms=120,
        states=(
            PastState(30, (_fact(DOCS, "version", "v2.7.4"), _fact(DOCS, "limit", "300"))),
            PastState(19.8, (_fact(DOCS, "version", "v2.8.0"), _fact(DOCS, "limit", "300"))),
            PastState(13.6, (_fact(DOCS, "version", "v2.8.0"),)),
            PastState(6.3),
        ),
    ),
)

STEPS: tuple[Step, ...] = (
    Step("Acme's web team renames every CSS class", PRICING, False, _change(PRICING, "markup")),
    Step("The adverts and the clock on Northwind's page move on", STATUS, False, _change(STATUS, "adverts")),
    Step("Acme raises the price of its Team plan", PRICING, True, _change(PRICING, "price")),
    Step("Northwind's API goes down", STATUS, True, _change(STATUS, "state")),
    Step("The Harbor Gazette publishes an article", FEED, True, _change(_NEWS, "entry")),
    Step(
        "For a moment the shop shows a captcha instead of the lamp", LAMP, False,
        Act("set_mode", {"path": LAMP, "mode": "soft_captcha", "times": 1}),
    ),
    Step("The lamp is sold out", LAMP, True, _change(LAMP, "state")),
    Step("Acme says the same in other words", PRICING, False, _change(PRICING, "paraphrase")),
    Step("Acme's API reference loses its section on deprecations", DOCS, True, _change(DOCS, "removed")),
    Step("Acme has a new person for billing", PRICING, True, _change(PRICING, "name")),
)  # fmt: skip


def find_address(page: str, urls: Mapping[str, str]) -> str:
    """Return the address of a page on the host of its own site; `urls` are those of the simulated world."""
    # Each site has a host of its own, so that politeness to one does not hold up the others.
    _, site, path = page.split("/", 2)
    return f"{urls[f'site:{site}']}/{path}"
