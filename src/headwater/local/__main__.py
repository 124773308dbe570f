"""`python -m headwater.local`: the stand-in for Supabase by itself, over the Postgres that DATABASE_URL names."""

from __future__ import annotations

import asyncio
import sys

import uvicorn

from headwater.core.clock import SystemClock
from headwater.core.database.dsn import normalise_dsn
from headwater.core.settings import Settings, SettingsError, load_settings
from headwater.core.telemetry import configure_logging
from headwater.local.agreement import agree_on_keys
from headwater.local.keys import KeysError, load_or_make_keys
from headwater.local.plane import open_plane
from headwater.local.realtime import FrameWebSocketProtocol
from headwater.local.schemas import install_schemas
from headwater.local.settings import load_plane_settings


async def serve_alone(settings: Settings) -> None:
    """Install what hosted Supabase provides in the database and serve the plane at HOST and PORT until it is told to
    stop.

    Raises:
        SettingsError: DATABASE_URL is unset, or a setting of the plane is wrong.
        KeysError: the keys of HEADWATER_DATA can't be used.
    """
    plane_settings = load_plane_settings(settings)
    if settings.resolved_database_url is None:
        raise SettingsError("DATABASE_URL: must name the Postgres to serve")
    dsn = normalise_dsn(settings.resolved_database_url)
    await install_schemas(dsn)
    keys = load_or_make_keys(settings.data_folder)
    await agree_on_keys(dsn, keys)
    async with open_plane(settings, plane_settings, dsn=dsn, keys=keys, clock=SystemClock()) as plane:
        configuration = uvicorn.Config(
            plane,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
            ws=FrameWebSocketProtocol,
            ws_max_size=4 * 1024 * 1024,
            lifespan="off",
        )
        await uvicorn.Server(configuration).serve()


def main() -> int:
    """Run it; 2 where a setting is wrong."""
    try:
        settings = load_settings()
        configure_logging(level=settings.log_level, form=settings.log_format)
        asyncio.run(serve_alone(settings))
    except (SettingsError, KeysError) as error:
        sys.stderr.write(f"headwater.local: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
