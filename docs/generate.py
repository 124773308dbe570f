"""Makes the reference from the code: `python docs/generate.py`; `--check` exits 1 when a page is stale."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generating.commands import write_commands
from generating.endpoints import write_endpoints
from generating.errors import write_errors
from generating.jobs import write_jobs
from generating.settings import write_settings
from generating.tables import write_tables

FOLDER = Path(__file__).parent / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "commands.md": write_commands,
    "endpoints.md": write_endpoints,
    "errors.md": write_errors,
    "jobs.md": write_jobs,
    "settings.md": write_settings,
    "tables.md": write_tables,
}


def main() -> int:
    """Write the pages, or with `--check` say which ones are stale; gives the exit code."""
    made = {FOLDER / name: write() for name, write in PAGES.items()}
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stdout.write(f"{path.name} is stale; run `python docs/generate.py`.\n")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(made[path], "utf-8")
        sys.stdout.write(f"wrote {path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
