"""The local data plane as one application: what a Supabase project serves under one address, beside the API."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from headwater.core.answer_headers import list_answer_headers
from headwater.core.auth import Claims, TokenVerifier
from headwater.core.clock import Clock
from headwater.core.db import Database
from headwater.core.errors import Unauthenticated
from headwater.core.resources import Resources
from headwater.core.settings import Settings, SettingsError
from headwater.core.telemetry import get_logger
from headwater.kit.controls import RateLimiter
from headwater.kit.fetch import Fetcher
from headwater.kit.notify import NotifyTools
from headwater.kit.workspaces.api_keys import KEY_PREFIX, identify_key
from headwater.kit.workspaces.request_limits import RequestLimits
from headwater.local.auth import AuthConfig, ConfigError, SharedLimiter, create_auth_app, read_auth_config
from headwater.local.gateway import Gateway
from headwater.local.keys import LocalKeys
from headwater.local.letters import LetterSender
from headwater.local.realtime import RealtimeConfig, create_realtime_app
from headwater.local.rest import (
    ApiConfigError,
    JwtVerifier,
    PipelinePool,
    RestConfig,
    create_rest_app,
    read_rest_config,
)
from headwater.local.rest.tokens import token_rejected
from headwater.local.storage import StorageConfig, StoreAway, create_storage_app, open_s3_store, sweep_storage
from headwater.process.folders import make_private_folder

_SWEEP_SECONDS = 600.0

logger = get_logger(__name__)


class KeyVerifier:
    """Takes API keys where a token is taken: a key's claims hold it to its workspace and scopes under every policy."""

    def __init__(self, database: Database, tokens: JwtVerifier) -> None:
        self._database = database
        self._tokens = tokens

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Give the claims behind a key or a token. Raises RestError for one that doesn't hold."""
        if not token.startswith(KEY_PREFIX):
            return await self._tokens.verify(token)
        try:
            return (await identify_key(self._database, token)).identity.claims
        except Unauthenticated as error:
            raise token_rejected(error.message) from error


class UserVerifier(TokenVerifier):
    """Refuses API keys where only a person's or the project's token is taken, and says so."""

    def __init__(self, tokens: TokenVerifier) -> None:
        self._tokens = tokens

    async def verify(self, token: str) -> Claims:
        """Give the claims of a token. Raises Unauthenticated for one that doesn't hold, and for an API key."""
        if token.startswith(KEY_PREFIX):
            raise Unauthenticated("API keys of a workspace aren't taken here: sign in.", code="wrong_kind")
        return await self._tokens.verify(token)


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
    """Serve what a Supabase project serves beside `api`, behind the keys of the project.

    Auth under `/auth/v1`, REST under `/rest/v1`, Realtime under `/realtime/v1`, Storage under `/storage/v1`.

    Raises:
        SettingsError: the file that AUTH_CONFIG names is wrong.
    """
    settings = resources.get(Settings)
    auth_config, rest_config = _read_configs(settings)
    clock = resources.get(Clock)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    dsn = resources.get(Database).dsn
    async with AsyncExitStack() as closing:
        pool = await asyncpg.create_pool(dsn, min_size=0, max_size=settings.database_pool_size)
        closing.push_async_callback(pool.close)
        services = {
            "/auth/v1": _open_auth(auth_config, resources, pool=pool, keys=keys, clock=clock),
            "/rest/v1": await _open_rest(rest_config, closing, resources, keys=keys, clock=clock),
            "/realtime/v1": await _open_realtime(closing, resources, clock=clock),
            "/storage/v1": _open_storage(closing, resources, pool=pool, keys=keys, clock=clock),
        }
        yield Gateway(
            Dispatch(api, services),
            keys=keys,
            keyless=settings.keyless,
            allowed_origins=settings.resolved_allowed_origins,
            workspace_keys=KEY_PREFIX,
            limits=resources.get(RequestLimits),
            answer_headers=list_answer_headers(settings),
            clock=clock,
        )


def _read_configs(settings: Settings) -> tuple[AuthConfig, RestConfig]:
    try:
        return (
            read_auth_config(settings, config_toml=settings.auth_config),
            read_rest_config(settings.auth_config),
        )
    except (ConfigError, ApiConfigError) as error:
        raise SettingsError(f"AUTH_CONFIG: {error}") from error


def _open_auth(
    config: AuthConfig, resources: Resources, *, pool: asyncpg.Pool, keys: LocalKeys, clock: Clock
) -> ASGIApp:
    notify = resources.get(NotifyTools)
    return create_auth_app(
        config,
        pool,
        keys=keys,
        mailer=LetterSender(notify, clock=clock) if notify.mail_sender is not None else None,
        limiter=SharedLimiter(resources.get(RateLimiter)),
        clock=clock,
    )


async def _open_rest(
    config: RestConfig, closing: AsyncExitStack, resources: Resources, *, keys: LocalKeys, clock: Clock
) -> ASGIApp:
    rest = create_rest_app(
        config,
        PipelinePool(
            resources.get(Database).dsn,
            size=resources.get(Settings).database_pool_size,
            session_role="authenticator",
        ),
        # Whatever the project's keys have signed is good here, with any role that `authenticator` may take.
        verifier=KeyVerifier(
            resources.get(Database), JwtVerifier(secret=keys.jwt_secret, jwks=keys.public_keys, clock=clock)
        ),
    )
    await rest.start()
    closing.push_async_callback(rest.stop)
    return rest


async def _open_realtime(closing: AsyncExitStack, resources: Resources, *, clock: Clock) -> ASGIApp:
    realtime = create_realtime_app(
        RealtimeConfig(keyless=resources.get(Settings).keyless),
        resources.get(Database).dsn,
        UserVerifier(resources.get(TokenVerifier)),
        clock=clock,
    )
    await realtime.start()
    closing.push_async_callback(realtime.stop)
    return realtime


def _open_storage(
    closing: AsyncExitStack, resources: Resources, *, pool: asyncpg.Pool, keys: LocalKeys, clock: Clock
) -> ASGIApp:
    settings = resources.get(Settings)
    storage = create_storage_app(
        StorageConfig(file_size_limit=settings.upload_file_size_limit),
        pool,
        verifier=resources.get(TokenVerifier),
        folder=_make_storage_folder(settings),
        store=open_s3_store(settings, resources.get(Fetcher)) if settings.storage_backend == "s3" else None,
        # A secret of its own, so that a signed address can't be taken for anything else that the keys sign.
        signing_secret=hmac.new(keys.encryption_key.encode(), b"storage addresses", "sha256").hexdigest(),
        clock=clock,
    )
    sweeping = asyncio.create_task(_keep_sweeping(storage), name="sweep storage")
    closing.callback(sweeping.cancel)
    return storage


def _make_storage_folder(settings: Settings) -> Path:
    folder = settings.data_folder.absolute() / "storage"
    make_private_folder(folder)
    return folder


async def _keep_sweeping(storage: Starlette) -> None:
    """Remove, now and then, the files that no object has any more."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            await sweep_storage(storage.state.storage)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, StoreAway) as error:
            logger.warning("storage_not_swept", reason=str(error))
