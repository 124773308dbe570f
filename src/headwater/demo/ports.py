"""Which ports the simulated systems take: the same at each start of one demo, so that what watches them finds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from headwater.core.errors import Conflict, Unavailable
from headwater.process.folders import write_private
from headwater.process.ports import is_free

FIRST_PORT = 8700
_RANGE = 60
_RANGES = 25


class PortPlan:
    """Gives each system its neighbouring ports: those it had before, else the next ones. All 0: any free ones."""

    def __init__(self, first: int = 0, *, recorded: Mapping[str, int] | None = None) -> None:
        """Take the first port that is given to nobody, and the first one of each system that has had some before."""
        self.next = first
        self.firsts = dict(recorded or {})

    def assign(self, name: str, count: int) -> tuple[int, ...]:
        """Return the ports of a system."""
        if name not in self.firsts:
            if not self.next:
                return (0,) * count
            self.firsts[name] = self.next
        ports = tuple(range(self.firsts[name], self.firsts[name] + count))
        self.next = max(self.next, ports[-1] + 1)
        return ports


def read_plan(file: Path) -> PortPlan:
    """Read the plan of an earlier start, or make one of the first free range.

    Raises:
        Conflict: the file is damaged.
        Unavailable: too many ports are taken for a new plan.
    """
    try:
        kept = json.loads(file.read_text("utf-8"))
        return PortPlan(int(kept["next"]), recorded={str(name): int(port) for name, port in kept["firsts"].items()})
    except FileNotFoundError:
        return PortPlan(_find_free_range())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Conflict(f"{file} can't be read.", hint="Delete the demo's folder for a new demo.") from error


def keep_plan(file: Path, plan: PortPlan) -> None:
    """Keep a plan for the next start."""
    write_private(file, json.dumps({"next": plan.next, "firsts": plan.firsts}))


def _find_free_range() -> int:
    for first in range(FIRST_PORT, FIRST_PORT + _RANGES * _RANGE, _RANGE):
        if all(is_free(port) for port in range(first, first + _RANGE)):
            return first
    raise Unavailable(f"No {_RANGE} neighbouring ports from {FIRST_PORT} on are free.", hint="Stop other demos first.")
