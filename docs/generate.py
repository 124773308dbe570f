"""Makes the reference, and what the dashboard's client is made from: `python docs/generate.py`.

`--check` exits 1 when a file is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generating.commands import write_commands
from generating.endpoints import write_endpoints
from generating.errors import write_errors
from generating.jobs import write_jobs
from generating.openapi import write_openapi
from generating.settings import write_settings
from generating.tables import write_tables

ROOT = Path(__file__).parent.parent
FILES: dict[str, Callable[[], str]] = {
    "docs/reference/commands.md": write_commands,
    "docs/reference/endpoints.md": write_endpoints,
    "docs/reference/errors.md": write_errors,
    "docs/reference/jobs.md": write_jobs,
    "docs/reference/settings.md": write_settings,
    "docs/reference/tables.md": write_tables,
    "dashboard/openapi.json": write_openapi,
}


def main() -> int:
    """Write the files, or with `--check` say which ones are stale; gives the exit code."""
    made = {ROOT / name: write() for name, write in FILES.items()}
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stdout.write(f"{path.name} is stale; run `python docs/generate.py`.\n")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made[path], "utf-8")
        sys.stdout.write(f"wrote {path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
