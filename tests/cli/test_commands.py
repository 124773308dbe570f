"""Wrong use, wrong settings, missing parts: one line that says so, and an exit code that means something."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.cli.installation import Installation

WRONG_USE = {
    "an unknown command": ["nonsense"],
    "an argument left out": ["watch", "add"],
    "a port that is none": ["up", "--port", "99999"],
    "an unknown queue": ["work", "--queues", "nonsense"],
    "a file that isn't there": ["restore", "missing.tar"],
    "no database to migrate": ["migrate"],
    "no database to back up": ["backup", "all.tar"],
}
WRONG_SETTINGS = {
    "DATABASE_URL": "mysql://localhost/x",
    "WORKER_CONCURRENCY": "many",
    "PORT": "99999",
    "SUPABASE_URL": "https://project.supabase.co",
}


async def test_exit_codes_mean_something(installation: Installation, tmp_path: Path) -> None:
    turns = asyncio.Semaphore(3)
    garbage = tmp_path / "garbage.tar"
    garbage.write_bytes(b"no archive")

    async def expect(code: int, arguments: list[str], *, says: str = "", **settings: str) -> None:
        async with turns:
            apart = Installation(installation.folder, {**installation.settings, **settings})
            finished = await apart.run(*arguments, expect=code)
            assert says in finished.err, finished

    await asyncio.gather(
        *(expect(2, arguments) for arguments in WRONG_USE.values()),
        *(
            expect(2, ["status"], says="SUPABASE_URL" if name == "SUPABASE_URL" else f"{name}: ", **{name: value})
            for name, value in WRONG_SETTINGS.items()
        ),
        expect(0, ["--version"]),
        expect(0, ["doctor"]),
        expect(1, ["status"]),
        expect(1, ["restore", str(garbage)], says="no archive"),
        expect(1, ["doctor"], DATABASE_URL="postgresql://127.0.0.1:1/x"),
        expect(3, ["watch", "list"], says="headwater up"),
    )
    assert not installation.list_processes()
