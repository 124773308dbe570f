"""The process tree of `headwater up`: servers, migrations, gateway, workers; supervised, and stopped together."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from rich.console import Console

from headwater.app.dashboard import find_dashboard
from headwater.cli.migrate import apply_with_progress
from headwater.core.settings import Settings
from headwater.local.keys import LocalKeys, load_or_make_keys
from headwater.local.postgres import LocalPostgres
from headwater.local.process import ProcessTree, SupervisedChild, is_listening, make_python_child
from headwater.local.process.ports import find_free_port
from headwater.local.schemas import lay_schemas
from headwater.local.valkey import LocalValkey

console = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class RunningTree:
    """What runs, and where."""

    url: str
    database_url: str
    redis_url: str
    keys: LocalKeys | None


@asynccontextmanager
async def open_tree(
    settings: Settings, *, workers: int = 1, environment: dict[str, str] | None = None
) -> AsyncIterator[RunningTree]:
    """Start everything that the settings don't place elsewhere, and stop it at the end.

    Raises:
        Unavailable, Conflict: a part can't start; message and hint say why.
        MigrationFailed: the database refused a migration.
    """
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    keys = load_or_make_keys(settings.data_folder) if settings.supabase_url is None else None
    postgres = LocalPostgres(settings.data_folder / "postgres") if settings.resolved_database_url is None else None
    valkey = LocalValkey(settings.data_folder / "valkey") if settings.resolved_redis_url is None else None
    servers = ProcessTree(*(server for server in (postgres, valkey) if server is not None))
    await servers.start()
    try:
        database_url = settings.resolved_database_url or (postgres.dsn if postgres else "")
        redis_url = settings.resolved_redis_url or (valkey.url if valkey else "")
        await prepare_database(database_url, with_foundation=keys is not None)
        port = find_free_port(settings.port)
        if port != settings.port and settings.port:
            console.print(f"Port {settings.port} is taken; using {port}.")
        programs = ProcessTree(
            *_list_programs(
                settings,
                port=port,
                workers=workers,
                environment={
                    "DATABASE_URL": database_url,
                    "REDIS_URL": redis_url,
                    "HOST": settings.host,
                    "PORT": str(port),
                    "HEADWATER_DATA": str(settings.data_folder.absolute()),
                    **(environment or {}),
                },
            )
        )
        host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  # shown, not bound
        local_url = f"http://{host}:{port}"
        # Written first: the worker reads at its start where the links in mail lead to.
        (settings.data_folder / "gateway.url").write_text(local_url, "utf-8")
        await programs.start()
        try:
            yield RunningTree(settings.public_url or local_url, database_url, redis_url, keys)
        finally:
            await programs.stop()
    finally:
        await servers.stop()


async def prepare_database(database_url: str, *, with_foundation: bool) -> None:
    """Lay what hosted Supabase provides (where it isn't used), then apply the migrations."""
    if with_foundation:
        await lay_schemas(database_url)
    await apply_with_progress(database_url)


def _list_programs(
    settings: Settings, *, port: int, workers: int, environment: dict[str, str]
) -> list[SupervisedChild]:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  # probed, not bound

    async def gateway_answers() -> bool:
        if not await is_listening(port, host=host):
            return False
        async with httpx2.AsyncClient() as client:
            return (await client.get(f"http://{host}:{port}/health", timeout=5)).status_code == httpx2.codes.OK

    logs = settings.data_folder.absolute() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    programs = [
        make_python_child(
            "gateway",
            ["-m", "headwater.cli", "serve", "gateway"],
            is_ready=gateway_answers,
            folder=Path.cwd(),
            log_file=logs / "gateway.log",
            environment=environment,
        )
    ]
    for number in range(1, workers + 1):
        ready = logs.parent / f"worker-{number}.ready"
        ready.unlink(missing_ok=True)

        async def worker_is_ready(ready_file: object = ready) -> bool:
            return await asyncio.to_thread(ready_file.exists)  # type: ignore[attr-defined]

        programs.append(
            make_python_child(
                f"worker {number}",
                ["-m", "headwater.cli", "work", "--ready-file", str(ready)],
                is_ready=worker_is_ready,
                folder=Path.cwd(),
                log_file=logs / f"worker-{number}.log",
                environment=environment,
            )
        )
    return programs


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
