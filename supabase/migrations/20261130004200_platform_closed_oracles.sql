-- Who may ask for a message, what a reference may say of other workspaces' rows, and whom a key acts for.

-- A member who is told of an endpoint of another workspace by the way its reference fails knows that it exists.
do $$
declare
    pointed record;
begin
    for pointed in
        select *
        from (
            values
                ('notification_deliveries', 'endpoint_id', 'webhook_endpoints', 'cascade'),
                ('notification_deliveries', 'event_id', 'notification_events', 'cascade'),
                ('notification_deliveries', 'digest_id', 'notification_deliveries', 'set null (digest_id)')
        ) as listed (on_table, on_column, to_table, on_delete)
    loop
        if not exists (
            select
            from pg_catalog.pg_constraint
            where conrelid = format('public.%I', pointed.to_table)::regclass
                and conname = pointed.to_table || '_workspace_id_id_key'
        ) then
            execute format(
                'alter table public.%I add constraint %I unique (workspace_id, id)',
                pointed.to_table,
                pointed.to_table || '_workspace_id_id_key'
            );
        end if;
        -- The index of the reference that this one takes the place of; the new one leads to the same rows.
        execute format('drop index if exists public.%I', pointed.on_table || '_' || pointed.on_column || '_idx');
        if exists (
            select
            from pg_catalog.pg_constraint
            where conrelid = format('public.%I', pointed.on_table)::regclass
                and conname = pointed.on_table || '_' || pointed.on_column || '_own_fkey'
        ) then
            continue;
        end if;
        execute format('alter table public.%I no force row level security', pointed.on_table);
        execute format('alter table public.%I no force row level security', pointed.to_table);
        -- What pointed into another workspace was of no use to anybody: the policies hid it from the job.
        execute format(
            'delete from public.%1$I as pointing using public.%2$I as target'
            ' where target.id = pointing.%3$I and target.workspace_id <> pointing.workspace_id',
            pointed.on_table,
            pointed.to_table,
            pointed.on_column
        );
        execute format('alter table public.%I force row level security', pointed.on_table);
        execute format('alter table public.%I force row level security', pointed.to_table);
        execute format(
            'create index if not exists %I on public.%I (%I, workspace_id)%s',
            pointed.on_table || '_' || pointed.on_column || '_own_idx',
            pointed.on_table,
            pointed.on_column,
            case when pointed.on_column = 'digest_id' then ' where digest_id is not null' else '' end
        );
        execute format(
            'alter table public.%I add constraint %I foreign key (workspace_id, %I)'
            ' references public.%I (workspace_id, id) on delete %s not valid',
            pointed.on_table,
            pointed.on_table || '_' || pointed.on_column || '_own_fkey',
            pointed.on_column,
            pointed.to_table,
            pointed.on_delete
        );
        execute format(
            'alter table public.%I validate constraint %I',
            pointed.on_table,
            pointed.on_table || '_' || pointed.on_column || '_own_fkey'
        );
        -- The reference by the id alone says of any row whether it exists.
        execute format(
            'alter table public.%I drop constraint if exists %I',
            pointed.on_table,
            pointed.on_table || '_' || pointed.on_column || '_fkey'
        );
    end loop;
end
$$;

-- The unique key leads to the same rows as the log's own index did.
drop index if exists public.notification_deliveries_log_idx;

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
                and workspace_id in (
                    select headwater.workspaces_with_role(
                        case when (select auth.jwt()) -> 'headwater_key' is null then 'viewer' else 'editor' end
                    )
                )
            )
        )
    );

comment on policy people_ask_for_messages on public.notification_deliveries is
    'One asks for the mail that verifies one''s own address, not with a key that may only read; editors ask for a ping.';

-- A key acts as its maker, so it ends with the maker's membership.
create or replace function headwater.find_api_key(hash text)
returns table (id uuid, workspace_id uuid, user_id uuid, role text, email text)
language sql
stable
security definer
set search_path = ''
as $$
    select
        key.id,
        key.workspace_id,
        key.created_by,
        case
            when 'admin' = any (key.scopes) then 'admin'
            when 'write' = any (key.scopes) then 'editor'
            else 'viewer'
        end,
        profile.email
    from public.api_keys as key
    join public.workspace_members as member
        on member.workspace_id = key.workspace_id
        and member.user_id = key.created_by
    join public.profiles as profile on profile.id = key.created_by
    join auth.users as account on account.id = key.created_by
    where key.key_hash = hash
        and (account.banned_until is null or account.banned_until <= headwater.now())
        and account.deleted_at is null
        and key.revoked_at is null
        and (key.expires_at is null or key.expires_at > headwater.now())
$$;

comment on function headwater.find_api_key(text) is
    'Whom a key acts for, while they are a member of its workspace. Only the platform asks.';
