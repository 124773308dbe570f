-- watch: what people want to know, the pages watched for it, what was seen there, and what changed.

create table if not exists public.user_queries (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    created_by uuid references auth.users (id) on delete set null,
    raw_query text not null check (char_length(raw_query) between 1 and 500),
    refined_query text,
    status text not null default 'pending' check (status in ('pending', 'discovered', 'failed')),
    config_hints_json jsonb not null default '{}' check (jsonb_typeof(config_hints_json) = 'object'),
    suggestions jsonb not null default '[]' check (jsonb_typeof(suggestions) = 'array'),
    error text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (workspace_id, id)
);

create index if not exists user_queries_created_by_idx
    on public.user_queries (created_by);

comment on table public.user_queries is
    'What somebody wants to know about, in plain words, and the sources that were found for it.';

create table if not exists public.monitored_sources (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    user_query_id uuid,
    created_by uuid references auth.users (id) on delete set null,
    url text not null check (char_length(url) <= 4096),
    normalised_url text not null,
    host text not null,
    kind text not null default 'website' check (kind in ('website', 'rss', 'sitemap')),
    name text not null check (char_length(name) between 1 and 200),
    status text not null default 'active' check (status in ('active', 'paused', 'error', 'deleted')),
    config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
    check_interval integer not null default 3600 check (check_interval between 60 and 2592000),
    next_check_at timestamptz not null default now(),
    last_checked_at timestamptz,
    last_changed_at timestamptz,
    last_error text,
    last_error_kind text,
    error_count integer not null default 0,
    etag text,
    last_modified text,
    body_hash text,
    current_content_id uuid,
    volatility jsonb not null default '{}' check (jsonb_typeof(volatility) = 'object'),
    check_ticket uuid,
    checking_until timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- A source may be for a query of its own workspace alone.
    foreign key (workspace_id, user_query_id)
        references public.user_queries (workspace_id, id)
        on delete set null (user_query_id)
);

create unique index if not exists monitored_sources_url_idx
    on public.monitored_sources (workspace_id, normalised_url)
    where status <> 'deleted';

create index if not exists monitored_sources_due_idx
    on public.monitored_sources (next_check_at)
    where status = 'active';

create index if not exists monitored_sources_workspace_id_idx
    on public.monitored_sources (workspace_id, user_query_id);

create index if not exists monitored_sources_created_by_idx
    on public.monitored_sources (created_by);

comment on table public.monitored_sources is
    'A watched page or feed. check_ticket names the one check that may write its outcome.';

create table if not exists public.source_checks (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    monitored_source_id uuid not null references public.monitored_sources (id) on delete cascade,
    at timestamptz not null default now(),
    outcome text not null check (
        outcome in ('first', 'unchanged', 'noise', 'below_threshold', 'changed', 'unusable', 'error')
    ),
    reason text,
    http_status integer,
    bytes bigint,
    ms integer,
    change_score real
);

create index if not exists source_checks_source_idx
    on public.source_checks (monitored_source_id, id desc);

create index if not exists source_checks_workspace_idx
    on public.source_checks (workspace_id, at desc);

create index if not exists source_checks_at_idx
    on public.source_checks using brin (at);

comment on table public.source_checks is
    'Time series of checks, kept for KEEP_CHECKS_DAYS. Milliseconds and bytes as measured at the fetch.';

create table if not exists public.scraped_contents (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    monitored_source_id uuid not null references public.monitored_sources (id) on delete cascade,
    title text not null default '',
    content text not null,
    content_hash text not null,
    passages jsonb not null,
    created_at timestamptz not null default now()
);

create unique index if not exists scraped_contents_version_idx
    on public.scraped_contents (monitored_source_id, content_hash);

create index if not exists scraped_contents_workspace_id_idx
    on public.scraped_contents (workspace_id);

create index if not exists scraped_contents_created_at_idx
    on public.scraped_contents using brin (created_at);

comment on table public.scraped_contents is
    'One row a distinct version of a page. passages lists where each passage stands in content, with its hash.';

