"""Every limit on how often one person may ask has a test on its far side."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
# What is limited, and the file that goes beyond the limit.
TESTED = {
    "invite": "tests/kit/workspaces/test_two_of_each.py",
    "discovery": "tests/products/watch/discovery/test_discovery_limit.py",
}


def find_limited() -> set[str]:
    """Return the name under which each call of `limit_calls` counts."""
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "limit_calls":
                (what,) = [word.value for word in node.keywords if word.arg == "what"]
                assert isinstance(what, ast.Constant), f"{path}: a limit is named by a plain text"
                found.add(str(what.value))
    return found


def test_every_limit_is_gone_beyond() -> None:
    assert find_limited() == set(TESTED), "name the test that goes beyond a new limit"
    for what, file in TESTED.items():
        assert "429" in (ROOT / file).read_text("utf-8"), what
