"""Every moment that is stored, and how it gets over a clock that was wrong.

One entry a column; a new column must say what it is.

- `shown` is only told, sorted or counted by, so that a wrong one is wrong and nothing more.
- `kept` decides how long a row stays, which `headwater.bound_by_clock` bounds.
- `chosen` was given by somebody, or holds for a span that a leap lengthens or shortens once.
- `followed` is what the leader knows of the clock (tests/kit/jobs/workers/test_clock_watch.py).
- `waits` would stand still until time catches up, so `pull_back_<room>` pulls it back.
- `written` is when something that waits was written, by which it is known.
"""

from __future__ import annotations

MOMENTS: dict[str, dict[str, str]] = {
    # What was written ahead of the clock is known by `written_at`, a number of milliseconds.
    "controls.circuits": {"expires_at": "kept"},
    "controls.entries": {"expires_at": "kept"},
    "controls.leases": {"expires_at": "kept"},
    "controls.turns": {"expires_at": "kept"},
    "headwater.clock": {"seen_at": "followed", "held_at": "followed", "unsettled_since": "followed"},
    "headwater.schedules": {"ticked_at": "waits", "started_at": "waits", "finished_at": "waits"},
    "headwater.searched_models": {"searched_at": "shown", "indexed_at": "shown"},
    "procrastinate.procrastinate_jobs": {
        "created_at": "shown",
        "scheduled_at": "waits",
        "scheduled_from": "written",
        "started_at": "waits",
        "finished_at": "kept",
    },
    "procrastinate.procrastinate_workers": {"last_heartbeat": "waits"},
    "procrastinate.procrastinate_events": {"at": "shown"},
    "public.activity_log": {"created_at": "kept"},
    "public.alert_feeds": {"created_at": "shown"},
    "public.api_keys": {
        "created_at": "shown",
        "expires_at": "chosen",
        "last_used_at": "waits",
        "revoked_at": "shown",
    },
    "public.change_alerts": {"created_at": "kept", "acknowledged_at": "shown"},
    "public.content_embeddings": {"created_at": "kept"},
    "public.jobs": {"created_at": "shown", "started_at": "shown", "finished_at": "kept", "next_attempt_at": "waits"},
    "public.monitored_sources": {
        "created_at": "shown",
        "updated_at": "shown",
        "next_check_at": "waits",
        "next_check_set_at": "written",
        "last_checked_at": "waits",
        "last_changed_at": "waits",
        "checking_until": "waits",
    },
    "public.notification_attempts": {"at": "shown"},
    "public.notification_deliveries": {
        "created_at": "waits",
        "updated_at": "written",
        "due_at": "waits",
        "first_attempt_at": "waits",
        "sending_since": "waits",
        "sent_at": "shown",
    },
    "public.notification_events": {"occurred_at": "shown", "created_at": "kept"},
    "public.notification_preferences": {
        "email_verified_at": "shown",
        "unsubscribed_at": "shown",
        "created_at": "shown",
        "updated_at": "shown",
    },
    "public.notifications": {"occurred_at": "shown", "read_at": "shown", "created_at": "shown"},
    # The next visit writes both anew.
    "public.profiles": {
        "last_seen_at": "shown",
        "previous_visit_at": "shown",
        "created_at": "shown",
        "updated_at": "shown",
    },
    "public.scraped_contents": {"created_at": "kept"},
    "public.source_checks": {"at": "kept"},
    "public.user_queries": {"created_at": "shown", "updated_at": "shown"},
    "public.webhook_endpoints": {
        "created_at": "shown",
        "updated_at": "shown",
        "last_delivered_at": "waits",
        "previous_secret_expires_at": "waits",
    },
    "public.workspace_invitations": {
        "created_at": "shown",
        "expires_at": "chosen",
        "accepted_at": "shown",
        "mailed_at": "shown",
    },
    "public.workspace_members": {"created_at": "shown"},
    "public.workspaces": {"created_at": "shown", "updated_at": "shown"},
}
