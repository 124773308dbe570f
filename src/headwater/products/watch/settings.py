"""The settings of watch."""

from __future__ import annotations

from pydantic import Field

from headwater.core.settings import ModuleSettings, WebAddress


class WatchSettings(ModuleSettings):
    """How long watch keeps what it saw, and where it discovers."""

    discovery_service_url: WebAddress | None = Field(
        None, description="Discovery as its own service; unset = in process."
    )
    keep_checks_days: int = Field(
        90, ge=1, le=3650, description="Days for which the outcome of each single check is kept."
    )
    keep_versions_days: int = Field(
        180,
        ge=1,
        le=3650,
        description="Days for which versions of pages are kept; the newest, and those of open alerts, are kept longer.",
    )
    keep_alerts_days: int = Field(
        730, ge=1, le=3650, description="Days for which acknowledged alerts are kept; open ones are kept longer."
    )
