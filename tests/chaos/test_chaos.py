"""A short run of chaos: every kind of process is killed once under load, and each change is told once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.chaos.ledger import Ledger
from tests.chaos.loop import Plan
from tests.chaos.run import run_chaos

if sys.platform != "linux":
    pytest.skip("processes are counted by /proc", allow_module_level=True)


@pytest.mark.timeout(420)
async def test_every_change_is_told_once_whatever_is_killed(tmp_path: Path) -> None:
    plan = Plan(seconds=45, pages=15, fault_every=4, patience=90, seed=7)
    outcome = await run_chaos(plan, tmp_path)
    log = (tmp_path / "home" / "up.log").read_text()[-4000:]
    assert outcome.reckoning.never == (), (outcome, log)
    assert outcome.reckoning.twice == (), (outcome, log)
    assert outcome.rest.at_rest, (outcome, log)
    assert (outcome.bad_signatures, outcome.webhooks_twice_with_other_body) == (0, 0)
    # Every alert reached the receiver, or stands where people see that it didn't.
    missing = outcome.reckoning.once - outcome.webhooks_taken
    assert missing <= outcome.deliveries.get("webhook dead", 0), outcome
    # A page changes again when its last alert has arrived, so two channels never have more than that to do.
    assert 0 < outcome.max_open_deliveries <= 2 * plan.pages
    assert outcome.reckoning.changes > plan.pages
    assert sum(number for fault, number in outcome.faults.items() if fault.startswith("kill")) >= 3, outcome.faults


def test_the_ledger_finds_what_is_lost_and_what_is_doubled() -> None:
    ledger = Ledger()
    ledger.shown["page"] += ["$1", "$2", "$3", "$4"]
    ledger.told["page"] += ["$1", "$3", "$3", "$4"]
    ledger.shown["silent"] += ["$5"]
    found = ledger.reckon()
    assert (found.changes, found.once) == (5, 3)
    assert (found.never, found.twice) == (("page: $2", "silent: $5"), ("page: $3",))
