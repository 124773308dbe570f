"""`python -m headwater.demo --port 8700`: the simulated world as one process.

Prints one JSON line with every address once all of them answer, and runs until SIGINT or SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from headwater.core.errors import Conflict
from headwater.demo.systems import list_systems
from headwater.demo.systems.bench import PAGES, make_bench
from headwater.demo.world import run_world

DEFAULT_PORT = 8700


def main(arguments: list[str] | None = None) -> int:
    """Run the world. Returns 0 when it was asked to stop and 1 where a port is taken."""
    parser = argparse.ArgumentParser(prog="headwater.demo", description="Run the simulated outside world.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="the first port; 0 takes any free ones")
    parser.add_argument("--bench-pages", type=int, default=PAGES, help="how many pages /bench/<n> serves")
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(_run(port=chosen.port, bench_pages=chosen.bench_pages))
    except Conflict as error:
        sys.stderr.write(f"the simulated world cannot start: {error}\n")
        return 1
    return 0


async def _run(*, port: int, bench_pages: int) -> None:
    systems = {**list_systems(), "bench": make_bench(pages=bench_pages)}
    running = asyncio.ensure_future(run_world(tuple(systems.values()), port=port, report=_print_addresses))
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return


def _print_addresses(urls: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(urls) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
