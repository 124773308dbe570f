"""Who is calling: the FastAPI dependencies that turn a token or an API key into an identity and a transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, Header, Query, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock
from headwater.core.database.database import Database, Identity
from headwater.core.errors import Forbidden, Unauthenticated
from headwater.core.resources import Resources
from headwater.kit.http.keys import KEY_PREFIX, identify_key
from headwater.kit.http.workspace import find_personal_workspace, require_workspace

OPEN_TO_ALL: dict[str, Any] = {"security": []}
"""For `openapi_extra` of the routes that ask nobody to sign in; each has a proof of its own, or nothing to guard."""


@dataclass(frozen=True)
class Caller:
    """A signed-in person, or a program with a key that one made."""

    identity: Identity
    user_id: UUID
    email: str
    key_id: UUID | None = None
    key_workspace_id: UUID | None = None


def find_resources(request: Request) -> Resources:
    """Return the tools that the door opened for this app."""
    resources: Resources = request.app.state.resources
    return resources


async def request_resources(request: Request) -> Resources:
    """Return the tools as a dependency; async, because the framework sends plain functions to a thread."""
    return find_resources(request)


RequestResources = Annotated[Resources, Depends(request_resources)]


async def read_now(resources: RequestResources) -> datetime:
    """Return the moment by the process's clock."""
    return resources.get(Clock).now()  # type: ignore[type-abstract]  # the registry takes a protocol as a key


Now = Annotated[datetime, Depends(read_now)]


async def identify_caller(request: Request) -> Caller:
    """Identify the caller by `Authorization: Bearer <token or key>`, or by `apikey: <key>`.

    Raises:
        Unauthenticated: there are no credentials, or they don't hold.
    """
    resources = find_resources(request)
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    credentials = credentials.strip() if scheme.lower() == "bearer" else ""
    key = credentials if credentials.startswith(KEY_PREFIX) else request.headers.get("apikey", "")
    if key.startswith(KEY_PREFIX):
        found = await identify_key(resources.get(Database), key)
        return Caller(found.identity, found.user_id, found.email, found.key_id, found.workspace_id)
    if not credentials:
        raise Unauthenticated(
            "Sign in to do this.", hint="Send `Authorization: Bearer` with an access token or an API key."
        )
    claims = await resources.get(TokenVerifier).verify(credentials)
    if claims.get("role") != "authenticated":
        raise Forbidden("This needs a person's token or an API key, not a service key.", code="not_a_person")
    # A claim of this name is ours alone: it narrows a key to its workspace, and no token may bring it along.
    identity = Identity.user({name: value for name, value in claims.items() if name != "headwater_key"})
    user_id = identity.user_id
    if user_id is None:
        raise Unauthenticated("The token names no user.")
    return Caller(identity, user_id, str(claims.get("email") or ""))


CallerIdentity = Annotated[Caller, Depends(identify_caller)]


async def open_transaction(request: Request, caller: CallerIdentity) -> AsyncIterator[AsyncConnection]:
    """Open the request's one transaction as the caller; it commits before the answer is sent."""
    async with find_resources(request).get(Database).transaction(caller.identity) as connection:
        yield connection


CallerTransaction = Annotated[AsyncConnection, Depends(open_transaction, scope="function")]


@asynccontextmanager
async def open_raw_transaction(request: Request) -> AsyncIterator[asyncpg.Connection]:
    """Open the same transaction on a bare asyncpg connection, for what is asked for most.

    Called by the route itself: resolving it as a dependency would cost as much as the query.
    """
    caller = await identify_caller(request)
    async with find_resources(request).get(Database).raw(caller.identity) as connection:
        yield connection


async def choose_workspace(
    caller: CallerIdentity,
    connection: CallerTransaction,
    workspace_id: Annotated[
        UUID | None, Query(description="The workspace to act in; unset = the key's, or one's personal workspace.")
    ] = None,
    x_workspace_id: Annotated[UUID | None, Header(description="The same as `workspace_id`.")] = None,
) -> UUID:
    """Choose the workspace that a request acts in. Row-level security decides whether the caller may.

    Raises:
        NotFound: there is no such workspace that the caller is a member of.
        Forbidden: the key belongs to another workspace.
    """
    requested = workspace_id or x_workspace_id
    if caller.key_workspace_id is not None:
        if requested not in {None, caller.key_workspace_id}:
            raise Forbidden("This key belongs to another workspace.")
        return caller.key_workspace_id
    if requested is None:
        return await find_personal_workspace(connection, user_id=caller.user_id)
    await require_workspace(connection, workspace_id=requested)
    return requested


WorkspaceId = Annotated[UUID, Depends(choose_workspace, scope="function")]
