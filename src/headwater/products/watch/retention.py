"""How long what was seen is kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.kit.retention import BATCH, Keep, delete_in_batches
from headwater.products.watch.settings import WatchSettings
from headwater.products.watch.tables import change_alerts, scraped_contents, source_checks

# A vector is younger than the version that it is stored for, by as long as a check may take and more.
_NEW = timedelta(days=7)
# The newest version is what the next check compares with, another one may hold what people were notified of last; an
# open alert leads to the two that it is about.
_UNNEEDED = """
not exists (
    select
    from public.monitored_sources as source
    where source.id = old.monitored_source_id
        and old.id::text in (source.current_content_id::text, source.volatility ->> 'told_in')
)
and not exists (
    select
    from public.change_alerts as alert
    where alert.monitored_source_id = old.monitored_source_id
        and alert.acknowledged_at is null
        and old.id in (alert.from_content_id, alert.to_content_id)
)
"""
_WITH_VECTORS = """
select distinct workspace_id
from public.content_embeddings
where created_at < headwater.bound_by_clock(headwater.now()) - $1::interval
"""
_VECTORS = text(
    """
with living as materialized (
    select distinct encode(sha256(convert_to(passage.text, 'UTF8')), 'hex') as hash
    from public.scraped_contents as content
    cross join string_to_table(content.content, e'\\n') as passage (text)
    where content.workspace_id = :workspace_id
)
delete from public.content_embeddings
where (workspace_id, passage_hash, model_name) in (
    select vector.workspace_id, vector.passage_hash, vector.model_name
    from public.content_embeddings as vector
    where vector.workspace_id = :workspace_id
        and vector.created_at < headwater.bound_by_clock(headwater.now()) - cast(:age as interval)
        and vector.passage_hash not in (select hash from living)
    limit :batch
)
"""
)


async def delete_vectors(resources: Resources) -> None:
    """Delete the vectors of passages that no version has."""
    async with resources.get(Database).raw(Identity.service()) as connection:
        workspaces = [row["workspace_id"] for row in await connection.fetch(_WITH_VECTORS, _NEW)]
    for workspace_id in workspaces:
        statement = _VECTORS.bindparams(workspace_id=workspace_id, age=_NEW, batch=BATCH)
        await delete_in_batches(resources, statement, batch=BATCH)


checks = Keep(
    name="watch.delete_old_checks",
    about="Delete checks that are older than the settings say.",
    cron="17 3 * * *",
    table=source_checks,
    moment="at",
    age=lambda resources: timedelta(days=resources.get(WatchSettings).keep_checks_days),
)
alerts = Keep(
    name="watch.delete_old_alerts",
    about="Delete alerts that were acknowledged long ago; open ones stay.",
    cron="27 3 * * *",
    table=change_alerts,
    where="old.acknowledged_at is not null",
    age=lambda resources: timedelta(days=resources.get(WatchSettings).keep_alerts_days),
)
versions = Keep(
    name="watch.delete_old_versions",
    about="Delete old versions of pages that nothing needs any more, then the vectors of passages that no version has.",
    cron="37 3 * * *",
    table=scraped_contents,
    where=_UNNEEDED,
    # A check may find that a page looks as it did long ago, and take that version up again.
    is_taken_up=True,
    age=lambda resources: timedelta(days=resources.get(WatchSettings).keep_versions_days),
    then=delete_vectors,
)
keeps = (checks, alerts, versions)
