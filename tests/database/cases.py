"""The table of cases of everything that registers: what each caller may do to each table of `public`."""

from __future__ import annotations

from headwater.catalogue import list_modules
from headwater.kit.module import load_place
from headwater.kit.policy_cases import NOBODY, Case, PolicyCases

_PARTS: list[PolicyCases] = [load_place(module.policy_cases) for module in list_modules() if module.policy_cases]
CASES: dict[str, Case] = {name: case for part in _PARTS for name, case in part.tables.items()}
SEED = "\n".join(part.seed for part in _PARTS)

__all__ = ["CASES", "NOBODY", "SEED"]
