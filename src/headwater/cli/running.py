"""Commands that keep running: all of it, or one part."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from headwater.core.extras import require_extras
from headwater.core.settings import QUEUES, Settings, load_settings
from headwater.core.telemetry import configure_logging

serve = typer.Typer(help="Run one service of its own.", no_args_is_help=True)


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
    once: Annotated[bool, typer.Option("--once", help="Stop when the story has been told.")] = False,
) -> None:
    """Start everything with a simulated outside world, and tell a story: pages change, alerts arrive."""
    settings = _configured(port=port)
    embedded = settings.resolved_database_url is None or settings.resolved_redis_url is None
    require_extras("demo", *(["local"] if embedded else []), what="The demo")
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


@serve.command("discovery")
def serve_discovery(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve discovery alone, for a gateway whose DISCOVERY_SERVICE_URL names it."""
    from headwater import services

    _run(services.run_discovery_service(_configured(host=host, port=port)))


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
