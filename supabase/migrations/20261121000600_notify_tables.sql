-- Telling people: what happened, who wants to know and how, and how each message fared.

create table if not exists public.notification_preferences (
    workspace_id uuid not null,
    user_id uuid not null,
    channels text[] not null default '{email,webhook,in_app}'
        check (channels <@ array['email', 'webhook', 'in_app']),
    mode text not null default 'immediate' check (mode in ('immediate', 'hourly', 'daily')),
    severity_floor text not null default 'low' check (severity_floor in ('low', 'medium', 'high')),
    timezone text not null default 'UTC' check (char_length(timezone) between 1 and 64),
    quiet_start time,
    quiet_end time,
    digest_hour smallint not null default 8 check (digest_hour between 0 and 23),
    email text check (char_length(email) between 3 and 320),
    email_verified_at timestamptz,
    unsubscribed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, user_id),
    foreign key (workspace_id, user_id)
        references public.workspace_members (workspace_id, user_id) on delete cascade,
    check ((quiet_start is null) = (quiet_end is null))
);

create index if not exists notification_preferences_user_id_idx
    on public.notification_preferences (user_id);

comment on table public.notification_preferences is
    'How a member wants to be told, a row a member and workspace. No row: everything, at once, to the sign-in address.';
comment on column public.notification_preferences.email is
    'Another address than the one to sign in with; nothing is sent to it before it is verified.';

