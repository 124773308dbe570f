"""The table of cases: what each caller may do to each table of `public`.

One entry a table. `insert` is the row that a caller tries to add to the shared workspace, `update` the change that it
tries on the seeded row; both speak of `{workspace}`, `{row}` (the seeded rows' id), `{new}` (a fresh id), `{user}` (the
caller, or the admin where the caller is nobody), `{admin}`, `{editor}` and `{bare}` (a user without a profile).
Who is not listed must be refused, or find nothing to act on.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.fixtures.workspaces import CALLERS

Callers = frozenset[str]


def _of(*names: str) -> Callers:
    assert set(names) <= set(CALLERS)
    return frozenset(names)


NOBODY = _of("service")
MEMBERS = _of("viewer", "editor", "admin", "owner", "key_read", "key_write", "key_admin", "service")
EDITORS = _of("editor", "admin", "owner", "key_write", "key_admin", "service")
ADMINS = _of("admin", "owner", "key_admin", "service")
JOB = _of("workspace_job")
JOBS_ONLY = NOBODY | JOB
PEOPLE = _of("viewer", "editor", "admin", "owner", "service")
THE_ADMIN = _of("admin", "key_read", "key_write", "key_admin", "service")
THE_ADMIN_WRITING = _of("admin", "key_write", "key_admin", "service")


@dataclass(frozen=True)
class Case:
    """Who may do what. `seeded` finds the seeded row; `column` is one that may be read of it."""

    select: Callers
    insert_by: Callers
    update_by: Callers
    delete_by: Callers
    insert: str
    update: str
    seeded: str = "id = '{row}'"
    column: str = "id"


CASES: dict[str, Case] = {
    "profiles": Case(
        select=MEMBERS | JOB,
        insert_by=NOBODY,
        update_by=_of("admin", "service"),
        delete_by=NOBODY,
        insert="(id) values ('{bare}')",
        update="full_name = 'Another'",
        seeded="id = '{admin}'",
    ),
    "workspaces": Case(
        select=MEMBERS | JOB,
        insert_by=NOBODY,
        update_by=ADMINS,
        delete_by=_of("owner", "service"),
        insert="(name) values ('Another')",
        update="name = 'Another'",
        seeded="id = '{workspace}'",
    ),
    "workspace_members": Case(
        select=MEMBERS | JOB,
        insert_by=NOBODY,
        update_by=ADMINS,
        delete_by=ADMINS | _of("editor"),
        insert="(workspace_id, user_id, role) values ('{workspace}', '{bare}', 'viewer')",
        update="role = 'viewer'",
        seeded="workspace_id = '{workspace}' and user_id = '{editor}'",
        column="user_id",
    ),
    "workspace_invitations": Case(
        select=ADMINS | JOB,
        insert_by=ADMINS,
        update_by=NOBODY,
        delete_by=ADMINS,
        insert="(workspace_id, email, role, token_hash, invited_by, expires_at)"
        " values ('{workspace}', 'new@example.com', 'viewer', 'new', '{user}', now())",
        update="role = 'viewer'",
    ),
    "api_keys": Case(
        select=ADMINS | THE_ADMIN,
        insert_by=PEOPLE,
        update_by=ADMINS,
        delete_by=NOBODY,
        insert="(workspace_id, created_by, name, prefix, key_hash, scopes)"
        " values ('{workspace}', '{user}', 'new', 'hw_live_new', 'new', array['read'])",
        update="name = 'Another'",
    ),
    "activity_log": Case(
        select=MEMBERS,
        insert_by=NOBODY,
        update_by=NOBODY,
        delete_by=NOBODY,
        insert="(workspace_id, actor_kind, action, subject_kind) values ('{workspace}', 'user', 'insert', 'forged')",
        update="action = 'forged'",
    ),
    "jobs": Case(
        select=MEMBERS | JOB,
        insert_by=NOBODY,
        update_by=NOBODY,
        delete_by=NOBODY,
        insert="(workspace_id, engine_id, kind, queue, state, max_attempts)"
        " values ('{workspace}', 2, 'forged', 'fetch', 'queued', 5)",
        update="state = 'succeeded'",
    ),
    "notification_preferences": Case(
        select=THE_ADMIN | JOB,
        insert_by=_of("viewer", "editor", "admin", "owner", "key_write", "key_admin") | JOBS_ONLY,
        update_by=THE_ADMIN_WRITING | JOB,
        delete_by=NOBODY,
        insert="(workspace_id, user_id) values ('{workspace}', '{user}')",
        update="mode = 'daily'",
        seeded="workspace_id = '{workspace}' and user_id = '{admin}'",
        column="mode",
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
        insert="(workspace_id, kind, source_id, title, severity, occurred_at)"
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
    ),
    "notification_deliveries": Case(
        select=THE_ADMIN | _of("owner") | JOB,
        insert_by=EDITORS | JOB,
        update_by=THE_ADMIN_WRITING | _of("owner") | JOB,
        delete_by=NOBODY,
        insert="(workspace_id, endpoint_id, channel, purpose, idempotency_key, status, due_at)"
        " values ('{workspace}', '{row}', 'webhook', 'ping', 'new', 'pending', now())",
        update="status = 'pending'",
    ),
    "notification_attempts": Case(
        select=THE_ADMIN | _of("owner") | JOB,
        insert_by=JOBS_ONLY,
        update_by=NOBODY,
        delete_by=NOBODY,
        insert="(workspace_id, delivery_id, number, outcome, at) values ('{workspace}', '{row}', 2, 'dead', now())",
        update="response = 'forged'",
    ),
    "user_queries": Case(
        select=MEMBERS | JOB,
        insert_by=EDITORS | JOB,
        update_by=EDITORS | JOB,
        delete_by=EDITORS | JOB,
        insert="(workspace_id, raw_query) values ('{workspace}', 'Another?')",
        update="raw_query = 'Another?'",
    ),
    "monitored_sources": Case(
        select=MEMBERS | JOB,
        insert_by=EDITORS | JOB,
        update_by=EDITORS | JOB,
        delete_by=EDITORS | JOB,
        insert="(workspace_id, url, normalised_url, host, name)"
        " values ('{workspace}', 'https://new.test/', 'https://new.test/', 'new.test', 'New')",
        update="name = 'Another'",
    ),
    "source_checks": Case(
        select=MEMBERS | JOB,
        insert_by=JOBS_ONLY,
        update_by=JOBS_ONLY,
        delete_by=JOBS_ONLY,
        insert="(workspace_id, monitored_source_id, outcome) values ('{workspace}', '{row}', 'unchanged')",
        update="reason = 'another'",
    ),
    "scraped_contents": Case(
        select=MEMBERS | JOB,
        insert_by=JOBS_ONLY,
        update_by=JOBS_ONLY,
        delete_by=JOBS_ONLY,
        insert="(workspace_id, monitored_source_id, content, content_hash, passages)"
        " values ('{workspace}', '{row}', 'New', 'new', '[]')",
        update="title = 'Another'",
    ),
    "content_embeddings": Case(
        select=MEMBERS | JOB,
        insert_by=JOBS_ONLY,
        update_by=JOBS_ONLY,
        delete_by=JOBS_ONLY,
        insert="(workspace_id, passage_hash, model_name, dimensions, embedding)"
        " values ('{workspace}', 'new', 'model', 3, '[1,2,3]')",
        update="embedding = '[3,2,1]'",
        seeded="workspace_id = '{workspace}' and passage_hash = 'seed'",
        column="model_name",
    ),
    "change_alerts": Case(
        select=MEMBERS | JOB,
        insert_by=JOBS_ONLY,
        update_by=EDITORS | JOB,
        delete_by=JOBS_ONLY,
        insert="(workspace_id, monitored_source_id, check_id, summary, severity, score)"
        " values ('{workspace}', '{row}', '{new}', 'New', 'low', 0.5)",
        update="acknowledged_at = now()",
    ),
    "alert_feeds": Case(
        select=THE_ADMIN,
        insert_by=_of("viewer", "editor", "admin", "owner", "key_write", "key_admin", "service"),
        update_by=THE_ADMIN_WRITING,
        delete_by=THE_ADMIN_WRITING,
        insert="(workspace_id, user_id, token_hash) values ('{workspace}', '{user}', 'new')",
        update="token_hash = 'another'",
    ),
}
