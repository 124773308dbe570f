"""What can run as a process of its own: the gateway, the worker, what modules offer. Each opens its tools here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prometheus_client import start_http_server

from headwater.catalogue import (
    list_contributions,
    list_jobs,
    list_modules,
    list_preloaded,
    list_products,
    list_schedules,
)
from headwater.core.auth import ClaimRules, JwksKeySource, StaticKeySource, TokenVerifier
from headwater.core.clock import Clock, DatabaseClock
from headwater.core.database.database import Database
from headwater.core.database.database_time import following_database
from headwater.core.last_words import register_last_words
from headwater.core.packaged import find_dashboard
from headwater.core.reporting import reporting
from headwater.core.resources import Resources
from headwater.core.settings import ModuleSettings, Settings, SettingsError, read_settings
from headwater.core.telemetry import REGISTRY, get_logger
from headwater.kit.ai import Ai, AsyncEmbedder, find_embedder, find_providers
from headwater.kit.controls import CircuitBreaker, RateLimiter, RequestBudgets, SharedCache, SharedState
from headwater.kit.controls.opening import open_shared_state
from headwater.kit.fetch import Fetcher
from headwater.kit.jobs import Worker
from headwater.kit.jobs.workers.ages import ScheduleBook
from headwater.kit.module import Module, Process
from headwater.kit.notify import EventKinds, NotifyTools
from headwater.kit.processes import ProcessPool
from headwater.kit.workspaces.request_limits import RequestLimits
from headwater.process.vigil import DUMP_SIGNAL

if TYPE_CHECKING:
    from fastapi import FastAPI

    from headwater.local.keys import LocalKeys

_LOOK_SECONDS = 0.01
_SIGN_SECONDS = 1.0

logger = get_logger(__name__)


@asynccontextmanager
async def open_resources(
    settings: Settings, *, clock: Clock | None = None, modules: Sequence[Module] | None = None
) -> AsyncIterator[Resources]:
    """Open every tool that routes and jobs of `modules` (unset = all there are) use, and close them at the end.

    Raises:
        SettingsError: DATABASE_URL is unset and nothing embedded runs on the data folder, or not all of it yet.
        ValueError: unknown kind of event.
    """
    modules = list_modules() if modules is None else modules
    own, kinds = read_module_settings(modules), EventKinds.collect(modules)
    is_embedded = settings.resolved_database_url is None
    settings = complete_settings(settings)
    for name, reason in settings.list_unused().items():
        logger.warning("setting_unused", setting=name, reason=reason)
    tools = Resources()
    async with AsyncExitStack() as closing:
        tools.provide(Settings, settings)
        for kind, values in own.items():
            tools.provide(kind, values)
        database = tools.provide(Database, Database(_require_database(settings), pool_size=settings.database_pool_size))
        closing.push_async_callback(database.close)
        if clock is None:
            clock = ours = DatabaseClock()
            await closing.enter_async_context(following_database(ours, database))
        tools.provide(Clock, clock)  # type: ignore[type-abstract]
        tools.provide(ScheduleBook, ScheduleBook(list_schedules()))
        shared = open_shared_state(settings, is_embedded=is_embedded)
        tools.provide(SharedState, shared)  # type: ignore[type-abstract]
        closing.push_async_callback(shared.close)
        tools.provide(SharedCache, SharedCache(shared))
        tools.provide(RateLimiter, RateLimiter(shared))
        tools.provide(RequestBudgets, RequestBudgets(shared))
        tools.provide(CircuitBreaker, CircuitBreaker(shared))
        fetcher = tools.provide(Fetcher, Fetcher.from_settings(settings, shared=shared, clock=clock))
        closing.push_async_callback(fetcher.close)
        pool = tools.provide(ProcessPool, ProcessPool.from_settings(settings, preload=list_preloaded()))
        closing.push_async_callback(pool.close)
        ai = tools.provide(Ai, Ai(find_providers(settings, fetcher=fetcher), breaker=tools.get(CircuitBreaker)))
        closing.push_async_callback(ai.close)
        tools.provide(AsyncEmbedder, find_embedder(settings, fetcher=fetcher))  # type: ignore[type-abstract]
        verifier, keys = _open_verifier(settings)
        tools.provide(TokenVerifier, verifier)
        tools.provide(RequestLimits, RequestLimits(tools))
        if isinstance(keys, JwksKeySource):
            closing.push_async_callback(keys.close)
        tools.provide(
            NotifyTools,
            NotifyTools.from_settings(
                settings,
                fetcher=fetcher,
                limiter=tools.get(RateLimiter),
                public_url=read_gateway_url(settings),
                has_pages=settings.dashboard_url is not None or find_dashboard() is not None,
                kinds=kinds,
            ),
        )
        for module in modules:
            if module.lifespan:
                await closing.enter_async_context(module.lifespan(tools))
        yield tools


def read_module_settings(modules: Sequence[Module]) -> dict[type[ModuleSettings], ModuleSettings]:
    """Read the settings that rooms and products have of their own, by type. Raises SettingsError."""
    return {module.settings: read_settings(module.settings) for module in modules if module.settings}


def complete_settings(settings: Settings) -> Settings:
    """Fill in what an embedded installation keeps in its data folder: addresses of its servers, secrets.

    Raises:
        SettingsError: a setting of the stand-in is wrong.
    """
    found: dict[str, Any] = {}
    if settings.supabase_url is None:
        from headwater.embedded.secrets import load_or_make_secrets
        from headwater.local.settings import load_plane_settings

        load_plane_settings(settings)
        if settings.service_secret is None or settings.encryption_key is None:
            kept = load_or_make_secrets(settings.data_folder)
            found["service_secret"] = settings.service_secret or kept.service_secret
            found["encryption_key"] = settings.encryption_key or kept.encryption_key
    if settings.resolved_database_url is None:
        from headwater.local.postgres import find_running_postgres

        found["database_url"] = find_running_postgres(settings.data_folder / "postgres")
    if settings.resolved_redis_url is None and (settings.data_folder / "valkey").exists():
        from headwater.local.valkey import find_running_valkey

        found["redis_url"] = find_running_valkey(settings.data_folder / "valkey")
    found = {name: value for name, value in found.items() if value is not None}
    # What nobody set stays unset: a file such as AUTH_CONFIG stands above defaults, and below what the operator set.
    return Settings.model_validate({**settings.model_dump(exclude_unset=True), **found}) if found else settings


def read_local_keys(settings: Settings) -> LocalKeys | None:
    """Return the keys of the data folder, made at the first start; None with a Supabase project."""
    if settings.supabase_url is not None:
        return None
    from headwater.local.keys import load_or_make_keys

    return load_or_make_keys(settings.data_folder)


def find_publishable_key(settings: Settings) -> str | None:
    """Return the key that browsers call Supabase with: the project's, or the local one."""
    keys = read_local_keys(settings)
    if keys is not None:
        return keys.publishable_key
    return settings.supabase_anon_key.get_secret_value() if settings.supabase_anon_key else None


