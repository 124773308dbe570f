-- How jobs are followed: progress, cancelling, replaying dead letters, counting, clearing.

create or replace function headwater.report_progress(
    p_id bigint,
    p_worker bigint,
    p_attempts integer,
    p_done bigint,
    p_total bigint,
    p_note text
)
returns void
language sql
volatile
set search_path = ''
as $$
    update public.jobs as mirror
    set progress_done = p_done,
        progress_total = p_total,
        progress_note = left(p_note, 500)
    from procrastinate.procrastinate_jobs as job
    where job.id = p_id
        and job.worker_id = p_worker
        and job.attempts = p_attempts
        and job.status = 'doing'
        and mirror.id = job.tracking_id
$$;

comment on function headwater.report_progress(bigint, bigint, integer, bigint, bigint, text) is
    'Shows how far a tracked job is.';

create or replace function headwater.cancel_job(p_id uuid)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    job procrastinate.procrastinate_jobs;
begin
    select *
    into job
    from procrastinate.procrastinate_jobs
    where tracking_id = p_id;

    if job.id is null then
        return null;
    end if;
    perform headwater.require_workspaces(array[job.workspace_id]);

    update procrastinate.procrastinate_jobs
    set status = case when status = 'todo' then 'cancelled' else status end,
        abort_requested = status = 'doing'
    where id = job.id
        and status in ('todo', 'doing')
    returning status::text into job.error;
    return job.error;
end
$$;

comment on function headwater.cancel_job(uuid) is
    'Cancels a waiting job, or asks its worker to end a running one. Null when there is nothing to cancel.';

create or replace function headwater.replay_job(p_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    job procrastinate.procrastinate_jobs;
begin
    select *
    into job
    from procrastinate.procrastinate_jobs
    where tracking_id = p_id
        and status = 'failed'
    for update;

    if job.id is null then
        return false;
    end if;
    perform headwater.require_workspaces(array[job.workspace_id]);

    update procrastinate.procrastinate_jobs
    set status = 'todo',
        attempts = 0,
        scheduled_at = null,
        started_at = null,
        finished_at = null,
        error = null,
        traceback = null
    where id = job.id;

    perform pg_notify('headwater_jobs', job.queue_name);
    return true;
end
$$;

comment on function headwater.replay_job(uuid) is
    'Puts a dead letter back into its queue with all its attempts. False when it is none.';

create or replace function headwater.clear_jobs(p_batch integer, p_keep_successes interval, p_keep_failures interval)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    cleared bigint := 0;
    deleted bigint;
begin
    delete from procrastinate.procrastinate_jobs
    where id in (
        select id
        from procrastinate.procrastinate_jobs
        where status in ('succeeded', 'cancelled', 'aborted')
        order by id
        limit p_batch
    );
    get diagnostics deleted = row_count;
    cleared := cleared + deleted;

    delete from procrastinate.procrastinate_jobs
    where id in (
        select id
        from procrastinate.procrastinate_jobs
        where status = 'failed'
            and finished_at < now() - p_keep_failures
        order by finished_at
        limit p_batch
    );
    get diagnostics deleted = row_count;
    cleared := cleared + deleted;

    delete from public.jobs
    where id in (
        select id
        from public.jobs
        where finished_at < now() - case when state = 'failed' then p_keep_failures else p_keep_successes end
        order by finished_at
        limit p_batch
    );
    get diagnostics deleted = row_count;
    return cleared + deleted;
end
$$;

comment on function headwater.clear_jobs(integer, interval, interval) is
    'Deletes a batch of what is old enough; says how many rows went, so that the caller goes on until none does.';

create or replace function headwater.count_jobs(p_offset interval)
returns table (queue text, waiting bigint, running bigint, dead bigint, oldest_due_seconds double precision)
language sql
stable
security definer
set search_path = ''
as $$
    -- One part a state, so that each is counted by its own index however many dead letters there are.
    with parts as (
        select
            job.queue_name,
            count(*) as waiting,
            0 as running,
            0 as dead,
            min(coalesce(job.scheduled_at, job.created_at)) as oldest
        from procrastinate.procrastinate_jobs as job
        where job.status = 'todo'
        group by job.queue_name
        union all
        select job.queue_name, 0, count(*), 0, null
        from procrastinate.procrastinate_jobs as job
        where job.status = 'doing'
        group by job.queue_name
        union all
        select job.queue_name, 0, 0, count(*), null
        from procrastinate.procrastinate_jobs as job
        where job.status = 'failed'
        group by job.queue_name
    )
    select
        parts.queue_name::text,
        sum(parts.waiting)::bigint,
        sum(parts.running)::bigint,
        sum(parts.dead)::bigint,
        greatest(coalesce(extract(epoch from pg_catalog.now() + p_offset - min(parts.oldest)), 0), 0)::double precision
    from parts
    group by parts.queue_name
$$;

comment on function headwater.count_jobs(interval) is
    'How many jobs wait, run and lie dead in each queue, and the age in seconds of the oldest that is due.';

create or replace function headwater.drop_jobs_of_workspace()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    delete from procrastinate.procrastinate_jobs
    where workspace_id = old.id
        and status <> 'doing';

    -- Running ones are cancelled by their workers, and leave nothing to follow.
    update procrastinate.procrastinate_jobs
    set abort_requested = true,
        tracking_id = null
    where workspace_id = old.id
        and status = 'doing';

    delete from public.jobs
    where workspace_id = old.id;
    return null;
end
$$;

comment on function headwater.drop_jobs_of_workspace() is
    'Trigger on workspaces: a workspace that is deleted takes its jobs and dead letters along.';

drop trigger if exists drop_jobs_of_workspace on public.workspaces;

create trigger drop_jobs_of_workspace
    after delete on public.workspaces
    for each row
    execute function headwater.drop_jobs_of_workspace();

do $$
declare
    found regprocedure;
begin
    for found in
        select oid::regprocedure
        from pg_proc
        where pronamespace = 'headwater'::regnamespace
            and proname in ('report_progress', 'cancel_job', 'replay_job', 'clear_jobs', 'count_jobs', 'drop_jobs_of_workspace')
    loop
        execute format('revoke execute on function %s from public, anon', found);
    end loop;
end
$$;

grant execute on function headwater.cancel_job(uuid) to authenticated, workspace_job, service_role;
grant execute on function headwater.replay_job(uuid) to authenticated, workspace_job, service_role;
grant execute on function headwater.count_jobs(interval) to service_role;
