"""Who may do what to the tables of watch, and a row of each to try it on."""

from __future__ import annotations

from headwater.kit.policy_cases import (
    EDITORS,
    JOB,
    JOBS_ONLY,
    MEMBERS,
    THE_ADMIN,
    THE_ADMIN_WRITING,
    Case,
    PolicyCases,
    callers,
)

_SEED = """
insert into public.user_queries (id, workspace_id, raw_query)
values (%(row)s, %(workspace)s, 'What is new?');

insert into public.monitored_sources (id, workspace_id, url, normalised_url, host, name)
values (%(row)s, %(workspace)s, 'https://example.com/', 'https://example.com/', 'example.com', 'Seed');

insert into public.source_checks (id, workspace_id, monitored_source_id, outcome)
values (%(row)s, %(workspace)s, %(row)s, 'first');

insert into public.scraped_contents (id, workspace_id, monitored_source_id, content, content_hash, passages)
values (%(row)s, %(workspace)s, %(row)s, 'Seed', 'seed', '[]');

insert into public.content_embeddings (workspace_id, passage_hash, model_name, dimensions, embedding)
values (%(workspace)s, 'seed', 'model', 3, '[1,2,3]');

insert into public.change_alerts (id, workspace_id, monitored_source_id, check_id, summary, severity, score)
values (%(row)s, %(workspace)s, %(row)s, %(row)s, 'Seed', 'low', 0.5);

insert into public.alert_feeds (id, workspace_id, user_id, token_hash)
values (%(row)s, %(workspace)s, %(admin)s, 'seed');
"""

cases = PolicyCases(
    seed=_SEED,
    tables={
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
            insert_by=callers("viewer", "editor", "admin", "owner", "key_write", "key_admin", "service"),
            update_by=THE_ADMIN_WRITING,
            delete_by=THE_ADMIN_WRITING,
            insert="(workspace_id, user_id, token_hash) values ('{workspace}', '{user}', 'new')",
            update="token_hash = 'another'",
            is_personal=True,
        ),
    },
)
