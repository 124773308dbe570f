"""Puts the commands together and turns every expected failure into one line and an exit code that means something.

Exit codes: 0 done; 1 the thing asked about is not well (doctor, status, a failed check); 2 wrong use or a wrong
setting; 3 a part that is needed is away; 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

import headwater
from headwater.cli import backup, doctor, migrate, running, status, watch
from headwater.core.errors import HeadwaterError, Unavailable
from headwater.core.migrations import MigrationFailed
from headwater.core.settings import SettingsError
from headwater.local.keys import KeysError

WRONG_USE = 2
AWAY = 3
INTERRUPTED = 130

app = typer.Typer(
    name="headwater",
    help="Signals from the outside world, durable work, rows under row-level security, actions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("up")(running.up)
app.command("demo")(running.demo)
app.add_typer(running.serve, name="serve")
app.command("work")(running.work)
app.command("migrate")(migrate.migrate)
app.command("doctor")(doctor.doctor)
app.command("status")(status.status)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(watch.app, name="watch")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(headwater.__version__)
        raise typer.Exit


@app.callback()
def configure(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Signals from the outside world, durable work, rows under row-level security, actions."""


def main() -> None:
    """Run the command line."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        app(standalone_mode=True)
    except (SettingsError, KeysError) as error:
        console.print(f"headwater: {error}", style="red", markup=False)
        sys.exit(WRONG_USE)
    except MigrationFailed as error:
        console.print(f"headwater: {error}", style="red", markup=False)
        sys.exit(1)
    except HeadwaterError as error:
        console.print(f"headwater: {error.message}", style="red", markup=False)
        if error.hint:
            console.print(error.hint, markup=False)
        sys.exit(AWAY if isinstance(error, Unavailable) else 1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