create table if not exists public.webhook_endpoints (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    created_by uuid references auth.users (id) on delete set null,
    url text not null check (char_length(url) <= 2000),
    description text not null default '' check (char_length(description) <= 200),
    severity_floor text not null default 'low' check (severity_floor in ('low', 'medium', 'high')),
    event_kinds text[] not null default '{}' check (cardinality(event_kinds) <= 50),
    secret_sealed text not null,
    previous_secret_sealed text,
    previous_secret_expires_at timestamptz,
    enabled boolean not null default true,
    disabled_reason text,
    failures integer not null default 0 check (failures >= 0),
    last_delivered_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index if not exists webhook_endpoints_workspace_id_idx
    on public.webhook_endpoints (workspace_id);

create index if not exists webhook_endpoints_created_by_idx
    on public.webhook_endpoints (created_by);

comment on table public.webhook_endpoints is
    'Where a workspace wants events posted, signed as Standard Webhooks says. Secrets are encrypted and never read back.';

create table if not exists public.notification_events (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    kind text not null check (char_length(kind) between 1 and 100),
    source_id uuid not null,
    title text not null,
    summary text not null default '',
    parts jsonb not null default '[]',
    url text,
    page text check (page like '/%'),
    severity text not null check (severity in ('low', 'medium', 'high')),
    data jsonb not null default '{}',
    occurred_at timestamptz not null,
    created_at timestamptz not null default now(),
    unique (workspace_id, kind, source_id)
);

create index if not exists notification_events_created_at_idx
    on public.notification_events (created_at);

comment on table public.notification_events is
    'What members are told about. A product tells of one thing once: the kind and the product''s own id are unique.';

create table if not exists public.notifications (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    user_id uuid not null references auth.users (id) on delete cascade,
    event_id uuid not null references public.notification_events (id) on delete cascade,
    kind text not null,
    title text not null,
    summary text not null,
    url text,
    severity text not null,
    occurred_at timestamptz not null,
    read_at timestamptz,
    created_at timestamptz not null default now(),
    unique (event_id, user_id)
);

create index if not exists notifications_inbox_idx
    on public.notifications (workspace_id, user_id, id desc);

create index if not exists notifications_user_id_idx
    on public.notifications (user_id);

comment on table public.notifications is
    'The inbox that a member sees in the dashboard.';

create table if not exists public.notification_deliveries (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    event_id uuid references public.notification_events (id) on delete cascade,
    user_id uuid references auth.users (id) on delete cascade,
    endpoint_id uuid references public.webhook_endpoints (id) on delete cascade,
    digest_id uuid references public.notification_deliveries (id) on delete set null,
    channel text not null check (channel in ('email', 'webhook', 'in_app')),
    purpose text not null default 'event' check (purpose in ('event', 'digest', 'verification', 'ping')),
    address text not null default '',
    idempotency_key text not null,
    status text not null check (
        status in ('pending', 'sending', 'sent', 'failed', 'dead', 'suppressed', 'uncertain')
    ),
    reason text,
    mode text not null default 'immediate' check (mode in ('immediate', 'hourly', 'daily')),
    due_at timestamptz not null,
    attempts integer not null default 0 check (attempts >= 0),
    first_attempt_at timestamptz,
    sending_since timestamptz,
    sent_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (workspace_id, idempotency_key)
);

create index if not exists notification_deliveries_log_idx
    on public.notification_deliveries (workspace_id, id desc);

create index if not exists notification_deliveries_open_idx
    on public.notification_deliveries (due_at)
    where status in ('pending', 'sending', 'failed');

create index if not exists notification_deliveries_digest_idx
    on public.notification_deliveries (workspace_id, user_id, due_at)
    where status = 'pending' and mode <> 'immediate';

create index if not exists notification_deliveries_digest_id_idx
    on public.notification_deliveries (digest_id)
    where digest_id is not null;

create index if not exists notification_deliveries_event_id_idx
    on public.notification_deliveries (event_id);

create index if not exists notification_deliveries_user_id_idx
    on public.notification_deliveries (user_id);

create index if not exists notification_deliveries_endpoint_id_idx
    on public.notification_deliveries (endpoint_id);

comment on table public.notification_deliveries is
    'The log of what was sent to whom: one row a recipient, channel and event (or digest). dead and uncertain can be replayed.';
comment on column public.notification_deliveries.status is
    'pending: waits for its time. sending: handed over right now. failed: tried, tried again at due_at. dead: given up. '
    'uncertain: the worker or the line broke in the middle, so it may have arrived. suppressed: not sent, see reason.';

create table if not exists public.notification_attempts (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    delivery_id uuid not null references public.notification_deliveries (id) on delete cascade,
    number integer not null check (number > 0),
    outcome text not null check (outcome in ('sent', 'failed', 'dead', 'uncertain', 'suppressed')),
    status_code integer,
    response text not null default '' check (char_length(response) <= 1000),
    milliseconds integer not null default 0,
    at timestamptz not null,
    unique (delivery_id, number)
);

create index if not exists notification_attempts_workspace_id_idx
    on public.notification_attempts (workspace_id);

comment on table public.notification_attempts is
    'Each try of a delivery: when, how long, and what the other side answered.';

-- Another address has to be verified again, whoever changes it.
create or replace function headwater.forget_verification()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.email is distinct from old.email then
        new.email_verified_at := null;
    end if;
    return new;
end
$$;

comment on function headwater.forget_verification() is
    'Trigger: an address that changes is unverified.';

revoke execute on function headwater.forget_verification() from public;

drop trigger if exists forget_verification on public.notification_preferences;

create trigger forget_verification
    before update on public.notification_preferences
    for each row
    execute function headwater.forget_verification();

do $$
declare
    touched text;
begin
    foreach touched in array array['notification_preferences', 'webhook_endpoints', 'notification_deliveries'] loop
        execute format('drop trigger if exists touch_updated_at on public.%I', touched);
        execute format(
            'create trigger touch_updated_at before update on public.%I'
            ' for each row execute function headwater.touch_updated_at()',
            touched
        );
    end loop;
    -- Counting failures is no deed of a person.
    drop trigger if exists log_activity on public.webhook_endpoints;
    create trigger log_activity
        after insert or delete or update of url, secret_sealed, enabled on public.webhook_endpoints
        for each row
        execute function headwater.log_activity();
end
$$;

create or replace function headwater.confirmed_addresses(p_workspace uuid, p_user uuid default null)
returns table (user_id uuid, email text)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform headwater.require_workspaces(array[p_workspace]);
    return query
    select account.id, account.email::text
    from public.workspace_members as member
    join auth.users as account on account.id = member.user_id
    where member.workspace_id = p_workspace
        and (p_user is null or member.user_id = p_user)
        and account.email_confirmed_at is not null
        and account.email <> '';
end
$$;

comment on function headwater.confirmed_addresses(uuid, uuid) is
    'The sign-in addresses of a workspace''s members (or of one of them), as far as they are confirmed.';

revoke execute on function headwater.confirmed_addresses(uuid, uuid) from public, anon;
grant execute on function headwater.confirmed_addresses(uuid, uuid) to authenticated, service_role, workspace_job;

-- Rotating a secret moves the old one aside, by somebody who may not read it.
create or replace function headwater.keep_previous_secret()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.previous_secret_sealed := old.secret_sealed;
    return new;
end
$$;

comment on function headwater.keep_previous_secret() is
    'Trigger: a secret that is replaced stays as the previous one.';

revoke execute on function headwater.keep_previous_secret() from public;

drop trigger if exists keep_previous_secret on public.webhook_endpoints;

create trigger keep_previous_secret
    before update of secret_sealed on public.webhook_endpoints
    for each row
    when (old.secret_sealed is distinct from new.secret_sealed)
    execute function headwater.keep_previous_secret();

-- Whoever asks past the API isn't counted by it, and a letter to verify an address goes to whom nobody has asked.
create or replace function headwater.bound_verifications()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    -- Two requests at the same moment count each other.
    perform pg_advisory_xact_lock(hashtextextended('headwater.verifications:' || new.user_id, 0));
    if (
        select count(*)
        from public.notification_deliveries
        where user_id = new.user_id
            and purpose = 'verification'
            and created_at > now() - interval '1 hour'
    ) >= 20 then
        raise exception 'too many addresses were tried; wait an hour'
            using errcode = 'check_violation', constraint = 'notification_deliveries_verifications';
    end if;
    return new;
end
$$;

comment on function headwater.bound_verifications() is
    'Trigger: at most twenty letters an hour ask one person to confirm an address, in all their workspaces.';

revoke execute on function headwater.bound_verifications() from public;

drop trigger if exists bound_verifications on public.notification_deliveries;

create trigger bound_verifications
    before insert on public.notification_deliveries
    for each row
    when (new.purpose = 'verification')
    execute function headwater.bound_verifications();

alter table public.notification_preferences enable row level security;
alter table public.notification_preferences force row level security;
alter table public.webhook_endpoints enable row level security;
alter table public.webhook_endpoints force row level security;
alter table public.notification_events enable row level security;
alter table public.notification_events force row level security;
alter table public.notifications enable row level security;
alter table public.notifications force row level security;
alter table public.notification_deliveries enable row level security;
alter table public.notification_deliveries force row level security;
alter table public.notification_attempts enable row level security;
alter table public.notification_attempts force row level security;

revoke all on public.notification_preferences, public.webhook_endpoints, public.notification_events,
    public.notifications, public.notification_deliveries, public.notification_attempts
    from anon, authenticated, workspace_job;

grant select on public.notification_preferences to authenticated;
grant insert (
    workspace_id, user_id, channels, mode, severity_floor, timezone, quiet_start, quiet_end, digest_hour, email,
    unsubscribed_at
) on public.notification_preferences to authenticated;
grant update (
    channels, mode, severity_floor, timezone, quiet_start, quiet_end, digest_hour, email, unsubscribed_at
) on public.notification_preferences to authenticated;
grant select (
    id, workspace_id, created_by, url, description, severity_floor, event_kinds, previous_secret_expires_at, enabled,
    disabled_reason, failures, last_delivered_at, created_at, updated_at
) on public.webhook_endpoints to authenticated;
grant insert (id, workspace_id, created_by, url, description, severity_floor, event_kinds, secret_sealed)
    on public.webhook_endpoints to authenticated;
grant update (
    url, description, severity_floor, event_kinds, secret_sealed, previous_secret_expires_at, enabled,
    disabled_reason, failures
) on public.webhook_endpoints to authenticated;
grant delete on public.webhook_endpoints to authenticated;
grant select on public.notification_events to authenticated;
grant select, update (read_at), delete on public.notifications to authenticated;
grant select on public.notification_deliveries to authenticated;
grant insert (workspace_id, user_id, endpoint_id, channel, purpose, address, idempotency_key, status, due_at)
    on public.notification_deliveries to authenticated;
grant update (status, reason, due_at, attempts, first_attempt_at) on public.notification_deliveries to authenticated;
grant select on public.notification_attempts to authenticated;
grant select, insert, update on public.notification_preferences to workspace_job;
grant select, update on public.webhook_endpoints to workspace_job;
grant select, insert on public.notification_events to workspace_job;
grant select, insert on public.notifications to workspace_job;
grant select, insert, update on public.notification_deliveries to workspace_job;
grant select, insert on public.notification_attempts to workspace_job;
grant select, insert, update, delete on public.notification_preferences, public.webhook_endpoints,
    public.notification_events, public.notifications, public.notification_deliveries, public.notification_attempts
    to service_role;

drop policy if exists people_read_their_preferences on public.notification_preferences;

create policy people_read_their_preferences on public.notification_preferences
    for select
    to authenticated
    using (user_id = (select auth.uid()) and workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy people_read_their_preferences on public.notification_preferences is
    'One reads one''s own preferences.';

drop policy if exists people_make_their_preferences on public.notification_preferences;

create policy people_make_their_preferences on public.notification_preferences
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

comment on policy people_make_their_preferences on public.notification_preferences is
    'One sets one''s own preferences; a key that may only read doesn''t.';

drop policy if exists people_change_their_preferences on public.notification_preferences;

create policy people_change_their_preferences on public.notification_preferences
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
    with check (user_id = (select auth.uid()) and workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy people_change_their_preferences on public.notification_preferences is
    'One changes one''s own preferences; a key that may only read doesn''t.';

drop policy if exists members_read on public.webhook_endpoints;

create policy members_read on public.webhook_endpoints
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.webhook_endpoints is
    'Members see where their workspace posts to. The columns granted leave the secrets out.';

drop policy if exists editors_insert on public.webhook_endpoints;

create policy editors_insert on public.webhook_endpoints
    for insert
    to authenticated
    with check (
        created_by = (select auth.uid())
        and workspace_id in (select headwater.workspaces_with_role('editor'))
    );

comment on policy editors_insert on public.webhook_endpoints is
    'Editors add endpoints in their own name.';

drop policy if exists editors_update on public.webhook_endpoints;

create policy editors_update on public.webhook_endpoints
    for update
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('editor')))
    with check (workspace_id in (select headwater.workspaces_with_role('editor')));

comment on policy editors_update on public.webhook_endpoints is
    'Editors change endpoints.';

drop policy if exists editors_delete on public.webhook_endpoints;

create policy editors_delete on public.webhook_endpoints
    for delete
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('editor')));

