-- Moments of sources that were written by a clock ahead of time.

alter table public.monitored_sources
    add column if not exists next_check_set_at timestamptz not null default now();

comment on column public.monitored_sources.next_check_set_at is
    'When next_check_at was set: a moment counted from a clock that was ahead is known by it.';

create or replace function headwater.note_next_check()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.next_check_set_at := headwater.now();
    return new;
end
$$;

comment on function headwater.note_next_check() is
    'Trigger: notes when next_check_at was set, whoever sets it.';

revoke execute on function headwater.note_next_check() from public, anon;

drop trigger if exists note_next_check on public.monitored_sources;

create trigger note_next_check
    before insert or update of next_check_at on public.monitored_sources
    for each row
    execute function headwater.note_next_check();

create or replace function headwater.pull_back_watch(p_offset interval)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    present constant timestamptz := pg_catalog.now() + p_offset;
    pulled bigint;
    changed bigint;
begin
    with ahead as (
        select id
        from public.monitored_sources
        where next_check_set_at > present
            or last_checked_at > present
            or last_changed_at > present
        for update skip locked
    )
    update public.monitored_sources as source
    set next_check_at = case
            when source.next_check_set_at > present
                then source.next_check_at - (source.next_check_set_at - present)
            else source.next_check_at
        end,
        last_checked_at = least(source.last_checked_at, present),
        last_changed_at = least(source.last_changed_at, present)
    from ahead
    where source.id = ahead.id;
    get diagnostics pulled = row_count;

    -- Ten minutes are as long as a ticket holds.
    update public.monitored_sources
    set checking_until = present + interval '10 minutes'
    where checking_until > present + interval '10 minutes';
    get diagnostics changed = row_count;
    return pulled + changed;
end
$$;

comment on function headwater.pull_back_watch(interval) is
    'After the clock went back: sources and tickets counted ahead are due within their own wait. Gives how many changed.';

revoke execute on function headwater.pull_back_watch(interval) from public, anon;
grant execute on function headwater.pull_back_watch(interval) to service_role;
