"""Runs the command line `supabase` that `package-lock.json` pins, as a person would who never heard of Headwater."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from headwater.core.database.migrations import find_migrations_folder, read_migrations
from tests.clients.node import install_packages

_FOLDER = Path(__file__).parent
_NODE = Path(sys.executable).parent / "node"
_LONGEST_SECONDS = 90


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read the JSON that it printed."""
        return json.loads(self.out)


@dataclass(frozen=True)
class SupabaseProject:
    """A folder as `supabase init` makes it, with the migrations of this repository up to some version."""

    folder: Path

    def lay(self, *, until: str | None = None) -> None:
        """Lay settings, seed and the migrations up to and with version `until`."""
        source = find_migrations_folder().parent
        migrations = self.folder / "supabase" / "migrations"
        shutil.rmtree(migrations, ignore_errors=True)
        migrations.mkdir(parents=True)
        for name in ("config.toml", "seed.sql"):
            shutil.copy(source / name, self.folder / "supabase")
        for migration in read_migrations(source / "migrations"):
            if until is None or migration.version <= until:
                name = f"{migration.version}_{migration.name}.sql"
                (migrations / name).write_text(migration.sql, "utf-8")

    async def run(self, *arguments: str, remote: str, expect: int = 0) -> Said:
        """Run a command against a database by its address; fails the test at another exit code."""
        process = await asyncio.create_subprocess_exec(
            str(_NODE),
            str(_FOLDER / "node_modules" / "supabase" / "dist" / "supabase.js"),
            *arguments,
            "--yes",
            f"--workdir={self.folder}",
            f"--remote={remote}?sslmode=disable",
            env={
                "PATH": os.defpath,
                "HOME": str(self.folder),
                "DO_NOT_TRACK": "1",
                "SUPABASE_TELEMETRY_DISABLED": "1",
                "SUPABASE_NO_UPDATE_NOTIFIER": "1",
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        said = Said(process.returncode or 0, out.decode(), err.decode())
        assert said.code == expect, (arguments, said)
        return said

    async def list_versions(self, remote: str) -> list[tuple[str, str]]:
        """Return each version as the folder and as the database has it, empty where it hasn't."""
        said = await self.run("migration", "list", "--output-format=json", remote=remote)
        return [(one["local"], one["remote"]) for one in said.json["migrations"]]


def require_command() -> None:
    """Skip the test where the command line can't be installed."""
    if sys.platform != "linux":
        pytest.skip("Supabase's command line is tried on Linux alone")
    problem = install_packages(_FOLDER, what="Supabase's command line")
    if problem:
        pytest.skip(problem)
