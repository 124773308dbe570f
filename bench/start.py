"""`headwater up` on a data folder that is there: how long until a signed-in person gets an answer from the API.

Prints one JSON line. The first start, which makes everything, isn't measured. `ratio` is that of the median to the
median time in which the embedded Postgres alone starts and takes a connection, in turns with it. `cpu_seconds` is what
`headwater up` and its gateway used until then, which tells of a busy machine what `seconds` can't.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx2

from headwater.core.clock import monotonic
from headwater.core.settings import inherited_environment
from headwater.core.telemetry import configure_logging
from headwater.local.keys import load_or_make_keys
from headwater.local.postgres import LocalPostgres
from headwater.process import is_listening
from headwater.process.ports import find_free_port

LONGEST_SECONDS = 120
_PAUSE_SECONDS = 0.005
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Start:
    """One start: seconds until the first answer, and CPU seconds used until then."""

    seconds: float
    cpu_seconds: float
    token: str


async def start_and_stop(folder: Path, *, token: str) -> Start:
    """Run `headwater up` until it has answered once; without a token, sign up and give the token."""
    port = find_free_port(18_300)
    environment = {**inherited_environment(), "HEADWATER_DATA": str(folder), "PORT": str(port), "LOG_LEVEL": "error"}
    began = monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "headwater.cli", "up", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await wait_for_port(port, process)
            url = f"http://127.0.0.1:{port}"
            if not token:
                token = await sign_up(url, load_or_make_keys(folder).publishable_key)
            await ask(url, token)
        return Start(monotonic() - began, read_cpu_seconds(process.pid), token)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


async def wait_for_port(port: int, process: asyncio.subprocess.Process) -> None:
    """Wait until somebody listens."""
    while not await is_listening(port):
        assert process.returncode is None, "headwater up ended"
        await asyncio.sleep(_PAUSE_SECONDS)


async def ask(url: str, token: str) -> None:
    """Ask who one is."""
    async with httpx2.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        answer = await client.get("/api/v1/auth/me", timeout=LONGEST_SECONDS)
        assert answer.status_code == httpx2.codes.OK, answer.text


async def sign_up(url: str, key: str) -> str:
    """Make a person and give their access token."""
    async with httpx2.AsyncClient(base_url=url, headers={"apikey": key}) as client:
        body = {"email": "bench@example.com", "password": "correct horse battery"}
        answer = await client.post("/auth/v1/signup", json=body, timeout=LONGEST_SECONDS)
        return str(answer.json()["access_token"])


def read_cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process and our own programs below it have used."""
    tree, used = {pid}, 0.0
    for number in sorted(int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        try:
            fields = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()
            command = Path(f"/proc/{number}/cmdline").read_bytes()
        except OSError:
            continue
        if number == pid or (int(fields[1]) in tree and b"serve\0gateway" in command):
            used += (int(fields[11]) + int(fields[12])) / _TICKS
    return used


async def start_bare(folder: Path) -> float:
    """Start Postgres alone, and return the seconds until it has taken a connection."""
    server = LocalPostgres(folder / "postgres", port=0)
    began = monotonic()
    await server.start()
    seconds = monotonic() - began
    await server.stop()
    return seconds


async def main(rounds: int) -> None:
    """Start both in turns."""
    configure_logging(level="error")
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as name:
        folder = Path(name) / "data"
        token = (await start_and_stop(folder, token="")).token
        ours, bare = [], []
        for _ in range(rounds):
            ours.append(await start_and_stop(folder, token=token))
            bare.append(await start_bare(folder))
    median = statistics.median(start.seconds for start in ours)
    line = {
        "bench": "start",
        "seconds": round(median, 2),
        "all_seconds": [round(start.seconds, 2) for start in ours],
        "cpu_seconds": round(statistics.median(start.cpu_seconds for start in ours), 2),
        "bare_postgres_seconds": round(statistics.median(bare), 3),
        "ratio": round(median / statistics.median(bare), 1),
        "load_average": os.getloadavg()[0],
    }
    print(json.dumps(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asyncio.run(main(parser.parse_args().rounds))
