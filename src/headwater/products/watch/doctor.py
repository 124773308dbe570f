"""What watch has to say for `headwater status` and `headwater doctor`."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg

from headwater.core.extras import is_installed
from headwater.core.settings import Settings
from headwater.kit.module import Finding

_COUNTS = """
select
    (select count(*) from public.monitored_sources where status = 'active') as active_sources,
    (select count(*) from public.monitored_sources where status = 'error') as failing_sources,
    (select count(*) from public.change_alerts where created_at > headwater.now() - interval '1 day') as alerts_today
"""


async def count_contents(connection: asyncpg.Connection) -> Mapping[str, int]:
    """Count sources and alerts in every workspace."""
    return dict(await connection.fetchrow(_COUNTS))


async def examine_browser(_: Settings) -> Finding:
    """Look for the program that runs the scripts of pages."""
    if not is_installed("playwright"):
        advice = "For pages that need scripts: pip install 'headwater[browser]', and a Chromium."
        return Finding("browser", "warning", "not installed: pages are read without running scripts", advice)
    return Finding("browser", "ok", "installed")
