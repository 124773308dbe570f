"""`headwater backup FILE` and `headwater restore FILE`: the database, the keys and the files, in one archive."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
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
    from headwater.cli.archive.writing import write_archive

    with console.status("backing up"):
        written = asyncio.run(write_archive(load_settings(), file, overwrite=overwrite))
    if as_json:
        typer.echo(json.dumps({**asdict(written.manifest), "file": str(file), "bytes": written.size}))
        return
    typer.echo(f"Wrote {file} ({written.size / 1e6:.1f} MB). Keep it safe: it holds the keys.")
    if not written.manifest.holds_files:
        typer.echo("Stored files lie in S3 and aren't part of it: keep the bucket too.")


def restore(
    file: Annotated[Path, typer.Argument(help="Archive that `headwater backup` wrote.", exists=True, dir_okay=False)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the data that is here.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only read the archive and say whether it is whole.")] = False,
) -> None:
    """Bring an archive back into the embedded installation, which must not be running."""
    from headwater.cli.archive.reading import read_archive
    from headwater.cli.archive.restoring import restore_archive

    if check:
        with console.status("reading"):
            manifest = asyncio.run(read_archive(file))
        typer.echo(f"{file} is whole: made at {manifest.made_at} by Headwater {manifest.version}.")
        return
    with console.status("restoring"):
        manifest = asyncio.run(restore_archive(load_settings(), file, overwrite=overwrite))
    typer.echo("Restored. Start it with `headwater up`.")
    if not manifest.holds_files:
        typer.echo("Stored files lie in S3: set STORAGE_BACKEND and the bucket's settings as they were.")
