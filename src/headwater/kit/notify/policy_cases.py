"""Who may do what to the tables of notifications, and a row of each to try it on."""

from __future__ import annotations

from headwater.kit.policy_cases import (
    EDITORS,
    JOB,
    JOBS_ONLY,
    MEMBERS,
    NOBODY,
    THE_ADMIN,
    THE_ADMIN_WRITING,
    Case,
    PolicyCases,
    callers,
)

_SEED = """
insert into public.notification_preferences (workspace_id, user_id)
values (%(workspace)s, %(admin)s);

insert into public.webhook_endpoints (id, workspace_id, created_by, url, secret_sealed)
values (%(row)s, %(workspace)s, %(admin)s, 'https://hooks.example.com', 'sealed');

insert into public.notification_events (id, workspace_id, kind, subject_id, title, severity, occurred_at)
values (%(row)s, %(workspace)s, 'seed', %(row)s, 'Seed', 'low', now());

insert into public.notifications (
    id, workspace_id, user_id, event_id, kind, title, summary, severity, occurred_at
)
values (%(row)s, %(workspace)s, %(admin)s, %(row)s, 'seed', 'Seed', '', 'low', now());

insert into public.notification_deliveries (
    id, workspace_id, event_id, user_id, channel, idempotency_key, status, due_at
)
values (%(row)s, %(workspace)s, %(row)s, %(admin)s, 'email', 'seed', 'dead', now());

insert into public.notification_attempts (id, workspace_id, delivery_id, number, outcome, at)
values (%(row)s, %(workspace)s, %(row)s, 1, 'dead', now());
"""

cases = PolicyCases(
    seed=_SEED,
    tables={
        "notification_preferences": Case(
            select=THE_ADMIN | JOB,
            insert_by=callers("viewer", "editor", "admin", "owner", "key_write", "key_admin") | JOBS_ONLY,
            update_by=THE_ADMIN_WRITING | JOB,
            delete_by=NOBODY,
            insert="(workspace_id, user_id) values ('{workspace}', '{user}')",
            update="mode = 'daily'",
            seeded="workspace_id = '{workspace}' and user_id = '{admin}'",
            column="mode",
            is_personal=True,
        ),
        "webhook_endpoints": Case(
            select=MEMBERS | JOB,
            insert_by=EDITORS,
            update_by=EDITORS | JOB,
            delete_by=EDITORS,
            insert="(workspace_id, created_by, url, secret_sealed)"
            " values ('{workspace}', '{user}', 'https://new.example.com', 'sealed')",
            update="description = 'Another'",
        ),
        "notification_events": Case(
            select=MEMBERS | JOB,
            insert_by=JOBS_ONLY,
            update_by=NOBODY,
            delete_by=NOBODY,
            insert="(workspace_id, kind, subject_id, title, severity, occurred_at)"
            " values ('{workspace}', 'new', '{new}', 'New', 'low', now())",
            update="title = 'forged'",
        ),
        "notifications": Case(
            select=THE_ADMIN | JOB,
            insert_by=JOBS_ONLY,
            update_by=THE_ADMIN_WRITING,
            delete_by=THE_ADMIN_WRITING,
            insert="(workspace_id, user_id, event_id, kind, title, summary, severity, occurred_at)"
            " values ('{workspace}', '{user}', '{row}', 'new', 'New', '', 'low', now())",
            update="read_at = now()",
            is_personal=True,
        ),
        "notification_deliveries": Case(
            select=THE_ADMIN | callers("owner") | JOB,
            insert_by=EDITORS | JOB,
            update_by=THE_ADMIN_WRITING | callers("owner") | JOB,
            delete_by=NOBODY,
            insert="(workspace_id, endpoint_id, channel, purpose, idempotency_key, status, due_at)"
            " values ('{workspace}', '{row}', 'webhook', 'ping', 'new', 'pending', now())",
            update="status = 'pending'",
        ),
        "notification_attempts": Case(
            select=THE_ADMIN | callers("owner") | JOB,
            insert_by=JOBS_ONLY,
            update_by=NOBODY,
            delete_by=NOBODY,
            insert="(workspace_id, delivery_id, number, outcome, at) values ('{workspace}', '{row}', 2, 'dead', now())",
            update="response = 'forged'",
        ),
    },
)
