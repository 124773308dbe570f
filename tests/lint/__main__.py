"""Run every rule of the house over the tree: `python -m tests.lint`. Exit code 1 with a line a finding."""

from __future__ import annotations

import sys

from tests.lint.findings import Finding, read_modules
from tests.lint.product_rules import check_products
from tests.lint.python_rules import check_module
from tests.lint.sql_rules import check_migrations


def find_all() -> list[Finding]:
    """Return everything that breaks a rule."""
    found = [finding for module in read_modules() for finding in check_module(module)]
    return sorted([*found, *check_products(), *check_migrations()])


if __name__ == "__main__":
    findings = find_all()
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.exit(1 if findings else 0)
