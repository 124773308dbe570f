"""The API over the world of a test, called as its members."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import jwt
from httpx2 import ASGITransport, AsyncClient
from tests.kit.notify.world import PUBLIC_URL, World

from headwater.app.factory import create_app
from headwater.core.auth import StaticKeySource, TokenVerifier
from headwater.core.settings import Settings, load_settings
from headwater.kit.notify.routes.routing import routers

SECRET = "a secret that only these tests sign their tokens with"


def make_token(user_id: UUID, address: str, world: World) -> str:
    claims: dict[str, Any] = {
        "sub": str(user_id),
        "email": address,
        "role": "authenticated",
        "aud": "authenticated",
        "exp": int(world.clock.now().timestamp()) + 10 * 365 * 86_400,
    }
    return jwt.encode(claims, SECRET, algorithm="HS256")


@asynccontextmanager
async def open_api(world: World, user_id: UUID | None = None, address: str = "") -> AsyncIterator[AsyncClient]:
    """Open a client that is signed in as a member: the world's owner where nobody is named."""
    world.resources.provide(Settings, load_settings(_env_file=None))
    verifier = TokenVerifier(StaticKeySource([]), legacy_secret=SECRET, clock=world.clock)
    world.resources.provide(TokenVerifier, verifier)
    app = create_app(world.resources, routers=routers)
    token = make_token(user_id or world.user_id, address or world.address, world)
    headers = {"Authorization": f"Bearer {token}", "X-Workspace-Id": str(world.workspace_id)}
    async with AsyncClient(transport=ASGITransport(app=app), base_url=PUBLIC_URL, headers=headers) as client:
        yield client


@asynccontextmanager
async def open_nobody(world: World) -> AsyncIterator[AsyncClient]:
    """Open a client that isn't signed in."""
    async with open_api(world) as client:
        client.headers.pop("Authorization")
        client.headers.pop("X-Workspace-Id")
        yield client
