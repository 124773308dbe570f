"""Brings the documentation's pictures up to date from those of the tests: `python -m tests.dashboard.pictures`."""

from __future__ import annotations

import shutil
import sys

from tests.dashboard.browsing import ARTIFACTS
from tests.dashboard.building import ROOT

CHOSEN = {
    "watch-alerts-tour-light.png": "dashboard-alerts.png",
    "watch-alert-tour-light.png": "dashboard-change.png",
    "home-tour-light.png": "dashboard-home.png",
    "watch-alert-pocket-dark.png": "dashboard-phone.png",
}
"""The test's picture, and how the documentation calls it."""


def main() -> int:
    """Copy them; gives 1 where the tests took none."""
    missing = [name for name in CHOSEN if not (ARTIFACTS / name).is_file()]
    if missing:
        sys.stderr.write(f"The browser tests took no {', '.join(missing)}.\n")
        return 1
    for taken, called in CHOSEN.items():
        shutil.copyfile(ARTIFACTS / taken, ROOT / "docs" / "pictures" / called)
    return 0


if __name__ == "__main__":
    sys.exit(main())
