"""`headwater status`: what runs here, where, and with which keys."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import httpx2
import typer
from rich.console import Console

from headwater.core.database.database import Database, Identity
from headwater.core.errors import HeadwaterError
from headwater.core.settings import Settings, load_settings

console = Console(highlight=False, soft_wrap=True)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    secrets: Annotated[bool, typer.Option("--secrets", help="Show the secret key as well.")] = False,
) -> None:
    """Say what runs, where, and with which keys. Exit code 1 when Headwater doesn't run."""
    found = asyncio.run(_look(load_settings(), secrets=secrets))
    if as_json:
        typer.echo(json.dumps(found))
    else:
        for name, value in found.items():
            if isinstance(value, dict):
                console.print(f"{name}")
                for inner, number in value.items():
                    console.print(f"  {inner.replace('_', ' '):<17}{number}")
            else:
                console.print(f"{name.replace('_', ' '):<19}{value}", markup=False)
    raise typer.Exit(0 if found["gateway"] == "running" else 1)


async def _look(settings: Settings, *, secrets: bool) -> dict[str, Any]:
    from headwater import services

    completed = services.complete_settings(settings)
    found: dict[str, Any] = {"gateway": await _ask_gateway(settings), "url": services.read_gateway_url(settings)}
    database_url = completed.resolved_database_url
    found["postgres"] = _without_password(database_url) if database_url else "not running"
    found["valkey"] = _describe_valkey(completed)
    keys = services.read_local_keys(settings) if (settings.data_folder / "keys.json").exists() else None
    if keys is not None:
        found["publishable_key"] = keys.publishable_key
        found["secret_key"] = keys.secret_key if secrets else "shown with --secrets"
    if database_url:
        found["contents"] = await _count(database_url)
    return found


def _describe_valkey(settings: Settings) -> str:
    from headwater.kit.controls.postgres import KEPT_IN_POSTGRES

    if settings.resolved_redis_url:
        return _without_password(settings.resolved_redis_url)
    return f"none: {KEPT_IN_POSTGRES}" if settings.resolved_database_url else "not running"


async def _ask_gateway(settings: Settings) -> str:
    from headwater import services

    try:
        async with httpx2.AsyncClient() as client:
            answer = await client.get(f"{services.read_gateway_url(settings)}/health/ready", timeout=5)
    except httpx2.HTTPError:
        return "not running"
    return "running" if answer.status_code == httpx2.codes.OK else "not ready"


async def _count(database_url: str) -> dict[str, int] | str:
    from headwater.catalogue import list_modules

    database = Database(database_url, pool_size=1)
    try:
        async with database.raw(Identity.service()) as connection:
            counts: dict[str, int] = {}
            for module in list_modules():
                if module.status:
                    counts.update(await module.status(connection))
            return counts
    except HeadwaterError as error:
        return error.message
    finally:
        await database.close()


def _without_password(url: str) -> str:
    from headwater.core.telemetry import redact_text

    return str(redact_text(url))
