"""What notifications have to say for `headwater status` and `headwater doctor`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import asyncpg

from headwater.core.settings import Settings
from headwater.kit.module import Finding

_DEAD = "select count(*) from public.notification_deliveries where status in ('dead', 'uncertain')"


async def count_contents(connection: asyncpg.Connection) -> Mapping[str, int]:
    """Count what was given up in every workspace."""
    return {"dead_letters": await connection.fetchval(_DEAD)}


async def examine_mail(settings: Settings) -> Finding:
    """Look whether the mail server listens. Raises OSError: it can't be reached."""
    if settings.sendgrid_api_key:
        return Finding("mail", "ok", "SendGrid")
    if settings.smtp_host is None and settings.mail_to_console:
        return Finding("mail", "ok", "printed where the worker runs")
    if settings.smtp_host is None:
        return Finding("mail", "warning", "not set up, no e-mail is sent", "Set SMTP_HOST or SENDGRID_API_KEY.")
    _, writer = await asyncio.open_connection(settings.smtp_host, settings.smtp_port)
    writer.close()
    return Finding("mail", "ok", f"{settings.smtp_host}:{settings.smtp_port} answers")
