"""The pages of the dashboard, read from the addresses that its features declare in their `links.ts`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.dashboard.building import DASHBOARD

FEATURES = DASHBOARD / "src" / "features"
_SIGN_IN = DASHBOARD / "src" / "shell" / "sign-in" / "paths.ts"
_ADDRESS = re.compile(r"(\w+): address\(\s*'(/[^']*)'")
_PATH = re.compile(r"\w+: '(/[^']*)'")
_PARAMETER = re.compile(r"\$(\w+)")
_CAPITAL = re.compile(r"(?=[A-Z])")


@dataclass(frozen=True)
class PageAddress:
    """A page of the dashboard: `name` of the `feature`, at `path`, in which parameters begin with a `$`."""

    feature: str
    name: str
    path: str

    @property
    def label(self) -> str:
        """Return its name among all pages, which is also that of its pictures: `watch-alerts`."""
        name = _CAPITAL.sub("-", self.name).lower()
        return name if name == self.feature else f"{self.feature}-{name}"

    @property
    def parameters(self) -> frozenset[str]:
        """Return what has to be filled in."""
        return frozenset(_PARAMETER.findall(self.path))

    def fill(self, places: Mapping[str, str]) -> str:
        """Return the path with its parameters filled in. Raises KeyError: there is no such place."""
        return _PARAMETER.sub(lambda found: places[found[1]], self.path)


def list_pages() -> list[PageAddress]:
    """Return the pages of all features."""
    files = sorted(FEATURES.glob("*/links.ts"))
    return [
        PageAddress(file.parent.name, name, path)
        for file in files
        for name, path in _ADDRESS.findall(file.read_text("utf-8"))
    ]


def list_paths() -> list[str]:
    """Return the paths of all pages, those of signing in too."""
    return [*(page.path for page in list_pages()), *_PATH.findall(_SIGN_IN.read_text("utf-8"))]
