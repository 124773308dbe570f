"""How long it is kept who did what."""

from __future__ import annotations

from datetime import timedelta

from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.kit.jobs import Schedule
from headwater.kit.workspaces.settings import WorkspaceSettings

_BATCH = 10_000
_ACTIVITY = """
delete from public.activity_log
where id in (
    select id
    from public.activity_log
    where created_at < headwater.bound_by_clock(headwater.now()) - $1::interval
    limit $2
)
"""


async def delete_old_activity(resources: Resources) -> None:
    """Delete lines of the activity log that are older than the settings say, in batches."""
    age = timedelta(days=resources.get(WorkspaceSettings).keep_activity_days)
    while True:
        async with resources.get(Database).raw(Identity.service()) as connection:
            deleted = await connection.execute(_ACTIVITY, age, _BATCH)
        if deleted != f"DELETE {_BATCH}":
            return


schedules = (Schedule("workspaces.delete_old_activity", cron="43 3 * * *", run=delete_old_activity),)
