-- How runs end: held, finished, failed, given back, rescued.

create or replace function headwater.hold_job(p_id bigint, p_worker bigint, p_attempts integer)
returns boolean
language sql
volatile
security definer
set search_path = ''
as $$
    select exists (
        select
        from procrastinate.procrastinate_jobs
        where id = p_id
            and worker_id = p_worker
            and attempts = p_attempts
            and status = 'doing'
        for key share
    )
$$;

comment on function headwater.hold_job(bigint, bigint, integer) is
    'Whether the run still owns its job; until the transaction ends nobody can take the job away.';

create or replace function headwater.finish_jobs(p_ids bigint[], p_worker bigint, p_attempts integer[])
returns setof bigint
language sql
volatile
set search_path = ''
as $$
    delete from procrastinate.procrastinate_jobs as job
    using unnest(p_ids, p_attempts) as done (id, attempts)
    where job.id = done.id
        and job.attempts = done.attempts
        and job.worker_id = p_worker
        and job.status = 'doing'
    returning job.id
$$;

comment on function headwater.finish_jobs(bigint[], bigint, integer[]) is
    'Deletes jobs that succeeded. A run whose job was taken over finishes nothing.';

create or replace function headwater.end_job(
    p_id bigint,
    p_worker bigint,
    p_attempts integer,
    p_status text,
    p_counted boolean,
    p_delay interval,
    p_error text,
    p_traceback text
)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
begin
    update procrastinate.procrastinate_jobs
    set status = case
            when p_status = 'todo' and abort_requested then 'aborted'
            else p_status
        end::procrastinate.procrastinate_job_status,
        abort_requested = false,
        worker_id = null,
        attempts = attempts + case when p_counted then 1 else 0 end,
        scheduled_at = case when p_status = 'todo' then now() + p_delay else scheduled_at end,
        error = p_error,
        traceback = p_traceback
    where id = p_id
        and worker_id = p_worker
        and attempts = p_attempts
        and status = 'doing';
    return found;
end
$$;

comment on function headwater.end_job(bigint, bigint, integer, text, boolean, interval, text, text) is
    'Ends a run that did not succeed: todo (again, after the delay), failed or aborted.';

create or replace function headwater.return_jobs(p_worker bigint, p_known bigint[])
returns void
language sql
volatile
set search_path = ''
as $$
    update procrastinate.procrastinate_jobs
    set status = case when abort_requested then 'aborted' else 'todo' end::procrastinate.procrastinate_job_status,
        abort_requested = false,
        worker_id = null
    where worker_id = p_worker
        and status = 'doing'
        and id <> all (p_known)
$$;

comment on function headwater.return_jobs(bigint, bigint[]) is
    'Puts back what was given to a worker that never heard of it, because the connection broke under the answer.';

create or replace function headwater.rescue_jobs(p_silence interval, p_grace interval)
returns table (id bigint, kind text, queue text, workspace_id uuid, state text, reason text)
language sql
volatile
set search_path = ''
as $$
    with dead as materialized (
        select worker.id
        from procrastinate.procrastinate_workers as worker
        -- After a restart of Postgres every heartbeat is old; the workers get their time to come back.
        where worker.last_heartbeat < pg_catalog.now() - p_silence
            and pg_catalog.pg_postmaster_start_time() < pg_catalog.now() - p_silence
    ),
    lost as materialized (
        select
            job.id,
            case when job.worker_id is null or job.worker_id in (select dead.id from dead) then 'stalled' else 'overdue' end
                as reason
        from procrastinate.procrastinate_jobs as job
        where job.status = 'doing'
            and (
                job.worker_id is null
                or job.worker_id in (select dead.id from dead)
                or job.started_at + pg_catalog.make_interval(secs => job.timeout_seconds) + p_grace
                    < pg_catalog.clock_timestamp()
            )
        for update skip locked
    ),
    rescued as (
        update procrastinate.procrastinate_jobs as job
        set status = case
                when job.abort_requested then 'aborted'
                when job.attempts + 1 >= job.max_attempts then 'failed'
                else 'todo'
            end::procrastinate.procrastinate_job_status,
            attempts = job.attempts + 1,
            abort_requested = false,
            worker_id = null,
            scheduled_at = case
                -- The first rescue is immediate; from then on a poison job waits longer each time.
                when job.attempts > 0
                    then pg_catalog.now() + pg_catalog.random() * least(60, 2 ^ job.attempts) * interval '1 second'
            end,
            error = case lost.reason
                when 'stalled' then 'The worker stopped in the middle of this job.'
                else 'The job took longer than it may.'
            end
        from lost
        where job.id = lost.id
        returning job.id, job.task_name, job.queue_name, job.workspace_id, job.status, lost.reason
    ),
    pruned as (
        delete from procrastinate.procrastinate_workers as worker
        using dead
        where worker.id = dead.id
            and not exists (
                select
                from procrastinate.procrastinate_jobs as job
                where job.worker_id = worker.id
                    and job.id not in (select rescued.id from rescued)
            )
    )
    select rescued.id, rescued.task_name::text, rescued.queue_name::text, rescued.workspace_id, rescued.status::text,
        rescued.reason
    from rescued
$$;

comment on function headwater.rescue_jobs(interval, interval) is
    'Takes jobs from workers that fell silent and from runs past their own time; they run again, or fail at the cap.';

do $$
declare
    found regprocedure;
begin
    for found in
        select oid::regprocedure
        from pg_proc
        where pronamespace = 'headwater'::regnamespace
            and proname in ('hold_job', 'finish_jobs', 'end_job', 'return_jobs', 'rescue_jobs')
    loop
        execute format('revoke execute on function %s from public, anon', found);
    end loop;
end
$$;

grant execute on function headwater.hold_job(bigint, bigint, integer) to workspace_job, service_role;
