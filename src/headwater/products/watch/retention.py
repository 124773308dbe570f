"""How long what was seen is kept. Deleted in batches that hold no lock for long, in every workspace at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.products.watch.settings import WatchSettings

_BATCH = 10_000
# A vector is younger than the version that it is stored for, by as long as a check may take and more.
_NEW = timedelta(days=7)

_CHECKS = """
delete from public.source_checks
where id in (
    select id
    from public.source_checks
    where at < headwater.bound_by_clock(headwater.now()) - $1::interval
    limit $2
)
"""
_ALERTS = """
delete from public.change_alerts
where id in (
    select id
    from public.change_alerts
    where acknowledged_at is not null
        and created_at < headwater.bound_by_clock(headwater.now()) - $1::interval
    limit $2
)
"""
# The newest version is what the next check compares with, another one may be what was told last of what is withheld; an
# open alert leads to the two that it is about.
_UNNEEDED = """
content.created_at < headwater.bound_by_clock(headwater.now()) - $1::interval
    and not exists (
        select
        from public.monitored_sources as source
        where source.id = content.monitored_source_id
            and content.id::text in (source.current_content_id::text, source.volatility ->> 'told_in')
    )
    and not exists (
        select
        from public.change_alerts as alert
        where alert.monitored_source_id = content.monitored_source_id
            and alert.acknowledged_at is null
            and content.id in (alert.from_content_id, alert.to_content_id)
    )
"""
# A check may find that a page looks as it did long ago, and take that version up again. What is held nobody takes up,
# and what was taken up before is seen by the second statement: a statement by itself would judge by what it saw first.
_HOLD_VERSIONS = f"""
select content.id
from public.scraped_contents as content
where {_UNNEEDED}
limit $2
for update of content skip locked
"""  # noqa: S608 — made of constants
_VERSIONS = f"""
delete from public.scraped_contents as content
where content.id = any ($2)
    and {_UNNEEDED}
"""  # noqa: S608 — made of constants
_WITH_VECTORS = """
select distinct workspace_id
from public.content_embeddings
where created_at < headwater.bound_by_clock(headwater.now()) - $1::interval
"""
_VECTORS = """
with living as materialized (
    select distinct encode(sha256(convert_to(passage.text, 'UTF8')), 'hex') as hash
    from public.scraped_contents as content
    cross join string_to_table(content.content, e'\\n') as passage (text)
    where content.workspace_id = $3
)
delete from public.content_embeddings
where (workspace_id, passage_hash, model_name) in (
    select vector.workspace_id, vector.passage_hash, vector.model_name
    from public.content_embeddings as vector
    where vector.workspace_id = $3
        and vector.created_at < headwater.bound_by_clock(headwater.now()) - $1::interval
        and vector.passage_hash not in (select hash from living)
    limit $2
)
"""


async def delete_old_checks(resources: Resources) -> None:
    """Delete checks that are older than the settings say."""
    await _delete(resources, _CHECKS, timedelta(days=resources.get(WatchSettings).keep_checks_days))


async def delete_old_alerts(resources: Resources) -> None:
    """Delete alerts that were acknowledged long ago; open ones stay."""
    await _delete(resources, _ALERTS, timedelta(days=resources.get(WatchSettings).keep_alerts_days))


async def delete_old_versions(resources: Resources) -> None:
    """Delete old versions of pages that nothing needs any more, then the vectors of passages that no version has."""
    age = timedelta(days=resources.get(WatchSettings).keep_versions_days)
    held = _BATCH
    while held == _BATCH:
        async with resources.get(Database).raw(Identity.service()) as connection:
            version_ids = [row["id"] for row in await connection.fetch(_HOLD_VERSIONS, age, _BATCH)]
            await connection.execute(_VERSIONS, age, version_ids)
        held = len(version_ids)
    async with resources.get(Database).raw(Identity.service()) as connection:
        workspaces = [row["workspace_id"] for row in await connection.fetch(_WITH_VECTORS, _NEW)]
    for workspace_id in workspaces:
        await _delete(resources, _VECTORS, _NEW, workspace_id)


async def _delete(resources: Resources, statement: str, age: timedelta, *values: Any) -> None:
    while True:
        async with resources.get(Database).raw(Identity.service()) as connection:
            deleted = await connection.execute(statement, age, _BATCH, *values)
        if deleted != f"DELETE {_BATCH}":
            return