create table if not exists public.content_embeddings (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    passage_hash text not null,
    model_name text not null,
    dimensions integer not null,
    embedding extensions.halfvec not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, passage_hash, model_name),
    constraint content_embeddings_dimensions_check check (dimensions = extensions.vector_dims(embedding))
);

comment on table public.content_embeddings is
    'One vector a passage text and model, however many versions and sources carry the passage.';

create index if not exists content_embeddings_384_idx
    on public.content_embeddings
    using hnsw ((embedding::extensions.halfvec(384)) extensions.halfvec_cosine_ops)
    where dimensions = 384;

create index if not exists content_embeddings_1536_idx
    on public.content_embeddings
    using hnsw ((embedding::extensions.halfvec(1536)) extensions.halfvec_cosine_ops)
    where dimensions = 1536;

create table if not exists public.change_alerts (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    monitored_source_id uuid not null references public.monitored_sources (id) on delete cascade,
    check_id uuid not null unique,
    from_content_id uuid,
    to_content_id uuid,
    summary text not null,
    details jsonb not null default '{}',
    severity text not null check (severity in ('low', 'medium', 'high')),
    score real not null check (score between 0 and 1),
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    created_at timestamptz not null default now()
);

create index if not exists change_alerts_workspace_idx
    on public.change_alerts (workspace_id, id desc);

create index if not exists change_alerts_source_idx
    on public.change_alerts (monitored_source_id, id desc);

create index if not exists change_alerts_created_at_idx
    on public.change_alerts using brin (created_at);

comment on table public.change_alerts is
    'A change that matters. One check makes at most one: check_id is unique.';

create table if not exists public.alert_feeds (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    user_id uuid not null references auth.users (id) on delete cascade,
    token_hash text not null unique,
    created_at timestamptz not null default now(),
    unique (workspace_id, user_id)
);

create index if not exists alert_feeds_user_id_idx
    on public.alert_feeds (user_id);

comment on table public.alert_feeds is
    'Private tokens of the RSS feeds of one''s alerts. Only the hash is kept.';

create or replace function headwater.find_alert_feed(hash text)
returns table (workspace_id uuid, user_id uuid)
language sql
stable
security definer
set search_path = ''
as $$
    select feed.workspace_id, feed.user_id
    from public.alert_feeds as feed
    join public.workspace_members as member
        on member.workspace_id = feed.workspace_id and member.user_id = feed.user_id
    where feed.token_hash = hash
$$;

comment on function headwater.find_alert_feed(text) is
    'Whose feed a token opens, while they are still a member. Only the platform asks.';

revoke execute on function headwater.find_alert_feed(text) from public;
grant execute on function headwater.find_alert_feed(text) to service_role;

drop trigger if exists touch_updated_at on public.user_queries;

create trigger touch_updated_at
    before update on public.user_queries
    for each row
    execute function headwater.touch_updated_at();

drop trigger if exists log_activity on public.user_queries;

create trigger log_activity
    after insert or delete on public.user_queries
    for each row
    execute function headwater.log_activity();

drop trigger if exists touch_updated_at on public.monitored_sources;

create trigger touch_updated_at
    before update of url, kind, name, status, config, check_interval on public.monitored_sources
    for each row
    execute function headwater.touch_updated_at();

drop trigger if exists log_activity on public.monitored_sources;

create trigger log_activity
    after insert or delete or update of url, kind, name, status, config, check_interval on public.monitored_sources
    for each row
    execute function headwater.log_activity();

-- PT409 is what PostgREST makes a 409 of; the API does the same.
create or replace function headwater.bound_sources()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if exists (
        select
        from public.monitored_sources as source
        where source.workspace_id in (select added.workspace_id from added)
            and source.status <> 'deleted'
        group by source.workspace_id
        having count(*) > 10000
    ) then
        raise exception 'A workspace watches at most 10000 sources.'
            using errcode = 'PT409', constraint = 'monitored_sources_of_one_workspace',
                hint = 'Delete sources that nobody needs, or make another workspace.';
    end if;
    return null;
end
$$;

comment on function headwater.bound_sources() is
    'Trigger: a workspace has at most 10,000 sources that are not deleted. Counted once a statement.';

