"""`headwater migrate`."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from headwater.core.database.migrations import (
    Migration,
    apply_migrations,
    find_migrations_folder,
    list_applied,
    read_migrations,
)
from headwater.core.settings import SettingsError, load_settings

console = Console(stderr=True, highlight=False)


def migrate(
    as_json: Annotated[bool, typer.Option("--json", help="Print what was applied as JSON.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be applied.")] = False,
) -> None:
    """Bring the database up to date. Running it twice changes nothing; a failing migration leaves nothing half done."""
    asyncio.run(_migrate(as_json=as_json, dry_run=dry_run))


async def _migrate(*, as_json: bool, dry_run: bool) -> None:
    from headwater import services
    from headwater.local.schemas import install_schemas

    settings = services.complete_settings(load_settings())
    database_url = settings.resolved_database_url
    if database_url is None:
        raise SettingsError(
            "DATABASE_URL: is unset and no embedded Postgres runs here; `headwater up` migrates its own"
        )
    # Asked first, so that a wrong address is said in one line before anything is installed there.
    applied = set(await list_applied(database_url))
    if dry_run:
        found = [one for one in read_migrations(find_migrations_folder()) if one.version not in applied]
    else:
        if settings.supabase_url is None:
            await install_schemas(database_url)
        found = await apply_with_progress(database_url)
    if as_json:
        typer.echo(json.dumps([{"version": one.version, "name": one.name} for one in found]))
    elif found:
        for one in found:
            typer.echo(f"{'would apply' if dry_run else 'applied'} {one.version}_{one.name}")
    else:
        typer.echo("The database is up to date.")


async def apply_with_progress(database_url: str) -> list[Migration]:
    """Apply the pending migrations with a bar on a terminal. Raises MigrationFailed."""
    with Progress(
        TextColumn("migrating"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}"),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task("migrating", total=None, name="")

        def show(migration: Migration, left: int) -> None:
            done = int(progress.tasks[0].completed) + 1
            progress.update(task, completed=done, total=done + left, name=migration.name)

        return await apply_migrations(database_url, on_applied=show)
