"""The local data plane as one application: what a Supabase project serves under one address, beside the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from headwater.core.clock import Clock
from headwater.core.db import Database
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.notify import NotifyTools
from headwater.local.auth import create_auth_app, read_auth_config
from headwater.local.gateway import Gateway
from headwater.local.keys import LocalKeys
from headwater.local.letters import LetterSender


@asynccontextmanager
async def open_local_plane(api: ASGIApp, *, resources: Resources, keys: LocalKeys) -> AsyncIterator[ASGIApp]:
    """Serve Auth under `/auth/v1` beside `api`, behind the keys of the project."""
    settings = resources.get(Settings)
    clock = resources.get(Clock)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    pool = await asyncpg.create_pool(resources.get(Database).dsn, min_size=0, max_size=settings.database_pool_size)
    try:
        auth = create_auth_app(
            read_auth_config(settings),
            pool,
            keys=keys,
            mailer=LetterSender(resources.get(NotifyTools), clock=clock),
            clock=clock,
        )
        plane = Starlette(routes=[Mount("/auth/v1", auth), Mount("/", api)])
        yield Gateway(plane, keys=keys, keyless=settings.keyless, allowed_origins=settings.allowed_origins, clock=clock)
    finally:
        await pool.close()
