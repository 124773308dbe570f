"""How long it is kept who did what."""

from __future__ import annotations

from datetime import timedelta

from headwater.kit.retention import Keep
from headwater.kit.workspaces.settings import WorkspaceSettings
from headwater.kit.workspaces.tables import activity_log

activity = Keep(
    name="workspaces.delete_old_activity",
    about="Delete lines of the activity log that are older than the settings say, in batches.",
    cron="43 3 * * *",
    table=activity_log,
    age=lambda resources: timedelta(days=resources.get(WorkspaceSettings).keep_activity_days),
)
