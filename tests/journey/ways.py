"""The ways to run Headwater: what `headwater up` is told of Supabase, and nothing else differs."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from headwater.embedded.secrets import make_secrets as make_installation_secrets
from headwater.local.schemas import install_schemas
from tests.fixtures.plane import run_plane

_PREFIX = "JOURNEY_"


@dataclass(frozen=True)
class Way:
    """Settings of `headwater up`; the project's address and key, empty where Headwater brings them itself."""

    settings: dict[str, str]
    supabase_url: str = ""
    key: str = ""
    email: str = ""
    password: str = ""


@asynccontextmanager
async def stand_in_for_hosted(
    project: tuple[str, asyncpg.Connection], superuser_dsn: str, valkey_url: str, folder: Path
) -> AsyncIterator[Way]:
    """A project as Supabase hosts it, as far as one machine can be that: its services are another process at another
    address, and the owner of its database is no superuser.
    """
    owner_dsn, _ = project
    await install_schemas(superuser_dsn)
    async with run_plane(folder, dsn=superuser_dsn, valkey_url=valkey_url) as services:
        settings = {"SUPABASE_URL": services.url, "DATABASE_URL": owner_dsn, **make_secrets()}
        yield Way(settings, services.url, services.keys.publishable_key)


def make_secrets() -> dict[str, str]:
    """Make what Headwater keeps in its data folder where it brings its own Supabase, and is told where it doesn't."""
    made = make_installation_secrets()
    return {"ENCRYPTION_KEY": made.encryption_key, "SERVICE_SECRET": made.service_secret}


def read_given() -> Way:
    """Return the project that somebody named by JOURNEY_SUPABASE_URL and its like; skip the test where nobody did."""
    given = {name.removeprefix(_PREFIX): value for name, value in os.environ.items() if name.startswith(_PREFIX)}
    needed = ("SUPABASE_URL", "SUPABASE_ANON_KEY", "DATABASE_URL")
    if not all(given.get(name) for name in needed):
        pytest.skip(f"set {', '.join(_PREFIX + name for name in needed)} to try a project of yours")
    passed_on = {name: value for name, value in given.items() if name not in {"EMAIL", "PASSWORD"}}
    return Way(
        {**make_secrets(), **passed_on},
        given["SUPABASE_URL"],
        given["SUPABASE_ANON_KEY"],
        given.get("EMAIL", ""),
        given.get("PASSWORD", ""),
    )
