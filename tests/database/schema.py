"""What a database's schema is, as text, to compare two of them."""

from __future__ import annotations

import os
import re
import subprocess
from urllib.parse import unquote, urlsplit

from headwater.local.postgres.binaries import find_binaries

# pg_dump writes a token of its own into each dump.
_TOKEN = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)


def dump_schema(dsn: str) -> str:
    """Return the schema as `pg_dump --schema-only` writes it."""
    parts = urlsplit(dsn)
    dumped = subprocess.run(
        [
            str(find_binaries() / "pg_dump"),
            "--schema-only",
            f"--host={parts.hostname}",
            f"--port={parts.port}",
            f"--username={unquote(parts.username or '')}",
            f"--dbname={parts.path.lstrip('/')}",
        ],
        env={"PGPASSWORD": unquote(parts.password or ""), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert dumped.returncode == 0, dumped.stderr
    lines = _TOKEN.sub("", dumped.stdout).splitlines()
    # The order of grants is that in which they were made, and means nothing.
    grants = [line for line in lines if line.startswith("GRANT ")]
    return "\n".join([*(line for line in lines if not line.startswith("GRANT ")), *sorted(grants)])
