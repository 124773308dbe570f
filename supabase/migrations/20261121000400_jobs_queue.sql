-- The queue as Headwater runs it on the engine's table, and public.jobs, where people follow their work.

alter table procrastinate.procrastinate_jobs
    add column if not exists workspace_id uuid,
    add column if not exists tracking_id uuid,
    add column if not exists summary text,
    add column if not exists turn integer not null default 0,
    add column if not exists timeout_seconds real not null default 300,
    add column if not exists max_attempts integer not null default 5,
    add column if not exists created_at timestamptz not null default now(),
    add column if not exists started_at timestamptz,
    add column if not exists finished_at timestamptz,
    add column if not exists error text,
    add column if not exists traceback text;

comment on table procrastinate.procrastinate_jobs is
    'The queue: waiting and running jobs, and the dead letters. A job that succeeds is deleted.';
comment on column procrastinate.procrastinate_jobs.turn is
    'Virtual time of the job in its queue: the turns that its workspace had waiting before it.';
comment on column procrastinate.procrastinate_jobs.error is
    'What went wrong, in words that users may read.';
comment on column procrastinate.procrastinate_jobs.traceback is
    'Where it went wrong, for operators only.';

-- Rows come and go by the thousand, so the table is vacuumed by number of dead rows rather than by share.
alter table procrastinate.procrastinate_jobs set (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 5000
);

-- The engine's indexes for its own fetch give way to those for headwater.fetch_jobs.
drop index if exists procrastinate.procrastinate_jobs_priority_idx_v1;
drop index if exists procrastinate.procrastinate_jobs_queue_name_idx_v1;
drop index if exists procrastinate.procrastinate_jobs_id_lock_idx_v1;
-- Deleting a worker looks for its jobs by worker_id alone, so the condition may not name the status.
drop index if exists procrastinate.idx_procrastinate_jobs_worker_not_null;

create index if not exists jobs_worker_idx
    on procrastinate.procrastinate_jobs (worker_id)
    where worker_id is not null;

create index if not exists jobs_ready_idx
    on procrastinate.procrastinate_jobs (queue_name, priority desc, id)
    where status = 'todo' and scheduled_at is null;

create index if not exists jobs_delayed_idx
    on procrastinate.procrastinate_jobs (queue_name, scheduled_at)
    where status = 'todo' and scheduled_at is not null;

create index if not exists jobs_waiting_lock_idx
    on procrastinate.procrastinate_jobs (lock)
    where status = 'todo' and lock is not null;

create index if not exists jobs_queue_turn_idx
    on procrastinate.procrastinate_jobs (queue_name, turn)
    where status = 'todo' and scheduled_at is null;

create index if not exists jobs_workspace_turn_idx
    on procrastinate.procrastinate_jobs (queue_name, workspace_id, turn)
    where status = 'todo';

create index if not exists jobs_running_idx
    on procrastinate.procrastinate_jobs (started_at)
    where status = 'doing';

create index if not exists jobs_dead_idx
    on procrastinate.procrastinate_jobs (finished_at)
    include (queue_name)
    where status = 'failed';

create index if not exists jobs_ended_idx
    on procrastinate.procrastinate_jobs (id)
    where status in ('succeeded', 'cancelled', 'aborted');

create index if not exists jobs_tracking_idx
    on procrastinate.procrastinate_jobs (tracking_id)
    where tracking_id is not null;

-- The engine's event log is written four times a job and read by nothing here: times stand in the row itself.
-- Its announcement of every inserted row gives way to one announcement a statement in headwater.enqueue_jobs.
drop trigger if exists procrastinate_trigger_status_events_insert_v1 on procrastinate.procrastinate_jobs;
drop trigger if exists procrastinate_trigger_status_events_update_v1 on procrastinate.procrastinate_jobs;
drop trigger if exists procrastinate_trigger_scheduled_events_v1 on procrastinate.procrastinate_jobs;
drop trigger if exists procrastinate_trigger_abort_requested_events_v1 on procrastinate.procrastinate_jobs;
drop trigger if exists procrastinate_jobs_notify_queue_job_inserted_v1 on procrastinate.procrastinate_jobs;
-- The engine's periodic tasks are not used: schedules are Headwater's own.
drop trigger if exists procrastinate_trigger_delete_jobs_v1 on procrastinate.procrastinate_jobs;

-- What users see of their jobs. Written by the triggers and functions of this room only.
create table if not exists public.jobs (
    id uuid primary key default headwater.uuidv7(),
    workspace_id uuid,
    engine_id bigint not null,
    kind text not null,
    queue text not null,
    summary text not null default '' check (char_length(summary) <= 500),
    state text not null check (state in ('queued', 'running', 'retrying', 'succeeded', 'failed', 'cancelled')),
    progress_done bigint not null default 0,
    progress_total bigint,
    progress_note text not null default '' check (char_length(progress_note) <= 500),
    attempts integer not null default 0,
    max_attempts integer not null,
    error text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    next_attempt_at timestamptz
);

create index if not exists jobs_workspace_id_idx
    on public.jobs (workspace_id, id desc);

create index if not exists jobs_finished_at_idx
    on public.jobs (finished_at)
    where finished_at is not null;

comment on table public.jobs is
    'Work that people follow: every tracked job, and every job that failed for good (the dead letters).'
    ' workspace_id is null for the platform''s own maintenance, which no member sees.';

