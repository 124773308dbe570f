"""`headwater up` with a simulated web and mail server outside: what the browser tests look at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from headwater.demo import DemoMail, DemoWeb, open_mail, open_web
from tests.app.relay import Relay, open_relay
from tests.cli.installation import Installation
from tests.dashboard.building import require_dashboard
from tests.dashboard.static_site import StaticSite, open_static_site

PATIENCE_SECONDS = 60.0
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Stack:
    """Where the dashboard is, and what is outside."""

    url: str
    apart: StaticSite
    web: DemoWeb
    mail: DemoMail
    installation: Installation

    async def read_link(self, recipient: str, *, holding: str) -> str:
        """Wait for an e-mail to `recipient` with a link that holds `holding`, and return the newest."""
        count = 1
        while True:
            messages = await self.mail.wait_for(count, timeout=PATIENCE_SECONDS, to=recipient)
            for message in reversed(messages):
                found = [link for link in _LINK.findall(message.text) if holding in link]
                if found:
                    return found[0]
            count = len(messages) + 1


@asynccontextmanager
async def open_stack(folder: Path) -> AsyncIterator[Stack]:
    """Start everything in `folder`, and stop it at the end. Skips the tests where the dashboard can't be built."""
    await asyncio.to_thread(require_dashboard)
    async with open_web() as web, open_mail() as mail, open_static_site(folder / "apart") as apart:
        settings = {
            "ALLOWED_ORIGINS": apart.url,
            "FETCH_ALLOWED_HOSTS": "127.0.0.1",
            "FETCH_HOST_INTERVAL_SECONDS": "0.1",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(mail.smtp_port),
            "SMTP_SECURITY": "none",
        }
        installation = Installation(folder / "home" / "data", settings)
        async with installation.up() as running:
            yield Stack(running.url, apart, web, mail, installation)


@asynccontextmanager
async def open_detour(url: str) -> AsyncIterator[tuple[str, Relay]]:
    """Yield another address of the same dashboard, and the relay behind it, which can be closed and opened."""
    async with open_relay(url) as relay:
        yield f"http://127.0.0.1:{urlsplit(relay.dsn).port}", relay
