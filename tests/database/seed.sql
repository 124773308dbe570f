-- One row of each table in the shared workspace. What is personal belongs to the admin, whose the API keys are.
-- Ids are filled in by rows.py.

insert into public.workspace_invitations (id, workspace_id, email, role, token_hash, invited_by, expires_at)
values (%(row)s, %(workspace)s, 'guest@example.com', 'viewer', 'seed', %(admin)s, now() + interval '1 day');

insert into public.api_keys (id, workspace_id, created_by, name, prefix, key_hash)
values (%(row)s, %(workspace)s, %(admin)s, 'seed', 'hw_live_seed', 'seed');

insert into public.activity_log (id, workspace_id, actor_kind, action, subject_kind)
values (%(row)s, %(workspace)s, 'system', 'insert', 'seed');

insert into public.jobs (id, workspace_id, engine_id, kind, queue, state, max_attempts)
values (%(row)s, %(workspace)s, 1, 'seed', 'fetch', 'queued', 5);

insert into public.notification_preferences (workspace_id, user_id)
values (%(workspace)s, %(admin)s);

insert into public.webhook_endpoints (id, workspace_id, created_by, url, secret_sealed)
values (%(row)s, %(workspace)s, %(admin)s, 'https://hooks.example.com', 'sealed');

insert into public.notification_events (id, workspace_id, kind, source_id, title, severity, occurred_at)
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
