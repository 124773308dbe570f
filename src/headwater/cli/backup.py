"""`headwater backup FILE` and `headwater restore FILE`: the database, the keys and the files, in one archive."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from headwater.core.settings import load_settings

console = Console(stderr=True, highlight=False, soft_wrap=True)


def backup(
    file: Annotated[Path, typer.Argument(help="Archive to write; it holds secrets and is readable by you alone.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write everything to one file. Headwater may go on running meanwhile."""
    from headwater.cli.archive import write_archive

    with console.status("backing up"):
        written = asyncio.run(write_archive(load_settings(), file, overwrite=overwrite))
    if as_json:
        typer.echo(json.dumps(written))
    else:
        typer.echo(f"Wrote {file} ({written['bytes'] / 1e6:.1f} MB). Keep it safe: it holds the keys.")


def restore(
    file: Annotated[Path, typer.Argument(help="Archive that `headwater backup` wrote.", exists=True, dir_okay=False)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the data that is here.")] = False,
) -> None:
    """Bring an archive back into the embedded installation, which must not be running."""
    from headwater.cli.archive import restore_archive

    with console.status("restoring"):
        asyncio.run(restore_archive(load_settings(), file, overwrite=overwrite))
    typer.echo("Restored. Start it with `headwater up`.")