revoke execute on function headwater.bound_sources() from public;

drop trigger if exists bound_sources on public.monitored_sources;

create trigger bound_sources
    after insert on public.monitored_sources
    referencing new table as added
    for each statement
    execute function headwater.bound_sources();

-- Members set these to nothing, which makes the next check begin afresh; what stands in them the checks alone know.
create or replace function headwater.keep_findings()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if current_user = 'authenticated' and (
        (new.etag is distinct from old.etag and new.etag is not null)
        or (new.last_modified is distinct from old.last_modified and new.last_modified is not null)
        or (new.body_hash is distinct from old.body_hash and new.body_hash is not null)
        or (new.current_content_id is distinct from old.current_content_id and new.current_content_id is not null)
        or (new.volatility is distinct from old.volatility and new.volatility <> '{}')
    ) then
        raise exception 'what checks found is not for members to write'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

comment on function headwater.keep_findings() is
    'Trigger: members may have a source forget what checks found, and write nothing of their own there.';

revoke execute on function headwater.keep_findings() from public;

drop trigger if exists keep_findings on public.monitored_sources;

create trigger keep_findings
    before update of etag, last_modified, body_hash, current_content_id, volatility on public.monitored_sources
    for each row
    execute function headwater.keep_findings();

-- Who acknowledged an alert, and when, is for nobody to claim: neither through the API nor past it.
create or replace function headwater.sign_acknowledgement()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if current_user <> 'authenticated' then
        return new;
    end if;
    if new.acknowledged_at is null then
        new.acknowledged_by := null;
    elsif old.acknowledged_at is null then
        new.acknowledged_at := headwater.now();
        new.acknowledged_by := auth.uid();
    else
        new.acknowledged_at := old.acknowledged_at;
        new.acknowledged_by := old.acknowledged_by;
    end if;
    return new;
end
$$;

comment on function headwater.sign_acknowledgement() is
    'Trigger: an alert is acknowledged in one''s own name and at this moment; the first acknowledgement stands.';

revoke execute on function headwater.sign_acknowledgement() from public;

drop trigger if exists sign_acknowledgement on public.change_alerts;

create trigger sign_acknowledgement
    before update of acknowledged_at, acknowledged_by on public.change_alerts
    for each row
    execute function headwater.sign_acknowledgement();

drop trigger if exists log_activity on public.change_alerts;

create trigger log_activity
    after update of acknowledged_at on public.change_alerts
    for each row
    execute function headwater.log_activity();

alter table public.user_queries enable row level security;
alter table public.user_queries force row level security;
alter table public.monitored_sources enable row level security;
alter table public.monitored_sources force row level security;
alter table public.source_checks enable row level security;
alter table public.source_checks force row level security;
alter table public.scraped_contents enable row level security;
alter table public.scraped_contents force row level security;
alter table public.content_embeddings enable row level security;
alter table public.content_embeddings force row level security;
alter table public.change_alerts enable row level security;
alter table public.change_alerts force row level security;
alter table public.alert_feeds enable row level security;
alter table public.alert_feeds force row level security;

revoke all on public.user_queries, public.monitored_sources, public.source_checks, public.scraped_contents,
    public.content_embeddings, public.change_alerts, public.alert_feeds from anon, authenticated, workspace_job;

-- What a row belongs to, nobody changes; what discovery and checks find out, a new row doesn't bring along.
grant select, delete on public.user_queries, public.monitored_sources to authenticated;
grant insert (id, workspace_id, created_by, raw_query, config_hints_json) on public.user_queries to authenticated;
grant insert (
    id, workspace_id, user_query_id, created_by, url, normalised_url, host, kind, name, status, config, check_interval,
    next_check_at
) on public.monitored_sources to authenticated;
grant update (raw_query, refined_query, status, config_hints_json, suggestions, error) on public.user_queries to authenticated;
grant update (
    user_query_id, url, normalised_url, host, kind, name, status, config, check_interval, next_check_at,
    last_checked_at, last_changed_at, last_error, last_error_kind, error_count, etag, last_modified, body_hash,
    current_content_id, volatility, check_ticket, checking_until
) on public.monitored_sources to authenticated;
grant select on public.source_checks, public.scraped_contents, public.content_embeddings, public.change_alerts
    to authenticated;
