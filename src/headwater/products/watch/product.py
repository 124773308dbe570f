"""The table of contents of watch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headwater.kit.module import Product
from headwater.products.watch.checks.reading import PRELOADED
from headwater.products.watch.jobs import jobs, open_tools, schedules
from headwater.products.watch.overview import read_overview
from headwater.products.watch.settings import WatchSettings

if TYPE_CHECKING:
    from fastapi import APIRouter


def list_routers() -> Sequence[APIRouter]:
    """Return the endpoints."""
    from headwater.products.watch.routes import routers

    return routers


product = Product(
    name="watch",
    title="Watch: tell me when something that matters changes on the web",
    routers=list_routers,
    jobs=jobs,
    schedules=schedules,
    settings=WatchSettings,
    lifespan=open_tools,
    preloaded=PRELOADED,
    overview=read_overview,
)
