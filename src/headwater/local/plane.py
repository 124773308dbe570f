"""The local data plane as one application: what a Supabase project serves under one address, beside the API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
from starlette.types import ASGIApp, Receive, Scope, Send

from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock
from headwater.core.db import Database
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.controls import RateLimiter
from headwater.kit.notify import NotifyTools
from headwater.local.auth import SharedLimiter, create_auth_app, read_auth_config
from headwater.local.gateway import Gateway
from headwater.local.keys import LocalKeys
from headwater.local.letters import LetterSender
from headwater.local.rest import PipelinePool, RestConfig, SharedVerifier, create_rest_app

# What Supabase sets for a new project.
_MOST_ROWS = 1_000


class Dispatch:
    """Hands a request to the service whose prefix its path begins with, and everything else to the API."""

    def __init__(self, api: ASGIApp, services: Mapping[str, ASGIApp]) -> None:
        self._api = api
        self._services = dict(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        parts = path.split("/", 3)
        prefix = "/".join(parts[:3])
        service = self._services.get(prefix) if len(parts) >= 3 else None
        if service is None:
            await self._api(scope, receive, send)
        else:
            await service({**scope, "root_path": scope.get("root_path", "") + prefix}, receive, send)


@asynccontextmanager
async def open_local_plane(api: ASGIApp, *, resources: Resources, keys: LocalKeys) -> AsyncIterator[ASGIApp]:
    """Serve Auth under `/auth/v1` and REST under `/rest/v1` beside `api`, behind the keys of the project."""
    settings = resources.get(Settings)
    clock = resources.get(Clock)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    dsn = resources.get(Database).dsn
    async with AsyncExitStack() as closing:
        pool = await asyncpg.create_pool(dsn, min_size=0, max_size=settings.database_pool_size)
        closing.push_async_callback(pool.close)
        rest = create_rest_app(
            # Calls of other origins are the gateway's affair.
            RestConfig(max_rows=_MOST_ROWS, cors_origins=None),
            PipelinePool(dsn, size=settings.database_pool_size, session_role="authenticator"),
            verifier=SharedVerifier(resources.get(TokenVerifier)),
        )
        await rest.start()
        closing.push_async_callback(rest.stop)
        auth = create_auth_app(
            read_auth_config(settings, config_toml=settings.auth_config),
            pool,
            keys=keys,
            mailer=LetterSender(resources.get(NotifyTools), clock=clock),
            limiter=SharedLimiter(resources.get(RateLimiter)),
            clock=clock,
        )
        yield Gateway(
            Dispatch(api, {"/auth/v1": auth, "/rest/v1": rest}),
            keys=keys,
            keyless=settings.keyless,
            allowed_origins=settings.allowed_origins,
            clock=clock,
        )