def read_gateway_url(settings: Settings) -> str:
    """Return where the gateway of this machine answers: the port it took at its last start, or the one set."""
    file = settings.data_folder / "gateway.url"
    if settings.public_url is None and file.exists():
        return file.read_text("utf-8").strip()
    return settings.resolved_public_url


def _require_database(settings: Settings) -> str:
    if settings.resolved_database_url is None:
        raise SettingsError(
            "DATABASE_URL: is unset and no embedded Postgres runs here; start it with `headwater up`, or set it"
        )
    return settings.resolved_database_url


def _open_verifier(settings: Settings) -> tuple[TokenVerifier, object]:
    keys = read_local_keys(settings)
    source: StaticKeySource | JwksKeySource
    if keys is not None:
        source, secret = StaticKeySource(keys.public_keys), keys.jwt_secret
    else:
        source = JwksKeySource(f"{settings.supabase_url}/auth/v1/.well-known/jwks.json")
        secret = settings.supabase_jwt_secret.get_secret_value() if settings.supabase_jwt_secret else ""
    rules = ClaimRules(audience=settings.supabase_jwt_audience)
    verifier = TokenVerifier(source, legacy_secret=secret or None, rules=rules)
    return verifier, source


def create_gateway(resources: Resources, *, modules: Sequence[Module] | None = None) -> FastAPI:
    """Make the application that users reach: the dashboard, and every endpoint of `modules` (unset = all there are)."""
    from headwater.app import create_app
    from headwater.app.config import create_config_router
    from headwater.app.overview import create_overview_router

    settings = resources.get(Settings)
    config_router = create_config_router(
        find_publishable_key=lambda: find_publishable_key(settings), products=list_products()
    )
    return create_app(
        resources,
        routers=[config_router, create_overview_router(list_contributions())],
        modules=list_modules() if modules is None else modules,
        dashboard=find_dashboard(),
        limited=True,
    )