alter table public.jobs enable row level security;
alter table public.jobs force row level security;
revoke all on public.jobs from public, anon, authenticated, workspace_job;
grant select on public.jobs to authenticated, workspace_job;
grant select, insert, update, delete on public.jobs to service_role;

drop policy if exists members_read on public.jobs;

create policy members_read on public.jobs
    for select
    to authenticated
    using (workspace_id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.jobs is
    'Members follow the jobs of their workspaces.';

drop policy if exists job_reads on public.jobs;

create policy job_reads on public.jobs
    for select
    to workspace_job
    using (workspace_id = (select headwater.tenant()));

comment on policy job_reads on public.jobs is
    'A job sees the jobs of its own workspace.';

do $$
begin
    drop policy if exists platform_functions on public.jobs;
    execute format(
        'create policy platform_functions on public.jobs for all to %I using (true) with check (true)',
        current_user
    );
    comment on policy platform_functions on public.jobs is
        'The owner''s security-definer functions reach every row; nobody signs in as the owner.';

    if exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables)
        and not exists (
            select
            from pg_publication_tables
            where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'jobs'
        ) then
        alter publication supabase_realtime add table public.jobs;
    end if;
end
$$;

-- When each schedule ran last: ticks that were missed count as one, and a change of leader skips none.
create table if not exists headwater.schedules (
    name text primary key,
    ticked_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    error text
);

comment on table headwater.schedules is
    'The last run of each schedule. Written by the leading worker only.';

alter table headwater.schedules enable row level security;
alter table headwater.schedules force row level security;
revoke all on headwater.schedules from public, anon, authenticated, workspace_job;
grant select on headwater.schedules to service_role;

do $$
begin
    drop policy if exists platform_functions on headwater.schedules;
    execute format(
        'create policy platform_functions on headwater.schedules for all to %I using (true) with check (true)',
        current_user
    );
    comment on policy platform_functions on headwater.schedules is
        'The workers connect as the owner; nobody else writes here.';
end
$$;

-- Whatever changes a job's state, these hold: a key that forbids duplicates frees when the job starts (or a retry
-- could not be written), and a job that rests names no worker (or deleting a worker would search all of them).
create or replace function headwater.tidy_job()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.status = 'doing' then
        new.queueing_lock := null;
        return new;
    end if;
    new.worker_id := null;
    if new.status in ('failed', 'cancelled', 'aborted') then
        new.finished_at := coalesce(new.finished_at, now());
    end if;
    -- A dead letter must be found by people even if nobody tracked the job before.
    if new.status = 'failed' and new.tracking_id is null then
        new.tracking_id := headwater.uuidv7();
    end if;
    return new;
end
$$;

comment on function headwater.tidy_job() is
    'Trigger on the queue: frees the duplicate key at the start and the worker at the end of a run.';

drop trigger if exists tidy_job on procrastinate.procrastinate_jobs;

create trigger tidy_job
    before update of status on procrastinate.procrastinate_jobs
    for each row
    when (
        (new.status = 'doing' and new.queueing_lock is not null)
        or (new.status <> 'doing' and new.worker_id is not null)
        or new.status in ('failed', 'cancelled', 'aborted')
    )
    execute function headwater.tidy_job();

create or replace function headwater.mirror_job()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' then
        update public.jobs
        set state = 'succeeded',
            attempts = old.attempts + 1,
            progress_done = coalesce(progress_total, progress_done),
            error = null,
            finished_at = now(),
            next_attempt_at = null
        where id = old.tracking_id;
        return null;
    end if;

    insert into public.jobs as mirror (
        id, workspace_id, engine_id, kind, queue, summary, state, attempts, max_attempts, error,
        created_at, started_at, finished_at, next_attempt_at
    )
    values (
        new.tracking_id, new.workspace_id, new.id, new.task_name, new.queue_name, coalesce(new.summary, ''),
        case
            when new.status = 'doing' then 'running'
            when new.status = 'todo' and new.attempts > 0 then 'retrying'
            when new.status = 'todo' then 'queued'
            when new.status = 'succeeded' then 'succeeded'
            when new.status = 'failed' then 'failed'
            else 'cancelled'
        end,
        new.attempts + case when new.status = 'doing' then 1 else 0 end,
        new.max_attempts, new.error, new.created_at, new.started_at, new.finished_at,
        case when new.status = 'todo' then coalesce(new.scheduled_at, now()) end
    )
    on conflict (id) do update
    set state = excluded.state,
        attempts = excluded.attempts,
        error = excluded.error,
        started_at = excluded.started_at,
        finished_at = excluded.finished_at,
        next_attempt_at = excluded.next_attempt_at;
    return null;
end
$$;

comment on function headwater.mirror_job() is
    'Trigger on the queue: shows a tracked job''s state in public.jobs, in the same transaction.';

drop trigger if exists mirror_job on procrastinate.procrastinate_jobs;

create trigger mirror_job
    after update of status on procrastinate.procrastinate_jobs
    for each row
    when (new.tracking_id is not null)
    execute function headwater.mirror_job();

drop trigger if exists mirror_success on procrastinate.procrastinate_jobs;

create trigger mirror_success
    after delete on procrastinate.procrastinate_jobs
    for each row
    when (old.tracking_id is not null and old.status = 'doing')
    execute function headwater.mirror_job();

revoke execute on function headwater.tidy_job() from public;
revoke execute on function headwater.mirror_job() from public;
