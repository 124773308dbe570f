-- People and the workspaces that they share: the one model of tenancy.

create table if not exists public.profiles (
    id uuid primary key references auth.users (id) on delete cascade,
    email text not null default '',
    full_name text not null default '' check (char_length(full_name) <= 200),
    avatar_url text check (char_length(avatar_url) <= 2000),
    timezone text not null default 'UTC' check (char_length(timezone) <= 64),
    locale text check (char_length(locale) between 2 and 35),
    last_seen_at timestamptz,
    previous_visit_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

comment on table public.profiles is
    'What is known of a person beside the sign-in. One row a user, made when the user is.';

create table if not exists public.workspaces (
    id uuid primary key default headwater.uuidv7(),
    name text not null check (char_length(name) between 1 and 100),
    is_personal boolean not null default false,
    created_by uuid references auth.users (id) on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index if not exists workspaces_created_by_idx
    on public.workspaces (created_by);

comment on table public.workspaces is
    'The tenant: everything that a product keeps belongs to one workspace.';

create table if not exists public.workspace_members (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    user_id uuid not null references auth.users (id) on delete cascade,
    role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
    created_at timestamptz not null default now(),
    primary key (workspace_id, user_id)
);

create index if not exists workspace_members_user_id_idx
    on public.workspace_members (user_id);

comment on table public.workspace_members is
    'Who may do what in a workspace. A viewer reads, an editor works, an admin invites, an owner may do all.';

create table if not exists public.workspace_invitations (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    email text not null check (char_length(email) between 3 and 320),
    role text not null check (role in ('admin', 'editor', 'viewer')),
    token_hash text not null unique,
    invited_by uuid references auth.users (id) on delete set null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    mailed_at timestamptz,
    mail_problem text check (char_length(mail_problem) <= 500),
    created_at timestamptz not null default now()
);

create unique index if not exists workspace_invitations_open_idx
    on public.workspace_invitations (workspace_id, lower(email))
    where accepted_at is null;

create index if not exists workspace_invitations_workspace_id_idx
    on public.workspace_invitations (workspace_id, id desc);

create index if not exists workspace_invitations_invited_by_idx
    on public.workspace_invitations (invited_by);

comment on table public.workspace_invitations is
    'Invitations by e-mail address. Only the hash of the token in the link is kept.';

create table if not exists public.api_keys (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    created_by uuid not null references auth.users (id) on delete cascade,
    name text not null check (char_length(name) between 1 and 100),
    prefix text not null check (char_length(prefix) <= 40),
    key_hash text not null unique check (char_length(key_hash) <= 100),
    scopes text[] not null default '{read}' check (scopes <@ array['read', 'write', 'admin'] and cardinality(scopes) > 0),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null default now()
);

create index if not exists api_keys_workspace_id_idx
    on public.api_keys (workspace_id);

create index if not exists api_keys_created_by_idx
    on public.api_keys (created_by);

comment on table public.api_keys is
    'Keys for programs. A key acts as the person who made it, in one workspace, no further than its scopes.';

create table if not exists public.activity_log (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    actor_id uuid,
    actor_kind text not null check (actor_kind in ('user', 'api_key', 'job', 'system')),
    action text not null,
    subject_kind text not null,
    subject_id uuid,
    details jsonb not null default '{}',
    created_at timestamptz not null default now()
);

create index if not exists activity_log_workspace_id_idx
    on public.activity_log (workspace_id, id desc);

create index if not exists activity_log_created_at_idx
    on public.activity_log using brin (created_at);

comment on table public.activity_log is
    'Who did what. Written by triggers in the same transaction as the deed; nobody edits it.';

-- The caller's rank in a workspace decides; a token for one workspace (an API key) is held to it and to its role.
create or replace function headwater.role_rank(role text)
returns integer
language sql
immutable
parallel safe
set search_path = ''
return case role when 'owner' then 4 when 'admin' then 3 when 'editor' then 2 when 'viewer' then 1 else 0 end;

comment on function headwater.role_rank(text) is
    'Orders the roles: owner 4, admin 3, editor 2, viewer 1.';

create or replace function headwater.workspaces_with_role(minimum_role text)
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
    select member.workspace_id
    from public.workspace_members as member
    cross join (select auth.jwt() as claims) as token
    where member.user_id = (token.claims ->> 'sub')::uuid
        and headwater.role_rank(member.role) >= headwater.role_rank(minimum_role)
        and (
            token.claims -> 'headwater_key' is null
            or (
                member.workspace_id = (token.claims -> 'headwater_key' ->> 'workspace_id')::uuid
                and headwater.role_rank(token.claims -> 'headwater_key' ->> 'role') >= headwater.role_rank(minimum_role)
            )
        )
$$;

comment on function headwater.workspaces_with_role(text) is
    'The workspaces in which the caller has at least this role. Policies call it as (select …), once a statement.';

grant execute on function headwater.role_rank(text) to anon, authenticated, service_role, workspace_job;
grant execute on function headwater.workspaces_with_role(text) to anon, authenticated, service_role, workspace_job;

-- Signing up makes a profile and a personal workspace.
create or replace function headwater.welcome_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    new_workspace uuid;
begin
    -- Whoever empties `public` for tables of their own keeps a working sign-up.
    if to_regclass('public.workspaces') is null then
        return new;
    end if;

    insert into public.profiles (id, email, full_name)
    values (
        new.id,
        coalesce(new.email, ''),
        left(coalesce(new.raw_user_meta_data ->> 'full_name', new.raw_user_meta_data ->> 'name', ''), 200)
    )
    on conflict (id) do nothing;

    insert into public.workspaces (name, is_personal, created_by)
    values (
        left(coalesce(nullif(split_part(coalesce(new.email, ''), '@', 1), ''), 'Personal'), 100),
        true,
        new.id
    )
    returning id into new_workspace;

    insert into public.workspace_members (workspace_id, user_id, role)
    values (new_workspace, new.id, 'owner');

    return new;
end
$$;

comment on function headwater.welcome_user() is
    'Trigger on auth.users: a new user gets a profile and a personal workspace.';

drop trigger if exists headwater_welcome_user on auth.users;

create trigger headwater_welcome_user
    after insert on auth.users
    for each row
    execute function headwater.welcome_user();

create or replace function headwater.follow_user_email()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if to_regclass('public.profiles') is null then
        return new;
    end if;

    update public.profiles
    set email = coalesce(new.email, '')
    where id = new.id;
    return new;
end
$$;

comment on function headwater.follow_user_email() is
    'Trigger on auth.users: the profile shows the address that the user signs in with.';

drop trigger if exists headwater_follow_user_email on auth.users;

create trigger headwater_follow_user_email
    after update of email on auth.users
    for each row
    when (old.email is distinct from new.email)
    execute function headwater.follow_user_email();

create or replace function headwater.keep_an_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    -- The lock makes two owners who leave at the same moment take turns.
    perform 1
    from public.workspaces
    where id = old.workspace_id
    for update;

    -- A workspace that is being deleted takes its members along.
    if not found then
        return null;
    end if;

    if exists (
        select
        from public.workspace_members
        where workspace_id = old.workspace_id
            and role = 'owner'
    ) then
        return null;
    end if;

    if exists (select from auth.users where id = old.user_id) then
        raise exception 'a workspace keeps at least one owner'
            using errcode = 'check_violation', constraint = 'workspace_members_keep_an_owner';
    end if;

    -- The owner's account is gone: whoever ranks next and has been here longest takes over.
    update public.workspace_members
    set role = 'owner'
    where (workspace_id, user_id) = (
        select heir.workspace_id, heir.user_id
        from public.workspace_members as heir
        where heir.workspace_id = old.workspace_id
        order by headwater.role_rank(heir.role) desc, heir.created_at
        limit 1
    );

    if not found then
        delete from public.workspaces
        where id = old.workspace_id;
    end if;
    return null;
end
$$;

comment on function headwater.keep_an_owner() is
    'Trigger: the last owner can neither leave nor be demoted while others remain; an empty workspace goes.';

drop trigger if exists workspace_members_keep_an_owner on public.workspace_members;

create constraint trigger workspace_members_keep_an_owner
    after update or delete on public.workspace_members
    deferrable initially immediate
    for each row
    execute function headwater.keep_an_owner();

create or replace function headwater.log_activity()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    claims jsonb := auth.jwt();
    row_data jsonb := to_jsonb(coalesce(new, old));
    in_workspace uuid := coalesce((row_data ->> 'workspace_id')::uuid, (row_data ->> 'id')::uuid);
begin
    -- A workspace that is being deleted takes its log along.
    if not exists (select from public.workspaces where id = in_workspace) then
        return null;
    end if;

    insert into public.activity_log (workspace_id, actor_id, actor_kind, action, subject_kind, subject_id, details)
    values (
        in_workspace,
        coalesce((claims -> 'headwater_key' ->> 'id')::uuid, (claims ->> 'sub')::uuid),
        case
            when claims -> 'headwater_key' is not null then 'api_key'
            when claims ->> 'sub' is not null then 'user'
            when claims ->> 'role' = 'workspace_job' then 'job'
            else 'system'
        end,
        lower(tg_op),
        tg_table_name,
        coalesce(row_data ->> 'id', row_data ->> 'user_id')::uuid,
        jsonb_strip_nulls(jsonb_build_object(
            'name', row_data -> 'name',
            'role', row_data -> 'role',
            'status', row_data -> 'status',
            'url', row_data -> 'url',
            'email', row_data -> 'email'
        ))
    );
    return null;
end
$$;

comment on function headwater.log_activity() is
    'Trigger for tables that people edit: writes a line of the activity log in the same transaction.';

create or replace function headwater.keep_revoked()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.revoked_at := coalesce(old.revoked_at, new.revoked_at);
    return new;
end
$$;

comment on function headwater.keep_revoked() is
    'Trigger: a key that was revoked stays revoked, and the first moment stands.';

drop trigger if exists keep_revoked on public.api_keys;

create trigger keep_revoked
    before update of revoked_at on public.api_keys
    for each row
    execute function headwater.keep_revoked();

-- PT409 is what PostgREST makes a 409 of; the API does the same. Members see their own keys alone, so the owner counts.
create or replace function headwater.bound_keys()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if exists (
        select
        from public.api_keys as key
        where key.workspace_id in (select added.workspace_id from added)
            and key.revoked_at is null
            and (key.expires_at is null or key.expires_at > headwater.now())
        group by key.workspace_id
        having count(*) > 100
    ) then
        raise exception 'A workspace has at most 100 API keys that work.'
            using errcode = 'PT409', constraint = 'api_keys_of_one_workspace',
                hint = 'Revoke keys that nobody uses.';
    end if;
    return null;
end
$$;

comment on function headwater.bound_keys() is
    'Trigger: a workspace has at most 100 keys that are neither revoked nor expired. Counted once a statement.';

drop trigger if exists bound_keys on public.api_keys;

create trigger bound_keys
    after insert on public.api_keys
    referencing new table as added
    for each statement
    execute function headwater.bound_keys();

-- Triggers run these as the table's owner; nobody calls them by hand.
revoke execute on function headwater.bound_keys() from public;
revoke execute on function headwater.keep_revoked() from public;
revoke execute on function headwater.welcome_user() from public;
revoke execute on function headwater.follow_user_email() from public;
revoke execute on function headwater.keep_an_owner() from public;
revoke execute on function headwater.log_activity() from public;

do $$
declare
    watched text;
begin
    foreach watched in array array['workspaces', 'workspace_members', 'workspace_invitations', 'api_keys'] loop
        execute format('drop trigger if exists log_activity on public.%I', watched);
        execute format(
            'create trigger log_activity after insert or delete or update on public.%I'
            ' for each row execute function headwater.log_activity()',
            watched
        );
    end loop;
    -- Noting how a mail fared is no deed of a person.
    drop trigger if exists log_activity on public.workspace_invitations;
    create trigger log_activity
        after insert or delete or update of accepted_at on public.workspace_invitations
        for each row
        execute function headwater.log_activity();
    -- Noting that a key was used is no deed of a person.
    drop trigger if exists log_activity on public.api_keys;
    create trigger log_activity
        after insert or delete or update of name, scopes, revoked_at on public.api_keys
        for each row
        execute function headwater.log_activity();
end
$$;

drop trigger if exists touch_updated_at on public.profiles;

create trigger touch_updated_at
    before update on public.profiles
    for each row
    execute function headwater.touch_updated_at();

drop trigger if exists touch_updated_at on public.workspaces;

create trigger touch_updated_at
    before update on public.workspaces
    for each row
    execute function headwater.touch_updated_at();

-- Making a workspace and becoming its owner is one deed, so it is one function.
create or replace function public.create_workspace(workspace_name text)
returns public.workspaces
language plpgsql
security definer
set search_path = ''
as $$
declare
    made public.workspaces;
begin
    if auth.uid() is null or auth.jwt() -> 'headwater_key' is not null then
        raise exception 'sign in to make a workspace'
            using errcode = 'insufficient_privilege';
    end if;

    if (select count(*) from public.workspaces where created_by = auth.uid()) >= 200 then
        raise exception 'one person makes at most 200 workspaces'
            using errcode = 'check_violation', constraint = 'workspaces_of_one_person';
    end if;

    insert into public.workspaces (name, created_by)
    values (workspace_name, auth.uid())
    returning * into made;

    insert into public.workspace_members (workspace_id, user_id, role)
    values (made.id, auth.uid(), 'owner');

    return made;
end
$$;

comment on function public.create_workspace(text) is
    'Makes a workspace that the caller owns, up to 200 of them.';

revoke execute on function public.create_workspace(text) from public, anon;
grant execute on function public.create_workspace(text) to authenticated;

create or replace function public.accept_invitation(invitation_token text)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
    found public.workspace_invitations;
begin
    select *
    into found
    from public.workspace_invitations
    where token_hash = encode(sha256(convert_to(invitation_token, 'utf8')), 'hex')
        and accepted_at is null
        and expires_at > headwater.now()
    for update;

    if found.id is null or auth.uid() is null or auth.jwt() -> 'headwater_key' is not null
        or lower(found.email) <> lower(coalesce(auth.jwt() ->> 'email', '')) then
        raise exception 'no open invitation for this address'
            using errcode = 'insufficient_privilege';
    end if;

    insert into public.workspace_members (workspace_id, user_id, role)
    values (found.workspace_id, auth.uid(), found.role)
    on conflict (workspace_id, user_id) do nothing;

    update public.workspace_invitations
    set accepted_at = headwater.now()
    where id = found.id;

    return found.workspace_id;
end
$$;

comment on function public.accept_invitation(text) is
    'Joins the workspace of an invitation that was sent to the caller''s own address. A key joins nothing.';

revoke execute on function public.accept_invitation(text) from public, anon;
grant execute on function public.accept_invitation(text) to authenticated;

create or replace function headwater.read_invitation(invitation_token text)
returns table (workspace_name text, email text, role text, invited_by text, expires_at timestamptz, state text)
language sql
stable
security definer
set search_path = ''
as $$
    select
        workspace.name,
        invitation.email,
        invitation.role,
        coalesce(nullif(inviter.full_name, ''), inviter.email, ''),
        invitation.expires_at,
        case
            when invitation.accepted_at is not null then 'accepted'
            when invitation.expires_at <= headwater.now() then 'expired'
            else 'open'
        end
    from public.workspace_invitations as invitation
    join public.workspaces as workspace on workspace.id = invitation.workspace_id
    left join public.profiles as inviter on inviter.id = invitation.invited_by
    where invitation.token_hash = encode(sha256(convert_to(invitation_token, 'utf8')), 'hex')
$$;

comment on function headwater.read_invitation(text) is
    'What an invitation is to. Whoever has the token may ask, signed in or not: it was sent to nobody else.';

revoke execute on function headwater.read_invitation(text) from public;
grant execute on function headwater.read_invitation(text) to anon, authenticated;

create or replace function headwater.delete_account()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    if auth.uid() is null or auth.jwt() -> 'headwater_key' is not null then
        raise exception 'sign in to delete your account'
            using errcode = 'insufficient_privilege';
    end if;

    -- What is theirs goes along: profile, keys, seats, and by keep_an_owner the workspaces that nobody else is in.
    delete from auth.users
    where id = auth.uid();
end
$$;

comment on function headwater.delete_account() is
    'Deletes the caller''s own account. Workspaces with other members pass to whoever ranks next.';

revoke execute on function headwater.delete_account() from public;
grant execute on function headwater.delete_account() to authenticated;

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
    join public.profiles as profile on profile.id = key.created_by
    join auth.users as account on account.id = key.created_by
    where key.key_hash = hash
        and (account.banned_until is null or account.banned_until <= headwater.now())
        and account.deleted_at is null
        and key.revoked_at is null
        and (key.expires_at is null or key.expires_at > headwater.now())
$$;

comment on function headwater.find_api_key(text) is
    'Whom a key acts for. Only the platform asks.';

revoke execute on function headwater.find_api_key(text) from public;
grant execute on function headwater.find_api_key(text) to service_role;

alter table public.profiles enable row level security;
alter table public.profiles force row level security;
alter table public.workspaces enable row level security;
alter table public.workspaces force row level security;
alter table public.workspace_members enable row level security;
alter table public.workspace_members force row level security;
alter table public.workspace_invitations enable row level security;
alter table public.workspace_invitations force row level security;
alter table public.api_keys enable row level security;
alter table public.api_keys force row level security;
alter table public.activity_log enable row level security;
alter table public.activity_log force row level security;

revoke all on public.profiles, public.workspaces, public.workspace_members, public.workspace_invitations,
    public.api_keys, public.activity_log from anon, authenticated, workspace_job;

grant select on public.profiles to authenticated, workspace_job;
grant update (full_name, avatar_url, timezone, locale, last_seen_at, previous_visit_at)
    on public.profiles to authenticated;
grant select on public.workspaces to authenticated, workspace_job;
grant update (name) on public.workspaces to authenticated;
grant delete on public.workspaces to authenticated;
grant select on public.workspace_members to authenticated, workspace_job;
grant update (role), delete on public.workspace_members to authenticated;
grant select, delete on public.workspace_invitations to authenticated;
grant insert (workspace_id, email, role, token_hash, invited_by, expires_at)
    on public.workspace_invitations to authenticated;
grant select (id, workspace_id, email, role, invited_by, expires_at, accepted_at), update (mailed_at, mail_problem)
    on public.workspace_invitations to workspace_job;
grant select (id, workspace_id, created_by, name, prefix, scopes, expires_at, last_used_at, revoked_at, created_at)
    on public.api_keys to authenticated;
grant insert (workspace_id, created_by, name, prefix, key_hash, scopes, expires_at) on public.api_keys to authenticated;
grant update (name, revoked_at) on public.api_keys to authenticated;
grant select on public.activity_log to authenticated;
grant select, insert, update, delete on public.profiles, public.workspaces, public.workspace_members,
    public.workspace_invitations, public.api_keys, public.activity_log to service_role;

-- The functions above run as the tables' owner, whom forced row level security binds as well.
do $$
declare
    guarded text;
begin
    foreach guarded in array array[
        'profiles', 'workspaces', 'workspace_members', 'workspace_invitations', 'api_keys', 'activity_log'
    ] loop
        execute format('drop policy if exists platform_functions on public.%I', guarded);
        execute format(
            'create policy platform_functions on public.%I for all to %I using (true) with check (true)',
            guarded,
            current_user
        );
        execute format(
            'comment on policy platform_functions on public.%I is %L',
            guarded,
            'The owner''s security-definer functions reach every row; nobody signs in as the owner.'
        );
    end loop;
end
$$;

drop policy if exists members_read_colleagues on public.profiles;

create policy members_read_colleagues on public.profiles
    for select
    to authenticated
    using (
        id = (select auth.uid())
        or id in (
            select member.user_id
            from public.workspace_members as member
            where member.workspace_id in (select headwater.workspaces_with_role('viewer'))
        )
    );

comment on policy members_read_colleagues on public.profiles is
    'One sees oneself and those with whom one shares a workspace.';

drop policy if exists people_edit_themselves on public.profiles;

create policy people_edit_themselves on public.profiles
    for update
    to authenticated
    using (id = (select auth.uid()) and (select auth.jwt()) -> 'headwater_key' is null)
    with check (id = (select auth.uid()));

comment on policy people_edit_themselves on public.profiles is
    'One edits one''s own profile, and not with an API key.';

drop policy if exists job_reads_members on public.profiles;

create policy job_reads_members on public.profiles
    for select
    to workspace_job
    using (
        id in (
            select member.user_id
            from public.workspace_members as member
            where member.workspace_id = (select headwater.tenant())
        )
    );

comment on policy job_reads_members on public.profiles is
    'A job sees the members of its workspace, to notify them.';

drop policy if exists members_read on public.workspaces;

create policy members_read on public.workspaces
    for select
    to authenticated
    using (id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.workspaces is
    'Members see their workspaces.';

drop policy if exists admins_rename on public.workspaces;

create policy admins_rename on public.workspaces
    for update
    to authenticated
    using (id in (select headwater.workspaces_with_role('admin')))
    with check (id in (select headwater.workspaces_with_role('admin')));

comment on policy admins_rename on public.workspaces is
    'Admins rename a workspace.';

drop policy if exists owners_delete on public.workspaces;

create policy owners_delete on public.workspaces
    for delete
    to authenticated
    using (id in (select headwater.workspaces_with_role('owner')) and not is_personal);

comment on policy owners_delete on public.workspaces is
    'Owners delete a shared workspace with everything in it; the personal one goes with the user.';

drop policy if exists job_reads on public.workspaces;

create policy job_reads on public.workspaces
    for select
    to workspace_job
    using (id = (select headwater.tenant()));

comment on policy job_reads on public.workspaces is
    'A job sees its own workspace.';

drop policy if exists members_read on public.workspace_members;

create policy members_read on public.workspace_members
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.workspace_members is
    'Members see who else is in.';

drop policy if exists admins_change_roles on public.workspace_members;

create policy admins_change_roles on public.workspace_members
    for update
    to authenticated
    using (
        workspace_id in (select headwater.workspaces_with_role('owner'))
        or (
            workspace_id in (select headwater.workspaces_with_role('admin'))
            and role <> 'owner'
        )
    )
    with check (
        workspace_id in (select headwater.workspaces_with_role('owner'))
        or (
            workspace_id in (select headwater.workspaces_with_role('admin'))
            and role <> 'owner'
        )
    );

comment on policy admins_change_roles on public.workspace_members is
    'Owners change every role; admins those below owner, and they can''t make owners.';

drop policy if exists members_leave_admins_remove on public.workspace_members;

create policy members_leave_admins_remove on public.workspace_members
    for delete
    to authenticated
    using (
        (user_id = (select auth.uid()) and (select auth.jwt()) -> 'headwater_key' is null)
        or workspace_id in (select headwater.workspaces_with_role('owner'))
        or (
            workspace_id in (select headwater.workspaces_with_role('admin'))
            and role <> 'owner'
        )
    );

comment on policy members_leave_admins_remove on public.workspace_members is
    'Everybody may leave, though not by an API key; admins remove those below owner, owners anybody.';

drop policy if exists job_reads on public.workspace_members;

create policy job_reads on public.workspace_members
    for select
    to workspace_job
    using (workspace_id = (select headwater.tenant()));

comment on policy job_reads on public.workspace_members is
    'A job sees the members of its workspace.';

drop policy if exists admins_manage on public.workspace_invitations;

create policy admins_manage on public.workspace_invitations
    for all
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('admin')))
    with check (
        workspace_id in (select headwater.workspaces_with_role('admin'))
        and invited_by = (select auth.uid())
    );

comment on policy admins_manage on public.workspace_invitations is
    'Admins invite, see and withdraw invitations.';

drop policy if exists job_reads on public.workspace_invitations;

create policy job_reads on public.workspace_invitations
    for select
    to workspace_job
    using (workspace_id = (select headwater.tenant()));

comment on policy job_reads on public.workspace_invitations is
    'A job sees whom its workspace invited, to send the mail; never the hash of a token.';

drop policy if exists job_notes_mail on public.workspace_invitations;

create policy job_notes_mail on public.workspace_invitations
    for update
    to workspace_job
    using (workspace_id = (select headwater.tenant()))
    with check (workspace_id = (select headwater.tenant()));

comment on policy job_notes_mail on public.workspace_invitations is
    'A job notes how the mail of an invitation fared; the columns granted allow nothing else.';

drop policy if exists admins_read on public.api_keys;

create policy admins_read on public.api_keys
    for select
    to authenticated
    using (
        workspace_id in (select headwater.workspaces_with_role('admin'))
        or (
            created_by = (select auth.uid())
            and workspace_id in (select headwater.workspaces_with_role('viewer'))
        )
    );

comment on policy admins_read on public.api_keys is
    'Admins see the workspace''s keys, others their own. The hash is readable by nobody.';

drop policy if exists people_make_keys on public.api_keys;

create policy people_make_keys on public.api_keys
    for insert
    to authenticated
    with check (
        created_by = (select auth.uid())
        and (select auth.jwt()) -> 'headwater_key' is null
        and workspace_id in (
            select headwater.workspaces_with_role(
                case
                    when 'admin' = any (scopes) then 'admin'
                    when 'write' = any (scopes) then 'editor'
                    else 'viewer'
                end
            )
        )
    );

comment on policy people_make_keys on public.api_keys is
    'One makes keys for oneself, with no more rights than one has. A key makes no keys.';

drop policy if exists admins_revoke on public.api_keys;

create policy admins_revoke on public.api_keys
    for update
    to authenticated
    using (
        (created_by = (select auth.uid()) and (select auth.jwt()) -> 'headwater_key' is null)
        or workspace_id in (select headwater.workspaces_with_role('admin'))
    )
    with check (
        (created_by = (select auth.uid()) and (select auth.jwt()) -> 'headwater_key' is null)
        or workspace_id in (select headwater.workspaces_with_role('admin'))
    );

comment on policy admins_revoke on public.api_keys is
    'One renames and revokes one''s own keys; admins, and keys of their scope, any of the workspace.';

drop policy if exists members_read on public.activity_log;

create policy members_read on public.activity_log
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.activity_log is
    'Members see what happened in their workspace.';
