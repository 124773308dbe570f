"""Settings: read once from the environment (and `.env`), checked at the start."""

from __future__ import annotations

from headwater.core.settings.reading import (
    ModuleSettings,
    SettingsError,
    WebAddress,
    inherited_environment,
    read_settings,
    read_web_address,
)
from headwater.core.settings.settings import QUEUES, Settings, load_settings

__all__ = [
    "QUEUES",
    "ModuleSettings",
    "Settings",
    "SettingsError",
    "WebAddress",
    "inherited_environment",
    "load_settings",
    "read_settings",
    "read_web_address",
]
