"""Runs `pg_dump` and `pg_restore`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from headwater.cli.archive.members import CHUNK
from headwater.core.errors import Unavailable
from headwater.local.postgres import find_binaries


class ToolFailed(Unavailable):
    """pg_dump or pg_restore failed."""

    default_code = "backup_failed"


async def dump_database(database_url: str) -> AsyncGenerator[bytes, None]:
    """Return a dump in pg_dump's custom format, a chunk at a time. Raises ToolFailed when it doesn't end well."""
    async with aclosing(_run("pg_dump", database_url, "--format=custom", "--compress=gzip:6")) as chunks:
        async for chunk in chunks:
            yield chunk


async def load_database(database_url: str, dump: Path) -> None:
    """Fill an empty database with a dump. Raises ToolFailed when pg_restore doesn't end well."""
    arguments = ("--exit-on-error", "--single-transaction", str(dump))
    async with aclosing(_run("pg_restore", database_url, *arguments)) as chunks:
        async for _ in chunks:
            pass


async def _run(program: str, database_url: str, *arguments: str) -> AsyncGenerator[bytes, None]:
    """Run a tool and return what it prints; the password goes by the environment, where others can't read it."""
    from headwater.core.settings import inherited_environment

    parts = urlsplit(database_url)
    address = parts._replace(netloc=f"{parts.username or ''}@{parts.hostname}:{parts.port or 5432}").geturl()
    process = await asyncio.create_subprocess_exec(
        _find_program(program),
        f"--dbname={address}",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**inherited_environment(), "LC_MESSAGES": "C", "PGPASSWORD": unquote(parts.password or "")},
    )
    output, complaints = process.stdout, process.stderr
    if output is None or complaints is None:
        raise RuntimeError("both were asked for as pipes")
    complaining = asyncio.create_task(complaints.read())
    try:
        while chunk := await output.read(CHUNK):
            yield chunk
        said = (await complaining).decode("utf-8", "replace").strip()
        if await process.wait():
            raise ToolFailed(f"{program} failed: {' '.join(said.split())[-500:]}")
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.gather(complaining, process.wait(), return_exceptions=True)


def _find_program(name: str) -> str:
    """Return where a tool is: the embedded server's, or the machine's own. Raises Unavailable where there is none."""
    try:
        return str(find_binaries() / name)
    except Unavailable:
        installed = shutil.which(name)
        if installed is None:
            raise
        return installed
