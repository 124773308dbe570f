"""What runs on a project that Supabase hosts has no use for the stand-in, and never reads it in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.drivers import list_search_path

# Runs a part as the command line does until it serves, and says what of the stand-in was read in.
_RUN = """
import asyncio, sys
from pathlib import Path
from headwater import services
from headwater.cli.running import _configured

async def run():
    settings = _configured()
    ready = Path("ready")
    if sys.argv[1] == "worker":
        serving = asyncio.create_task(services.run_worker(settings, ready_file=ready))
        while not ready.exists() and not serving.done():
            await asyncio.sleep(0.02)
    else:
        serving = asyncio.create_task(services.run_gateway(settings))
        while not serving.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", settings.port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                break
    if serving.done():
        serving.result()
    found = sorted(name for name in sys.modules if name.startswith(("headwater.local", "headwater.embedded")))
    print("read in:", *found)
    sys.stdout.flush()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)

asyncio.run(run())
"""


@pytest.mark.parametrize("part", ["worker", "gateway"])
@pytest.mark.parametrize("has_valkey", [True, False], ids=["valkey", "no valkey"])
def test_nothing_of_the_stand_in_is_read_in(
    part: str, has_valkey: bool, dsn: str, valkey_url: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    environment = {
        "PATH": os.defpath,
        "HOME": str(tmp_path),
        "PYTHONPATH": list_search_path(),
        "HEADWATER_DATA": str(tmp_path / "data"),
        "SUPABASE_URL": "http://127.0.0.1:1",
        "SUPABASE_ANON_KEY": "anon",
        "DATABASE_URL": dsn,
        **({"REDIS_URL": valkey_url} if has_valkey else {}),
        "SERVICE_SECRET": "a secret that is shared by all of our services",
        "ENCRYPTION_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "PORT": str(unused_tcp_port),
        # The stand-in's alone, so nobody here minds what it is.
        "KEYLESS": "perhaps",
    }
    done = subprocess.run(
        [sys.executable, "-c", _RUN, part],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert "read in:\n" in done.stdout, done.stdout + done.stderr
