"""Random kills, stops and faults of an installation under load for minutes, judged by a ledger. One JSON line.

A page changes again when what was said of its last change has arrived; every change must be told once, none twice, none
never, and at the end nothing is left to do. By hand:
`python -m bench.chaos --minutes 30`. Everything runs on loopback, and only processes that it started are ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.chaos.loop import Plan
from tests.chaos.run import Outcome, run_chaos


def main() -> int:
    """Run it as asked on the command line; return 1 where something was lost, doubled or left undone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--fault-every", type=float, default=12.0, help="seconds between faults, on average")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    plan = Plan(
        seconds=given.minutes * 60, pages=given.pages, fault_every=given.fault_every, patience=180.0, seed=given.seed
    )
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        outcome = asyncio.run(run_chaos(plan, Path(folder)))
    print(json.dumps({"bench": "chaos", **asdict(plan), **asdict(outcome)}))
    return 0 if is_well(outcome) else 1


def is_well(outcome: Outcome) -> bool:
    """Say whether every change was told once and all came to rest."""
    return not outcome.reckoning.never and not outcome.reckoning.twice and outcome.rest.at_rest


if __name__ == "__main__":
    sys.exit(main())
