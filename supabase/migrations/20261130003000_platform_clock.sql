-- What the leading worker saw of the clock: how far it may be trusted by what deletes.

create table if not exists headwater.clock (
    id boolean primary key default true check (id),
    seen_at timestamptz not null,
    held_at timestamptz,
    unsettled_since timestamptz
);

comment on table headwater.clock is
    'The last moment that the leading worker saw, and after a leap ahead the moment before it. Written by it only.';
comment on column headwater.clock.held_at is
    'The moment before a leap ahead that has not stood for a day yet: nothing is deleted as if it were later.';
comment on column headwater.clock.unsettled_since is
    'When the clock last leapt, by itself.';

alter table headwater.clock enable row level security;
alter table headwater.clock force row level security;
revoke all on headwater.clock from public, anon, authenticated, workspace_job;
grant select on headwater.clock to service_role;

do $$
begin
    drop policy if exists platform_functions on headwater.clock;
    execute format(
        'create policy platform_functions on headwater.clock for all to %I using (true) with check (true)',
        current_user
    );
    comment on policy platform_functions on headwater.clock is
        'The workers connect as the owner; nobody else writes here.';
end
$$;

create or replace function headwater.bound_by_clock(p_moment timestamptz)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select least(p_moment, (select held_at from headwater.clock))
$$;

comment on function headwater.bound_by_clock(timestamptz) is
    'The moment, or the one before a leap of the clock that nobody believes yet: what retention counts from.';

revoke execute on function headwater.bound_by_clock(timestamptz) from public, anon;
grant execute on function headwater.bound_by_clock(timestamptz) to service_role;

create or replace function headwater.pull_back_workspaces(p_offset interval)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    present constant timestamptz := pg_catalog.now() + p_offset;
    pulled bigint;
begin
    -- Uses are noted once a minute, and a use in the future would hide every one until then.
    update public.api_keys
    set last_used_at = present
    where last_used_at > present;
    get diagnostics pulled = row_count;
    return pulled;
end
$$;

comment on function headwater.pull_back_workspaces(interval) is
    'After the clock went back: what keys were used at lies no longer ahead. Gives how many rows changed.';

revoke execute on function headwater.pull_back_workspaces(interval) from public, anon;
grant execute on function headwater.pull_back_workspaces(interval) to service_role;
