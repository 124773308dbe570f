"""The simulated web: its sites, each on a host of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from headwater.demo.web import DemoWeb, open_web
from headwater.demo.web.sites import SITES
from headwater.kit.demo import Opening, System


@asynccontextmanager
async def _open(opening: Opening) -> AsyncIterator[DemoWeb]:
    port, first_site, *_ = opening.ports
    async with open_web(port=port, site_ports=first_site) as web:
        web.further_actions["world"] = opening.describe
        yield web


def _list_sites(web: DemoWeb) -> Mapping[str, str]:
    return {f"site:{name}": web.host_url(name).rstrip("/") for name in web.sites}


system = System(name="web", open=_open, ports=1 + len(SITES), addresses=_list_sites)
