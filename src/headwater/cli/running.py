"""Commands that keep running: all of it, or one part."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from headwater.core.extras import require_extras
from headwater.core.settings import QUEUES, Settings, load_settings
from headwater.core.telemetry import configure_logging

if TYPE_CHECKING:
    from headwater.kit.module import Process


class ServeGroup(TyperGroup):
    """The gateway, and what the modules offer; their processes are read from the catalogue when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all services."""
        from headwater.catalogue import list_processes

        return [*super().list_commands(ctx), *(process.name for process in list_processes())]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a service, or None where there is none of that name."""
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            return found
        from headwater.catalogue import list_processes

        return next((_make_command(one) for one in list_processes() if one.name == cmd_name), None)


def _make_command(process: Process) -> Any:
    def serve_process(
        host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
        port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    ) -> None:
        from headwater import services

        _run(services.run_process(_configured(host=host, port=port), process=process))

    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(process.name, help=process.summary)(serve_process)
    return get_command(app)


serve = typer.Typer(cls=ServeGroup, help="Run one service of its own.", no_args_is_help=True)


def _configured(**overrides: object) -> Settings:
    settings = load_settings(**{name: value for name, value in overrides.items() if value is not None})
    configure_logging(level=settings.log_level, form=settings.log_format)
    return settings


def up(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
) -> None:
    """Start everything: Postgres, Valkey, the API and the workers, in one supervised process tree."""
    from headwater.cli.tree import run_tree

    asyncio.run(run_tree(_configured(host=host, port=port), workers=workers))


def demo(
    port: Annotated[int | None, typer.Option(help="Port of the API.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Don't wait for anybody to watch, and stop at the end.")] = False,
) -> None:
    """Start everything with a simulated outside world and a month of history: pages change, alerts arrive."""
    settings = _configured(port=port)
    require_extras("demo", "local", what="The demo")
    from headwater.cli.demo import run_demo

    raise typer.Exit(asyncio.run(run_demo(settings, once=once)))


@serve.command("gateway")
def serve_gateway(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    after: Annotated[Path | None, typer.Option(hidden=True, help="Begin when this file is there.")] = None,
) -> None:
    """Serve the API, and the local data plane where no Supabase project is set."""
    from headwater import services

    _run(services.run_gateway(_configured(host=host, port=port), after=after))


def work(
    ready_file: Annotated[Path | None, typer.Option(hidden=True, help="Written when the worker takes jobs.")] = None,
    queues: Annotated[
        str | None, typer.Option(help=f"Queues to serve, separated by commas: {', '.join(QUEUES)}.")
    ] = None,
) -> None:
    """Run a worker."""
    from headwater import services

    _run(services.run_worker(_configured(worker_queues=queues), ready_file=ready_file))


def _run(service: object) -> None:
    import sys

    if sys.platform == "win32":
        asyncio.run(service)  # type: ignore[arg-type]  # a coroutine of services
        return
    import uvloop

    uvloop.run(service)  # type: ignore[arg-type]
