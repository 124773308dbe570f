-- Moments of the queue survive a clock that leaps: what was written ahead is pulled back, what runs is carried along.

alter table procrastinate.procrastinate_jobs
    add column if not exists scheduled_from timestamptz;

comment on column procrastinate.procrastinate_jobs.scheduled_from is
    'The moment from which scheduled_at was counted.';

create or replace function headwater.note_schedule()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.scheduled_from := pg_catalog.now();
    return new;
end
$$;

comment on function headwater.note_schedule() is
    'Trigger on the queue: notes the moment from which a delay was counted.';

revoke execute on function headwater.note_schedule() from public, anon;

drop trigger if exists note_schedule on procrastinate.procrastinate_jobs;

create trigger note_schedule
    before insert or update of scheduled_at on procrastinate.procrastinate_jobs
    for each row
    when (new.scheduled_at is not null)
    execute function headwater.note_schedule();

create or replace function headwater.pull_back_jobs(p_offset interval)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    present constant timestamptz := pg_catalog.now() + p_offset;
    pulled bigint := 0;
    changed bigint;
begin
    with ahead as (
        select id
        from procrastinate.procrastinate_jobs
        where status = 'todo'
            and scheduled_at > present
            and scheduled_from > present
        for update skip locked
    )
    update procrastinate.procrastinate_jobs as job
    set scheduled_at = job.scheduled_at - (job.scheduled_from - present)
    from ahead
    where job.id = ahead.id;
    get diagnostics changed = row_count;
    pulled := pulled + changed;

    update public.jobs as mirror
    set next_attempt_at = job.scheduled_at
    from procrastinate.procrastinate_jobs as job
    where job.tracking_id = mirror.id
        and job.status = 'todo'
        and mirror.next_attempt_at > present
        and mirror.next_attempt_at > job.scheduled_at;

    update procrastinate.procrastinate_jobs
    set started_at = present
    where status = 'doing'
        and started_at > present;
    get diagnostics changed = row_count;
    pulled := pulled + changed;

    update procrastinate.procrastinate_workers
    set last_heartbeat = present
    where last_heartbeat > present;
    get diagnostics changed = row_count;
    pulled := pulled + changed;

    update headwater.schedules
    set ticked_at = least(ticked_at, present),
        started_at = least(started_at, present),
        finished_at = least(finished_at, present)
    where ticked_at > present
        or started_at > present;
    get diagnostics changed = row_count;
    return pulled + changed;
end
$$;

comment on function headwater.pull_back_jobs(interval) is
    'After the clock went back: jobs, runs, heartbeats and ticks written ahead count from now. Gives how many changed.';

create or replace function headwater.carry_along_jobs(p_step interval)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    carried bigint := 0;
    changed bigint;
begin
    -- What was written after the leap would lie ahead with the step added, so it is left alone.
    update procrastinate.procrastinate_workers
    set last_heartbeat = last_heartbeat + p_step
    where last_heartbeat + p_step <= pg_catalog.clock_timestamp();
    get diagnostics carried = row_count;

    update procrastinate.procrastinate_jobs
    set started_at = started_at + p_step
    where status = 'doing'
        and started_at + p_step <= pg_catalog.clock_timestamp();
    get diagnostics changed = row_count;
    return carried + changed;
end
$$;

comment on function headwater.carry_along_jobs(interval) is
    'After the clock leapt ahead: living workers are not silent and runs not overdue for it. Gives how many changed.';

create or replace function headwater.pull_back(p_offset interval)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    room regprocedure;
    pulled bigint := 0;
    changed bigint;
begin
    for room in
        select oid::regprocedure
        from pg_catalog.pg_proc
        where pronamespace = 'headwater'::regnamespace
            and proname like 'pull\_back\_%'
            and proname <> 'pull_back_jobs'
        order by proname
    loop
        execute pg_catalog.format('select %s($1)', room::regproc) into changed using p_offset;
        pulled := pulled + changed;
    end loop;
    return pulled;
end
$$;

comment on function headwater.pull_back(interval) is
    'Calls pull_back_<room> of every room but the queue''s, which the workers call as its owner. Gives how many rows changed.';

do $$
declare
    found regprocedure;
begin
    for found in
        select oid::regprocedure
        from pg_proc
        where pronamespace = 'headwater'::regnamespace
            and proname in ('pull_back_jobs', 'carry_along_jobs', 'pull_back')
    loop
        execute format('revoke execute on function %s from public, anon', found);
    end loop;
end
$$;

grant execute on function headwater.pull_back(interval) to service_role;
