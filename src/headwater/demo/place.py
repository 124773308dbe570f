"""Where the demo keeps its data: beside the real installation's, and apart from it."""

from __future__ import annotations

from pathlib import Path

from headwater.core.settings import Settings, SettingsError

_SUFFIX = "-demo"
# With any of these the demo would write to, send by, or lead to something that is there for real.
_REAL = {
    "database_url": "DATABASE_URL",
    "postgres_host": "POSTGRES_HOST",
    "redis_url": "REDIS_URL",
    "redis_host": "REDIS_HOST",
    "supabase_url": "SUPABASE_URL",
    "public_url": "PUBLIC_URL",
    "dashboard_url": "DASHBOARD_URL",
    "sendgrid_api_key": "SENDGRID_API_KEY",
    "smtp_username": "SMTP_USERNAME",
}
#: What the demo's own processes go by, whatever is set.
SETTINGS = {
    "ENVIRONMENT": "development",
    "FETCH_HOST_INTERVAL_SECONDS": "0.2",
    "MAIL_AUTOCONFIRM": "true",
    "SIGNUPS_ENABLED": "true",
    "STORAGE_BACKEND": "file",
}


def choose_demo_folder(folder: Path) -> Path:
    """Return the demo's data folder: `.headwater-demo` beside `.headwater`; one that ends so already stays."""
    return folder if folder.name.endswith(_SUFFIX) else folder.with_name(f"{folder.name}{_SUFFIX}")


def place_demo(settings: Settings) -> Settings:
    """Return the settings with the demo's own data folder. Raises SettingsError: they are of something that is real."""
    for name, variable in _REAL.items():
        if getattr(settings, name):
            raise SettingsError(
                f"{variable}: must be unset for the demo, which starts servers of its own and touches no others"
            )
    return settings.model_copy(update={"data_folder": choose_demo_folder(settings.data_folder)})
