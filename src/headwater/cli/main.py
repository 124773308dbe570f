"""Puts the commands together and turns every expected failure into one line and an exit code that means something.

Exit codes: 0 done; 1 the thing asked about is not well (doctor, status, a failed check); 2 wrong use or a wrong
setting; 3 a part that is needed is away; 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

import headwater
from headwater.catalogue import list_command_places
from headwater.kit.module import load_place

if TYPE_CHECKING:
    from headwater.kit.api_client import ApiClient

WRONG_USE = 2
AWAY = 3
INTERRUPTED = 130
_GARBAGE_THRESHOLDS = (20_000, 20, 20)

# Where each command of the doors is; those of the products are in the catalogue.
_COMMANDS = {
    "up": "headwater.cli.running:up",
    "demo": "headwater.cli.running:demo",
    "serve": "headwater.cli.running:serve",
    "work": "headwater.cli.running:work",
    "migrate": "headwater.cli.migrate:migrate",
    "doctor": "headwater.cli.doctor:doctor",
    "status": "headwater.cli.status:status",
    "backup": "headwater.cli.backup:backup",
    "restore": "headwater.cli.backup:restore",
}


def make_app(*, only: str | None = None) -> typer.Typer:
    """Make the command line of all commands, or of one, so that a start needn't read what the others are made of."""
    app = typer.Typer(
        name="headwater",
        help="Signals from the outside world, durable work, rows under row-level security, actions.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(configure)
    for name, place in list_places().items():
        if only in {name, None}:
            command = load_place(place)
            if isinstance(command, typer.Typer):
                app.add_typer(command, name=name)
            else:
                app.command(name)(command)
    return app


def list_places() -> dict[str, str]:
    """Return where each command is, by its name."""
    return {**_COMMANDS, **list_command_places()}


@contextmanager
def _open_api() -> Iterator[ApiClient]:
    from headwater.cli.client import open_client
    from headwater.core.settings import load_settings

    with open_client(load_settings()) as api:
        yield api


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(headwater.__version__)
        raise typer.Exit


def configure(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Signals from the outside world, durable work, rows under row-level security, actions."""
    context.obj = _open_api


def main() -> None:
    """Run the command line."""
    # Little of what a start reads in is garbage: looking through it over and over takes a seventh of the time.
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    # What is written holds keys, rows and e-mails; whatever the shell allows, it is its owner's alone.
    os.umask(0o077)
    named = sys.argv[1] if len(sys.argv) > 1 else None
    app = make_app(only=named if named in list_places() else None)
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the expected ones are told in one line, the others raised again
        sys.exit(_explain(error))


def _explain(error: Exception) -> int:
    """Print an expected error in one line and give the exit code; raise any other again."""
    from rich.console import Console

    from headwater.core.database.migrations import MigrationFailed
    from headwater.core.errors import HeadwaterError, Unavailable
    from headwater.core.settings import SettingsError
    from headwater.local.keys import KeysError
    from headwater.process import ChildRefused

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if isinstance(error, (SettingsError, KeysError)):
        console.print(f"headwater: {error}", style="red", markup=False)
        return WRONG_USE
    if isinstance(error, MigrationFailed):
        console.print(f"headwater: {error}", style="red", markup=False)
        return 1
    if isinstance(error, HeadwaterError):
        console.print(f"headwater: {error.message}", style="red", markup=False)
        if error.hint:
            console.print(error.hint, markup=False)
        if isinstance(error, ChildRefused):
            return WRONG_USE
        return AWAY if isinstance(error, Unavailable) else 1
    raise error
