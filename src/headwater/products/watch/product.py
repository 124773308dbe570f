"""The table of contents of watch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headwater.core.settings import Settings, SettingsError
from headwater.kit.module import Process, Product
from headwater.products.watch.attention import read_attention
from headwater.products.watch.checks.reading import PRELOADED
from headwater.products.watch.doctor import count_contents, examine_browser
from headwater.products.watch.jobs import jobs, open_tools, schedules
from headwater.products.watch.kinds import MAILS, event_kinds
from headwater.products.watch.overview import read_overview
from headwater.products.watch.retention import keeps
from headwater.products.watch.settings import WatchSettings

if TYPE_CHECKING:
    from fastapi import APIRouter


def list_routers() -> Sequence[APIRouter]:
    """Return the endpoints."""
    from headwater.products.watch.routes import routers

    return routers


def list_discovery_routers() -> Sequence[APIRouter]:
    """Return the endpoints of discovery as a service."""
    from headwater.products.watch.routes.discovery import service_router

    return (service_router,)


def require_secret(settings: Settings) -> None:
    """Raise SettingsError where nothing is set that the gateway's calls could be recognised by."""
    if settings.service_secret is None:
        raise SettingsError("SERVICE_SECRET: must be set to the gateway's, or its calls can't be recognised")


product = Product(
    name="watch",
    title="Watch",
    promise="Know when something that matters changes on the web.",
    routers=list_routers,
    jobs=jobs,
    schedules=schedules,
    keeps=keeps,
    event_kinds=event_kinds,
    mail_templates=MAILS,
    settings=WatchSettings,
    lifespan=open_tools,
    preloaded=PRELOADED,
    processes=(
        Process(
            name="discovery",
            summary="Serve discovery alone, for a gateway whose DISCOVERY_SERVICE_URL names it.",
            routers=list_discovery_routers,
            check=require_secret,
        ),
    ),
    status=count_contents,
    doctor={"browser": examine_browser},
    overview=read_overview,
    needs_attention=read_attention,
    service_role={
        "demo/story.py": "writes the history of the demo, in the workspace of its user alone",
        "alerts/feed.py": "finds whose feed a token opens, before anybody is known to be calling",
        "jobs.py": "looks for sources that are due in every workspace; jobs of each then check them",
        "retention.py": "looks for vectors that are too old in every workspace",
    },
    policy_cases="headwater.products.watch.policy_cases:cases",
    demo_story="headwater.products.watch.demo.story:story",
)