def create_process(process: Process, resources: Resources) -> FastAPI:
    """Make the application of what a module offers as a process of its own."""
    from headwater.app import create_app

    return create_app(resources, routers=process.routers(), title=f"Headwater {process.name}")


async def run_gateway(settings: Settings, *, after: Path | None = None) -> None:
    """Run the gateway until it is told to stop.

    With `after` it begins once that file is there, and is read in meanwhile.
    """
    from headwater.app.serving import serve

    register_last_words(DUMP_SIGNAL)
    read_module_settings(list_modules())
    import_module("headwater.app")
    if settings.supabase_url is None:
        import_module("headwater.embedded.plane")
    for module in list_modules():
        module.routers()
    while after is not None and not after.exists():  # noqa: ASYNC110 - whoever makes the file is another process
        await asyncio.sleep(_LOOK_SECONDS)
    async with AsyncExitStack() as closing:
        closing.enter_context(reporting(settings, service="gateway"))
        given = settings.resolved_database_url
        resources = await closing.enter_async_context(open_resources(settings))
        settings = resources.get(Settings)
        app: Any = create_gateway(resources)
        keys = read_local_keys(settings)
        websocket_protocol: Any = "none"
        if keys is not None:
            from headwater.embedded.plane import WEBSOCKET_PROTOCOL, agree_with_hosts, open_local_plane

            if given is not None:
                await agree_with_hosts(given, keys, data_folder=settings.data_folder)
            app = await closing.enter_async_context(open_local_plane(app, resources=resources, keys=keys))
            websocket_protocol = WEBSOCKET_PROTOCOL
        logger.info("gateway_started", url=f"http://{settings.host}:{settings.port}")
        await serve(app, settings=settings, websocket_protocol=websocket_protocol)


async def run_process(settings: Settings, *, process: Process) -> None:
    """Run what a module offers as a process of its own. Raises SettingsError: a setting that it needs is missing."""
    from headwater.app.serving import serve

    async with AsyncExitStack() as closing:
        closing.enter_context(reporting(settings, service=process.name))
        resources = await closing.enter_async_context(open_resources(settings))
        settings = resources.get(Settings)
        if process.check:
            process.check(settings)
        await serve(create_process(process, resources), settings=settings)


async def run_worker(
    settings: Settings, *, queues: Sequence[str] | None = None, ready_file: Path | None = None
) -> None:
    """Run a worker until it is told to stop.

    `ready_file` is written when it takes jobs, and touched from then on for as long as its loop turns.
    """
    register_last_words(DUMP_SIGNAL)
    with reporting(settings, service="worker"):
        await _work(settings, queues=queues, ready_file=ready_file)


async def _work(settings: Settings, *, queues: Sequence[str] | None, ready_file: Path | None) -> None:
    async with open_resources(settings) as resources:
        settings = resources.get(Settings)
        if settings.worker_metrics_port is not None:
            start_http_server(settings.worker_metrics_port, addr=settings.host, registry=REGISTRY)
        worker = Worker(
            resources.get(Database),
            resources,
            jobs=list_jobs(),
            schedules=list_schedules(),
            queues=list(queues or settings.worker_queues),
            concurrency=settings.worker_concurrency,
            clock=resources.get(Clock),  # type: ignore[type-abstract]  # the registry takes a protocol as a key
        )

        async def tell() -> None:
            await worker.ready.wait()
            while ready_file is not None:
                # Where no byte can be written any more a file can still be touched.
                try:
                    ready_file.touch()
                except OSError as error:
                    logger.warning("heartbeat_file_not_written", file=str(ready_file), error=str(error))
                await asyncio.sleep(_SIGN_SECONDS)

        telling = asyncio.create_task(tell(), name="give signs of life")
        try:
            await worker.run()
        finally:
            telling.cancel()
