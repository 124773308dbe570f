"""The faults that once went unnoticed can still be made: code and tests that move take their lines along."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.mutants.mutant import find_text

ROOT = Path(__file__).parents[2]
SURVIVORS = [json.loads(line) for line in (Path(__file__).parent / "survivors.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("given", SURVIVORS, ids=lambda given: given["name"])
def test_fault_can_still_be_made_and_has_its_tests(given: dict[str, str]) -> None:
    source = (ROOT / given["path"]).read_bytes()
    fault = find_text(given["path"], source, before=given["before"], after=given["after"], rule=given["name"])
    assert fault.apply(source) != source
    assert given["tests"]
    assert all((ROOT / test).exists() for test in given["tests"])