grant update (acknowledged_at, acknowledged_by) on public.change_alerts to authenticated;
grant select, insert, update (token_hash), delete on public.alert_feeds to authenticated;
grant select, insert, update, delete on public.user_queries, public.monitored_sources, public.source_checks,
    public.scraped_contents, public.content_embeddings, public.change_alerts to workspace_job;
grant select, insert, update, delete on public.user_queries, public.monitored_sources, public.source_checks,
    public.scraped_contents, public.content_embeddings, public.change_alerts, public.alert_feeds to service_role;

drop policy if exists members_read on public.user_queries;

create policy members_read on public.user_queries
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.user_queries is
    'Members read what is their workspace''s.';

drop policy if exists members_read on public.monitored_sources;

create policy members_read on public.monitored_sources
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.monitored_sources is
    'Members read what is their workspace''s.';

drop policy if exists members_read on public.source_checks;

create policy members_read on public.source_checks
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.source_checks is
    'Members read what is their workspace''s.';

drop policy if exists members_read on public.scraped_contents;

create policy members_read on public.scraped_contents
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.scraped_contents is
    'Members read what is their workspace''s.';

drop policy if exists members_read on public.content_embeddings;

create policy members_read on public.content_embeddings
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.content_embeddings is
    'Members read what is their workspace''s.';

drop policy if exists members_read on public.change_alerts;

create policy members_read on public.change_alerts
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.change_alerts is
    'Members read what is their workspace''s.';

drop policy if exists editors_insert on public.user_queries;

create policy editors_insert on public.user_queries
    for insert
    to authenticated
    with check (
        workspace_id in (select headwater.workspaces_with_role('editor'))
        and (created_by is null or created_by = (select auth.uid()))
    );

comment on policy editors_insert on public.user_queries is
    'Editors add to their workspace, in nobody else''s name.';

drop policy if exists editors_update on public.user_queries;

create policy editors_update on public.user_queries
    for update
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('editor')))
    with check (workspace_id in (select headwater.workspaces_with_role('editor')));

comment on policy editors_update on public.user_queries is
    'Editors change what is their workspace''s.';

drop policy if exists editors_delete on public.user_queries;

create policy editors_delete on public.user_queries
    for delete
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('editor')));

comment on policy editors_delete on public.user_queries is
    'Editors delete what is their workspace''s.';

drop policy if exists editors_insert on public.monitored_sources;

create policy editors_insert on public.monitored_sources
    for insert
    to authenticated
    with check (
        workspace_id in (select headwater.workspaces_with_role('editor'))
        and (created_by is null or created_by = (select auth.uid()))
    );

comment on policy editors_insert on public.monitored_sources is
    'Editors add to their workspace, in nobody else''s name.';

drop policy if exists editors_update on public.monitored_sources;

create policy editors_update on public.monitored_sources
    for update
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('editor')))
    with check (workspace_id in (select headwater.workspaces_with_role('editor')));

comment on policy editors_update on public.monitored_sources is
    'Editors change what is their workspace''s.';

drop policy if exists editors_delete on public.monitored_sources;

create policy editors_delete on public.monitored_sources
    for delete
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('editor')));

comment on policy editors_delete on public.monitored_sources is
    'Editors delete what is their workspace''s.';

drop policy if exists editors_acknowledge on public.change_alerts;

create policy editors_acknowledge on public.change_alerts
    for update
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('editor')))
    with check (workspace_id in (select headwater.workspaces_with_role('editor')));

comment on policy editors_acknowledge on public.change_alerts is
    'Editors acknowledge alerts; the columns granted allow nothing else.';

drop policy if exists people_see_their_feeds on public.alert_feeds;

