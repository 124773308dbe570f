"""The page of commands."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from typer import Context
from typer.main import get_command

from generating.markdown import code, end_page, make_table, start_page

# The package re-exports the function of the same name, so the module is asked for by its full name.
door = import_module("headwater.cli.main")

_ABOUT = (
    "The program is `headwater`; after `make up` or `make demo` it is `.venv/bin/headwater`. Every command explains"
    " itself with `--help`."
)


def write_commands() -> str:
    """Return the page."""
    lines = start_page("Commands", _ABOUT)
    lines += _list_exit_codes()
    for name, command in list_commands():
        lines += [f"## {name}", "", " ".join((command.help or "").split()), ""]
        lines += ["```text", _make_usage(name, command), "```", ""]
        rows = [
            (code(_name_parameter(one)), getattr(one, "help", None) or "", _describe_default(one))
            for one in command.params
            if not getattr(one, "hidden", False) and one.name != "help"
        ]
        if rows:
            lines += make_table(("argument or option", "what", "default"), rows)
    return end_page(lines)


def list_commands() -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, with its full name."""
    yield from _walk("headwater", get_command(door.make_app()))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    context = Context(command)
    for key in command.list_commands(context):
        yield from _walk(f"{name} {key}", command.get_command(context, key))


def _list_exit_codes() -> list[str]:
    """Read the exit codes from the docstring of the module that gives them."""
    text = " ".join((door.__doc__ or "").split()).partition("Exit codes: ")[2].rstrip(".")
    rows = [tuple(part.split(" ", 1)) for part in text.split("; ")]
    return make_table(("exit code", "meaning"), [(code(number), meaning) for number, meaning in rows])


def _make_usage(name: str, command: Any) -> str:
    shown = [one for one in command.params if not getattr(one, "hidden", False)]
    arguments = [str(one.name).upper() for one in shown if one.param_type_name == "argument"]
    return " ".join([name, *arguments, *(["[options]"] if len(arguments) < len(shown) else [])])


def _name_parameter(one: Any) -> str:
    if one.param_type_name == "argument":
        return str(one.name).upper()
    return ", ".join(one.opts)


def _describe_default(one: Any) -> str:
    if one.param_type_name == "argument" or one.default in (None, False):
        return ""
    return code(one.default)