comment on policy editors_delete on public.webhook_endpoints is
    'Editors delete endpoints.';

drop policy if exists members_read on public.notification_events;

create policy members_read on public.notification_events
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.notification_events is
    'Members read what their workspace was told.';

drop policy if exists people_read_their_inbox on public.notifications;

create policy people_read_their_inbox on public.notifications
    for select
    to authenticated
    using (user_id = (select auth.uid()) and workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy people_read_their_inbox on public.notifications is
    'One reads one''s own inbox.';

drop policy if exists people_mark_their_inbox on public.notifications;

create policy people_mark_their_inbox on public.notifications
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

comment on policy people_mark_their_inbox on public.notifications is
    'One marks one''s own messages as read; a key that may only read doesn''t.';

drop policy if exists people_clear_their_inbox on public.notifications;

create policy people_clear_their_inbox on public.notifications
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

comment on policy people_clear_their_inbox on public.notifications is
    'One clears one''s own inbox; a key that may only read doesn''t.';

drop policy if exists members_read on public.notification_deliveries;

create policy members_read on public.notification_deliveries
    for select
    to authenticated
    using (
        workspace_id in (select headwater.workspaces_with_role('admin'))
        or (
            coalesce(user_id = (select auth.uid()), true)
            and workspace_id in (select headwater.workspaces_with_role('viewer'))
        )
    );

comment on policy members_read on public.notification_deliveries is
    'One sees what was sent to oneself and to the workspace''s endpoints; admins see all.';

drop policy if exists people_ask_for_messages on public.notification_deliveries;

create policy people_ask_for_messages on public.notification_deliveries
    for insert
    to authenticated
    with check (
        status = 'pending'
        and (
            (
                purpose = 'ping'
                and channel = 'webhook'
                and endpoint_id is not null
                and user_id is null
                and workspace_id in (select headwater.workspaces_with_role('editor'))
            )
            or (
                purpose = 'verification'
                and channel = 'email'
                and endpoint_id is null
                and user_id = (select auth.uid())
                and workspace_id in (select headwater.workspaces_with_role('viewer'))
            )
        )
    );

comment on policy people_ask_for_messages on public.notification_deliveries is
    'One asks for the mail that verifies one''s own address; editors ask for a ping of an endpoint.';

drop policy if exists editors_replay on public.notification_deliveries;

create policy editors_replay on public.notification_deliveries
    for update
    to authenticated
    using (
        status in ('dead', 'uncertain', 'suppressed')
        and (
            workspace_id in (select headwater.workspaces_with_role('admin'))
            or (
                coalesce(user_id = (select auth.uid()), true)
                and workspace_id in (select headwater.workspaces_with_role('editor'))
            )
        )
    )
    with check (status = 'pending' and workspace_id in (select headwater.workspaces_with_role('editor')));

comment on policy editors_replay on public.notification_deliveries is
    'What was given up may be sent again, by whom it was for, and by admins.';

drop policy if exists members_read on public.notification_attempts;

create policy members_read on public.notification_attempts
    for select
    to authenticated
    using (
        workspace_id in (select headwater.workspaces_with_role('viewer'))
        and exists (
            select
            from public.notification_deliveries as delivery
            where delivery.id = delivery_id
        )
    );

comment on policy members_read on public.notification_attempts is
    'Whoever sees a delivery sees its attempts.';

-- A job works on the rows of its own workspace; what it may do to each table is in the grants above.
do $$
declare
    guarded text;
begin
    foreach guarded in array array[
        'notification_preferences', 'webhook_endpoints', 'notification_events', 'notifications',
        'notification_deliveries', 'notification_attempts'
    ] loop
        execute format('drop policy if exists job_works on public.%I', guarded);
        execute format(
            'create policy job_works on public.%I for all to workspace_job'
            ' using (workspace_id = (select headwater.tenant()))'
            ' with check (workspace_id = (select headwater.tenant()))',
            guarded
        );
        execute format(
            'comment on policy job_works on public.%I is %L',
            guarded,
            'A job works on the rows of its own workspace.'
        );
    end loop;
end
$$;

-- Hosted Supabase and the local data plane send what changes in these tables to those who may read it.
do $$
declare
    live text;
begin
    foreach live in array array['notifications', 'notification_deliveries'] loop
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