create policy people_see_their_feeds on public.alert_feeds
    for select
    to authenticated
    using (user_id = (select auth.uid()) and workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy people_see_their_feeds on public.alert_feeds is
    'One sees whether one has a feed.';

drop policy if exists people_make_their_feeds on public.alert_feeds;

create policy people_make_their_feeds on public.alert_feeds
    for insert
    to authenticated
    with check (
        user_id = (select auth.uid())
        and workspace_id in (
            select headwater.workspaces_with_role(
                case when (select auth.jwt()) -> 'headwater_key' is null then 'viewer' else 'editor' end
            )
        )
    );

comment on policy people_make_their_feeds on public.alert_feeds is
    'One makes one''s own feed; a key that may only read doesn''t.';

drop policy if exists people_renew_their_feeds on public.alert_feeds;

create policy people_renew_their_feeds on public.alert_feeds
    for update
    to authenticated
    using (
        user_id = (select auth.uid())
        and workspace_id in (
            select headwater.workspaces_with_role(
                case when (select auth.jwt()) -> 'headwater_key' is null then 'viewer' else 'editor' end
            )
        )
    )
    with check (
        user_id = (select auth.uid())
        and workspace_id in (
            select headwater.workspaces_with_role(
                case when (select auth.jwt()) -> 'headwater_key' is null then 'viewer' else 'editor' end
            )
        )
    );

comment on policy people_renew_their_feeds on public.alert_feeds is
    'One gives one''s own feed another address; a key that may only read doesn''t.';

drop policy if exists people_end_their_feeds on public.alert_feeds;

create policy people_end_their_feeds on public.alert_feeds
    for delete
    to authenticated
    using (
        user_id = (select auth.uid())
        and workspace_id in (
            select headwater.workspaces_with_role(
                case when (select auth.jwt()) -> 'headwater_key' is null then 'viewer' else 'editor' end
            )
        )
    );

comment on policy people_end_their_feeds on public.alert_feeds is
    'One ends one''s own feed; a key that may only read doesn''t.';

drop policy if exists job_works on public.user_queries;

create policy job_works on public.user_queries
    for all
    to workspace_job
    using (workspace_id = (select headwater.tenant()))
    with check (workspace_id = (select headwater.tenant()));

comment on policy job_works on public.user_queries is
    'A job works on the rows of its own workspace.';

drop policy if exists job_works on public.monitored_sources;

create policy job_works on public.monitored_sources
    for all
    to workspace_job
    using (workspace_id = (select headwater.tenant()))
    with check (workspace_id = (select headwater.tenant()));

comment on policy job_works on public.monitored_sources is
    'A job works on the rows of its own workspace.';

drop policy if exists job_works on public.source_checks;

create policy job_works on public.source_checks
    for all
    to workspace_job
    using (workspace_id = (select headwater.tenant()))
    with check (workspace_id = (select headwater.tenant()));

comment on policy job_works on public.source_checks is
    'A job works on the rows of its own workspace.';

drop policy if exists job_works on public.scraped_contents;

create policy job_works on public.scraped_contents
    for all
    to workspace_job
    using (workspace_id = (select headwater.tenant()))
    with check (workspace_id = (select headwater.tenant()));

comment on policy job_works on public.scraped_contents is
    'A job works on the rows of its own workspace.';

drop policy if exists job_works on public.content_embeddings;

create policy job_works on public.content_embeddings
    for all
    to workspace_job
    using (workspace_id = (select headwater.tenant()))
    with check (workspace_id = (select headwater.tenant()));

comment on policy job_works on public.content_embeddings is
    'A job works on the rows of its own workspace.';

drop policy if exists job_works on public.change_alerts;

create policy job_works on public.change_alerts
    for all
    to workspace_job
    using (workspace_id = (select headwater.tenant()))
    with check (workspace_id = (select headwater.tenant()));

comment on policy job_works on public.change_alerts is
    'A job works on the rows of its own workspace.';

-- Hosted Supabase and the local data plane send what changes in these tables to those who may read it.
do $$
declare
    live text;
begin
    foreach live in array array['user_queries', 'monitored_sources', 'change_alerts'] loop
        if not exists (
            select
            from pg_publication_tables
            where pubname = 'supabase_realtime'
                and schemaname = 'public'
                and tablename = live
        ) then
            execute format('alter publication supabase_realtime add table public.%I', live);
        end if;
    end loop;
end
$$;
