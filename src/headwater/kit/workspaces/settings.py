"""The settings of workspaces."""

from __future__ import annotations

from pydantic import Field

from headwater.core.settings import ModuleSettings


class WorkspaceSettings(ModuleSettings):
    """How long it is kept who did what."""

    keep_activity_days: int = Field(
        730, ge=1, le=3650, description="Days for which it is kept who did what in a workspace."
    )
