"""The stand-in for Supabase beside the platform's API: with its mail, its limits, its fetcher and its API keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp

from headwater.core.answer_headers import list_answer_headers
from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.embedded.auth_emails import AuthEmailSender
from headwater.embedded.request_counter import PlatformCounter
from headwater.embedded.secrets import agree_on_secrets, load_or_make_secrets
from headwater.embedded.shared_limits import SharedLimiter
from headwater.embedded.verifiers import KeyVerifier, UserVerifier
from headwater.kit.controls import RateLimiter
from headwater.kit.fetch import Fetcher
from headwater.kit.http.keys import KEY_PREFIX
from headwater.kit.notify import NotifyTools
from headwater.kit.workspaces.request_limits import RequestLimits
from headwater.local.agreement import agree_on_keys
from headwater.local.keys import LocalKeys
from headwater.local.plane import Surroundings, make_rest_verifier, open_plane
from headwater.local.realtime import FrameWebSocketProtocol
from headwater.local.settings import PlaneSettings, load_plane_settings

WEBSOCKET_PROTOCOL = FrameWebSocketProtocol
"""What Realtime's connections are served with."""


async def agree_with_hosts(dsn: str, keys: LocalKeys, *, data_folder: Path) -> None:
    """Make sure that hosts which serve one database have the same keys and secrets; the first start settles which.

    Raises:
        KeysError: another host has others.
    """
    await agree_on_keys(dsn, keys)
    await agree_on_secrets(dsn, load_or_make_secrets(data_folder))


@asynccontextmanager
async def open_local_plane(
    api: ASGIApp, *, resources: Resources, keys: LocalKeys, plane_settings: PlaneSettings | None = None
) -> AsyncIterator[ASGIApp]:
    """Serve what a Supabase project serves beside `api`; `plane_settings` are read from the environment if not given.

    Raises:
        SettingsError: a setting of the stand-in, or the file that AUTH_CONFIG names, is wrong.
    """
    settings = resources.get(Settings)
    clock = resources.get(Clock)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    notify = resources.get(NotifyTools)
    tokens = resources.get(TokenVerifier)
    surroundings = Surroundings(
        api=api,
        mailer=AuthEmailSender(notify, clock=clock) if notify.mail_sender is not None else None,
        auth_limiter=SharedLimiter(resources.get(RateLimiter)),
        storage_verifier=tokens,
        realtime_verifier=UserVerifier(tokens),
        rest_verifier=KeyVerifier(resources.get(Database), make_rest_verifier(keys, clock=clock)),
        http_client=resources.get(Fetcher),
        counter=PlatformCounter(resources.get(RequestLimits)),
        workspace_keys=KEY_PREFIX,
        answer_headers=list_answer_headers(settings),
    )
    plane_settings = plane_settings or load_plane_settings(settings)
    async with open_plane(
        settings, plane_settings, dsn=resources.get(Database).dsn, keys=keys, clock=clock, surroundings=surroundings
    ) as plane:
        yield plane
