"""Watch's story: pages of the simulated web are watched, have a past, and change one after another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from headwater.core.clock import now
from headwater.core.database.database import Identity, driver
from headwater.kit.demo import Event, Outcome, Stage, Story
from headwater.products.watch.demo.calls import check_now, find_summary
from headwater.products.watch.demo.history import PastSource, read_past, write_history
from headwater.products.watch.demo.pages import STEPS, WATCHED, Step, find_address
from headwater.products.watch.sources.schemas import NewSource
from headwater.products.watch.sources.sources import add_source, list_all

# The newest alerts are left for whoever looks.
_LEFT_OPEN = 4
_ACKNOWLEDGE = "/api/v1/alerts/{}/acknowledge"

# The simulated web is as on its first day again. What it said at the end of the last demo is no state to compare with.
_REWIND = """
update public.monitored_sources
set etag = null,
    last_modified = null,
    body_hash = null,
    current_content_id = null,
    volatility = '{}',
    check_ticket = null,
    checking_until = null,
    next_check_at = greatest(next_check_at, headwater.now() + interval '10 minutes'),
    error_count = 0,
    last_error = null,
    last_error_kind = null,
    status = case status when 'error' then 'active' else status end
where status <> 'deleted'
"""


async def rewind(connection: asyncpg.Connection) -> None:
    """Let every source begin afresh at its next check, and none be due at once."""
    await connection.execute(_REWIND)


async def begin(stage: Stage) -> Sequence[Event]:
    """Watch the pages, with a month of history at the first time; returns what happens to them."""
    sources, alerts = await _watch_pages(stage)
    for alert_id in alerts[:-_LEFT_OPEN]:
        await stage.client.request("POST", _ACKNOWLEDGE.format(alert_id))
    for watched in WATCHED:
        # From here on what comes is compared with the page as it is now.
        await check_now(stage.client, str(sources[watched.page]))
        stage.report(f"Watching {watched.name}")
    return [_make_event(stage, step, str(sources[step.watched])) for step in STEPS]


async def _watch_pages(stage: Stage) -> tuple[dict[str, UUID], list[UUID]]:
    """Watch every page; returns the sources' ids by page, and the alerts of the history that was written.

    Sources and their history come in one transaction, so that no worker looks in between and nothing is left half done.
    """
    urls, moment = await stage.world.find_urls(), now()
    addresses = {watched.page: find_address(watched.page, urls) for watched in WATCHED}
    async with stage.database.transaction(Identity.service()) as connection:
        known = await list_all(connection, workspace_id=stage.workspace_id)
    by_url = {source.url: source.id for source in known}
    sources = {page: by_url[url] for page, url in addresses.items() if url in by_url}
    missing = [watched for watched in WATCHED if watched.page not in sources]
    if not missing:
        return sources, []
    past = await read_past(stage.world, missing, now=moment)
    async with stage.database.transaction(Identity.service()) as connection:
        for watched in missing:
            new = NewSource(url=addresses[watched.page], name=watched.name, kind=watched.kind)
            added = await add_source(
                connection, new, url=new.url, workspace_id=stage.workspace_id, created_by=stage.user_id
            )
            sources[watched.page] = added.id
        alerts = await write_history(
            await driver(connection),
            [PastSource(sources[one.page], one, addresses[one.page], past[one.page]) for one in missing],
            workspace_id=stage.workspace_id,
            now=moment,
        )
    stage.report(f"A month of history was made up for {len(missing)} pages, with {len(alerts)} alerts")
    return sources, alerts


def _make_event(stage: Stage, step: Step, source_id: str) -> Event:
    async def happen() -> Outcome:
        await stage.world.call("web", step.act.action, **step.act.arguments)
        check = await check_now(stage.client, source_id)
        alerted = check.get("alert_id") is not None
        says = f"alert: {await find_summary(stage.client, check)}" if alerted else f"no alert ({check['outcome']})"
        return Outcome(says, is_right=alerted == step.alerts, notified=alerted)

    return Event(step.says, happen)


story = Story(systems=("web",), begin=begin, rewind=rewind)
