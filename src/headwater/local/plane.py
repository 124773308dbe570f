"""The local data plane as one application: what a Supabase project serves under one address, alone or beside an API."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from headwater.core.answer_headers import RawHeaders
from headwater.core.auth import ClaimRules, StaticKeySource, TokenVerifier
from headwater.core.clock import Clock
from headwater.core.settings import Settings, SettingsError
from headwater.core.telemetry import get_logger
from headwater.local.auth import AuthConfig, ConfigError, Limiter, Mailer, create_auth_app, read_auth_config
from headwater.local.gateway import Gateway, RequestCounter
from headwater.local.keys import LocalKeys
from headwater.local.realtime import RealtimeConfig, create_realtime_app
from headwater.local.rest import (
    ApiConfigError,
    PipelinePool,
    RestConfig,
    RestTokenVerifier,
    RestVerifier,
    create_rest_app,
    read_rest_config,
)
from headwater.local.settings import PlaneSettings
from headwater.local.storage import (
    HttpClient,
    StorageConfig,
    StoreAway,
    create_storage_app,
    open_s3_store,
    sweep_storage,
)
from headwater.process.folders import make_private_folder

_SWEEP_SECONDS = 600.0
_NOTHING_HERE = JSONResponse({"message": "no Route matched with those values"}, status_code=404)

logger = get_logger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What a platform around the plane brings. With none of it the plane serves by itself, as a project does."""

    api: ASGIApp = _NOTHING_HERE
    """What answers every path that is none of the plane's."""
    mailer: Mailer | None = None
    auth_limiter: Limiter | None = None
    storage_verifier: TokenVerifier | None = None
    realtime_verifier: TokenVerifier | None = None
    rest_verifier: RestTokenVerifier | None = None
    http_client: HttpClient | None = None
    """What reaches the bucket where files are kept in one."""
    counter: RequestCounter | None = None
    workspace_keys: str | None = None
    """What API keys of a workspace begin with."""
    answer_headers: RawHeaders = field(default_factory=list)


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


@dataclass(frozen=True)
class _Plane:
    """What each service is opened with."""

    settings: Settings
    plane_settings: PlaneSettings
    dsn: str
    keys: LocalKeys
    clock: Clock
    around: Surroundings
    closing: AsyncExitStack
    pool: asyncpg.Pool


@asynccontextmanager
async def open_plane(
    settings: Settings,
    plane_settings: PlaneSettings,
    *,
    dsn: str,
    keys: LocalKeys,
    clock: Clock,
    surroundings: Surroundings | None = None,
) -> AsyncIterator[ASGIApp]:
    """Serve what a Supabase project serves over the Postgres at `dsn`, behind the keys of the project.

    Auth under `/auth/v1`, REST under `/rest/v1`, Realtime under `/realtime/v1`, Storage under `/storage/v1`. The
    database has had `install_schemas`.

    Raises:
        SettingsError: the file that AUTH_CONFIG names is wrong, or nothing here reaches the bucket that is set.
    """
    around = surroundings or Surroundings()
    auth_config, rest_config = _read_configs(settings, plane_settings)
    async with AsyncExitStack() as closing:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=settings.database_pool_size,
            timeout=10,
            # A peer that is gone never answers.
            command_timeout=30,
        )
        closing.push_async_callback(pool.close)
        plane = _Plane(settings, plane_settings, dsn, keys, clock, around, closing, pool)
        services = {
            "/auth/v1": _open_auth(auth_config, plane),
            "/rest/v1": await _open_rest(rest_config, plane),
            "/realtime/v1": await _open_realtime(plane),
            "/storage/v1": _open_storage(plane),
        }
        yield Gateway(
            Dispatch(around.api, services),
            keys=keys,
            keyless=plane_settings.keyless,
            allowed_origins=settings.resolved_allowed_origins,
            workspace_keys=around.workspace_keys,
            limits=around.counter,
            answer_headers=around.answer_headers,
            clock=clock,
        )


def make_rest_verifier(keys: LocalKeys, *, clock: Clock) -> RestTokenVerifier:
    """Return REST's verifier: what the project's keys signed is good, with any role that `authenticator` may take."""
    return RestVerifier.from_keys(secret=keys.jwt_secret, jwks=keys.public_keys, clock=clock)


def _read_configs(settings: Settings, plane_settings: PlaneSettings) -> tuple[AuthConfig, RestConfig]:
    try:
        return (
            read_auth_config(settings, plane_settings),
            read_rest_config(plane_settings.auth_config),
        )
    except (ConfigError, ApiConfigError) as error:
        raise SettingsError(f"AUTH_CONFIG: {error}") from error


def _make_verifier(plane: _Plane) -> TokenVerifier:
    """Return the verifier of people's tokens and of the project's keys, where the platform brings none."""
    return TokenVerifier(
        StaticKeySource(plane.keys.public_keys),
        legacy_secret=plane.keys.jwt_secret,
        rules=ClaimRules(audience=plane.settings.supabase_jwt_audience),
        clock=plane.clock,
    )


def _open_auth(config: AuthConfig, plane: _Plane) -> ASGIApp:
    return create_auth_app(
        config,
        plane.pool,
        keys=plane.keys,
        mailer=plane.around.mailer,
        limiter=plane.around.auth_limiter,
        clock=plane.clock,
    )


async def _open_rest(config: RestConfig, plane: _Plane) -> ASGIApp:
    rest = create_rest_app(
        config,
        PipelinePool(plane.dsn, size=plane.settings.database_pool_size, session_role="authenticator"),
        verifier=plane.around.rest_verifier or make_rest_verifier(plane.keys, clock=plane.clock),
    )
    await rest.start()
    plane.closing.push_async_callback(rest.stop)
    return rest


async def _open_realtime(plane: _Plane) -> ASGIApp:
    realtime = create_realtime_app(
        RealtimeConfig(keyless=plane.plane_settings.keyless),
        plane.dsn,
        plane.around.realtime_verifier or _make_verifier(plane),
        clock=plane.clock,
    )
    await realtime.start()
    plane.closing.push_async_callback(realtime.stop)
    return realtime


def _open_storage(plane: _Plane) -> ASGIApp:
    storage = create_storage_app(
        StorageConfig(file_size_limit=plane.plane_settings.upload_file_size_limit),
        plane.pool,
        verifier=plane.around.storage_verifier or _make_verifier(plane),
        folder=_make_storage_folder(plane.settings),
        store=open_s3_store(plane.plane_settings, _require_client(plane)) if _uses_bucket(plane) else None,
        # A secret of its own, so that a signed address can't be taken for anything else that the keys sign.
        signing_secret=hmac.new(plane.keys.address_key.encode(), b"storage addresses", "sha256").hexdigest(),
        clock=plane.clock,
    )
    sweeping = asyncio.create_task(_keep_sweeping(storage), name="sweep storage")
    plane.closing.callback(sweeping.cancel)
    return storage


def _uses_bucket(plane: _Plane) -> bool:
    return plane.plane_settings.storage_backend == "s3"


def _require_client(plane: _Plane) -> HttpClient:
    if plane.around.http_client is None:
        raise SettingsError("STORAGE_BACKEND: must be file where the plane is served by itself")
    return plane.around.http_client


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
