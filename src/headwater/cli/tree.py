"""The process tree of `headwater up`: servers, migrations, gateway, workers; supervised, and stopped together."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rich.console import Console

from headwater.cli.archive import RESTORE_FOLDER
from headwater.core.extras import has_embedded_valkey
from headwater.core.packaged import find_dashboard
from headwater.core.settings import Settings
from headwater.process import (
    DUMP_SIGNAL,
    SupervisedChild,
    Vigil,
    answers_at_all,
    answers_requests,
    make_python_child,
    watch_file,
)
from headwater.process.folders import make_data_folder, make_private_folder
from headwater.process.ports import find_free_port

if TYPE_CHECKING:
    from headwater.local.keys import LocalKeys

# What is read in while the gateway is on its way.
_PRELOADED = ("local.postgres", "local.valkey", "local.keys", "local.schemas", "cli.migrate")

# The gateway's address is what `up` tells, so it must serve before; three failures in a row are no accident.
_GATEWAY_TRIES = 3

console = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class RunningTree:
    """What runs, and where."""

    url: str
    database_url: str
    redis_url: str | None
    keys: LocalKeys | None


@asynccontextmanager
async def open_tree(
    settings: Settings,
    *,
    workers: int = 1,
    environment: dict[str, str] | None = None,
    before_serving: Callable[[str], Awaitable[None]] | None = None,
) -> AsyncIterator[RunningTree]:
    """Start everything that the settings don't place elsewhere, and stop it at the end.

    `before_serving` gets the address of the database once it is up to date, before anything serves or works.

    Raises:
        SettingsError: a setting of the stand-in is wrong.
        ChildRefused: the gateway or a worker doesn't take a setting; the message says which.
        Unavailable, Conflict: a part can't start; message and hint say why.
        MigrationFailed: the database refused a migration.
    """
    if settings.supabase_url is None:
        from headwater.local.settings import load_plane_settings

        load_plane_settings(settings)
    make_data_folder(settings.data_folder)
    folder = settings.data_folder.absolute()
    if (folder / RESTORE_FOLDER).exists():
        # Read in here alone: it takes long, and is hardly ever needed.
        from headwater.cli.archive.staging import complete_interrupted_restore

        await complete_interrupted_restore(folder)
    port = find_free_port(settings.port)
    if port != settings.port and settings.port:
        console.print(f"Port {settings.port} is taken; using {port}.")
    programs = _Programs(
        settings,
        port=port,
        environment={"HOST": settings.host, "PORT": str(port), "HEADWATER_DATA": str(folder), **(environment or {})},
    )
    async with AsyncExitStack() as closing:
        # Reading in what the gateway is made of takes longest, so it begins at once and waits for `prepared` before it
        # opens anything. It finds the servers of this folder by itself.
        gateway = programs.make_gateway()
        starting = asyncio.create_task(gateway.start_with_retries(tries=_GATEWAY_TRIES), name="start the gateway")
        closing.push_async_callback(_stop_starting, starting, gateway)
        # In a thread, since otherwise the gateway would only be started afterwards.
        await asyncio.to_thread(_preload_modules)
        from headwater.local.keys import load_or_make_keys

        keys = load_or_make_keys(folder) if settings.supabase_url is None else None
        database_url, redis_url = await _start_servers(settings, folder, closing)
        # On top of the servers: what uses them stops before them.
        closing.push_async_callback(_stop_starting, starting, gateway)
        await prepare_database(database_url, with_foundation=keys is not None)
        if before_serving is not None:
            await before_serving(database_url)
        programs.prepared.touch()
        await starting
        local_url = f"http://{programs.host}:{port}"
        (folder / "gateway.url").write_text(local_url, "utf-8")
        given = {"DATABASE_URL": database_url} | ({"REDIS_URL": redis_url} if redis_url else {})
        for number in range(1, workers + 1):
            worker = programs.make_worker(number, given)
            closing.push_async_callback(worker.stop)
            # From here on all else serves: a worker that fails is started again, the first time as every later one.
            await worker.start_with_retries()
        yield RunningTree(settings.public_url or local_url, database_url, redis_url, keys)


async def _start_servers(settings: Settings, folder: Path, closing: AsyncExitStack) -> tuple[str, str | None]:
    """Start the servers that the settings don't name; returns the addresses of Postgres and Valkey.

    Where there is no Valkey, Postgres keeps what all processes share.
    """
    from headwater.local.postgres import LocalPostgres
    from headwater.local.valkey import LocalValkey

    silence = 2 * settings.supervisor_silence_seconds
    database_url, redis_url = settings.resolved_database_url, settings.resolved_redis_url
    is_embedded = database_url is None
    if database_url is None:
        database_url = await _start_server(LocalPostgres(folder / "postgres", silence=silence), closing)
    if redis_url is None and (is_embedded or has_embedded_valkey()):
        redis_url = await _start_server(LocalValkey(folder / "valkey", silence=silence), closing)
    return database_url, redis_url


def _preload_modules() -> None:
    for name in _PRELOADED:
        import_module(f"headwater.{name}")


class _Server(Protocol):
    async def start(self) -> str: ...

    async def stop(self) -> None: ...


async def _start_server(server: _Server, closing: AsyncExitStack) -> str:
    """Start a server that stops at the end, and return its address."""
    closing.push_async_callback(server.stop)
    return await server.start()


async def _stop_starting(starting: asyncio.Task[None], child: SupervisedChild) -> None:
    """Stop a child that may still be starting."""
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await child.stop()


async def prepare_database(database_url: str, *, with_foundation: bool) -> None:
    """Install what hosted Supabase provides (where it isn't used), then apply the migrations."""
    from headwater.cli.migrate import apply_with_progress
    from headwater.local.schemas import install_schemas

    if with_foundation:
        await install_schemas(database_url)
    await apply_with_progress(database_url)


class _Programs:
    """Makes the children that run our own code."""

    def __init__(self, settings: Settings, *, port: int, environment: dict[str, str]) -> None:
        folder = settings.data_folder.absolute()
        self._port = port
        self._silence = settings.supervisor_silence_seconds
        self._start_seconds = settings.supervisor_start_seconds
        self._environment = environment
        self._logs = folder / "logs"
        make_private_folder(self._logs)
        self.host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  # not bound
        self.prepared = folder / "prepared"
        """There once the servers run and the database is up to date."""
        self.prepared.unlink(missing_ok=True)

    def make_gateway(self) -> SupervisedChild:
        """Return the gateway, which begins once all is prepared."""

        async def answers() -> bool:
            return self.prepared.exists() and await answers_requests(self._port, host=self.host, path="/health")

        return make_python_child(
            "gateway",
            ["-m", "headwater.cli", "serve", "gateway", "--after", str(self.prepared)],
            is_ready=answers,
            is_held=lambda: not self.prepared.exists(),
            folder=Path.cwd(),
            log_file=self._logs / "gateway.log",
            environment=self._environment,
            ready_timeout=self._start_seconds,
            vigil=Vigil(
                lambda: answers_at_all(self._port, host=self.host, path="/health"),
                silence=self._silence,
                dump_signal=DUMP_SIGNAL,
            ),
        )

    def make_worker(self, number: int, addresses: dict[str, str]) -> SupervisedChild:
        """Return a worker that uses the servers at `addresses`."""
        ready = self._logs.parent / f"worker-{number}.ready"

        async def is_ready() -> bool:
            return await asyncio.to_thread(ready.exists)

        return make_python_child(
            f"worker {number}",
            ["-m", "headwater.cli", "work", "--ready-file", str(ready)],
            is_ready=is_ready,
            clear=lambda: ready.unlink(missing_ok=True),
            folder=Path.cwd(),
            log_file=self._logs / f"worker-{number}.log",
            environment={**self._environment, **addresses},
            ready_timeout=self._start_seconds,
            vigil=Vigil(watch_file(ready), silence=self._silence, dump_signal=DUMP_SIGNAL),
        )


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Leave the block at Ctrl-C or SIGTERM, from its first moment on: a start under way is undone in good order.

    A second signal changes nothing, so that stopping isn't cut short.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        if not stopped and task is not None:
            stopped = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not stopped:
            raise
        if task is not None:
            task.uncancel()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def run_tree(settings: Settings, *, workers: int) -> None:
    """Start everything, say where it is, and keep it until it is told to stop."""
    with stop_on_signals():
        async with open_tree(settings, workers=workers) as tree:
            console.print(f"[bold]Headwater is up[/bold] at {tree.url}")
            if find_dashboard() is None:
                console.print("  dashboard  isn't built here; `make dashboard` builds it")
            console.print(f"  API docs   {tree.url}/api/docs")
            if tree.keys is not None:
                console.print(
                    f"  key        {tree.keys.publishable_key}  (for browsers; `headwater status` shows the other)"
                )
            console.print(f"  logs       {settings.data_folder / 'logs'}")
            console.print("Ctrl-C stops it; everything is there at the next start.")
            await asyncio.Event().wait()
    console.print("Stopped.")
