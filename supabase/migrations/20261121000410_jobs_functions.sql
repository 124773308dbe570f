-- What may be done with jobs: enqueue, fetch, finish, rescue, cancel, replay. Tables are reached through these only.

create or replace function headwater.require_workspaces(workspaces uuid[])
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    -- Inside a security-definer function current_user is its owner; the setting still names the caller.
    caller text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
begin
    if caller = 'authenticated' then
        if array_position(workspaces, null) is null
            and workspaces <@ array(select headwater.workspaces_with_role('editor')) then
            return;
        end if;
    elsif caller = 'workspace_job' then
        if array_position(workspaces, null) is null
            and workspaces <@ array[headwater.tenant()] then
            return;
        end if;
    elsif caller not in ('anon', 'authenticator') then
        return;
    end if;
    raise exception 'the caller may not act in this workspace'
        using errcode = 'insufficient_privilege';
end
$$;

comment on function headwater.require_workspaces(uuid[]) is
    'Refuses whoever may not act in all of these workspaces: members below editor, jobs of other workspaces.';

create or replace function headwater.enqueue_jobs(
    p_kind text,
    p_queue text,
    p_payloads text,
    p_workspaces uuid[],
    p_keys text[],
    p_locks text[],
    p_summaries text[],
    p_at timestamptz,
    p_priority integer,
    p_timeout_seconds real,
    p_max_attempts integer,
    p_tracked boolean
)
returns table (job_id bigint, tracking_id uuid)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    due_at timestamptz := case when p_at > now() then p_at end;
    current_turn integer;
begin
    perform headwater.require_workspaces(p_workspaces);

    -- The queue's virtual time: the turn that comes next.
    select coalesce(min(turn), 0)
    into current_turn
    from procrastinate.procrastinate_jobs
    where queue_name = p_queue
        and status = 'todo'
        and scheduled_at is null;

    return query
    with items as materialized (
        select
            item.position,
            item.payload,
            p_workspaces[least(item.position, cardinality(p_workspaces))] as workspace_id,
            nextval('procrastinate.procrastinate_jobs_id_seq') as id,
            case when p_tracked then headwater.uuidv7() end as tracking_id
        from jsonb_array_elements(p_payloads::jsonb) with ordinality as item (payload, position)
    ),
    lanes as materialized (
        select
            lane.workspace_id,
            greatest(
                current_turn,
                (
                    select max(waiting.turn) + 1
                    from procrastinate.procrastinate_jobs as waiting
                    where waiting.queue_name = p_queue
                        and waiting.workspace_id = lane.workspace_id
                        and waiting.status = 'todo'
                )
            ) as first_turn
        from (select distinct workspace_id from items) as lane
    ),
    turns as materialized (
        select
            items.*,
            lanes.first_turn + (row_number() over (partition by items.workspace_id order by items.position))::integer - 1
                as turn,
            format('%s|%s|%s', p_kind, items.workspace_id, nullif(p_keys[items.position], '')) as scoped_key,
            format('%s|%s', items.workspace_id, nullif(p_locks[items.position], '')) as scoped_lock
        from items
        join lanes on lanes.workspace_id is not distinct from items.workspace_id
    ),
    inserted as (
        insert into procrastinate.procrastinate_jobs (
            id, queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at,
            workspace_id, tracking_id, summary, turn, timeout_seconds, max_attempts
        )
        select
            id, p_queue, p_kind, p_priority - turn,
            case when p_locks[position] <> '' then scoped_lock end,
            case when p_keys[position] <> '' then scoped_key end,
            payload, due_at, workspace_id, tracking_id, left(p_summaries[position], 500), turn,
            p_timeout_seconds, p_max_attempts
        from turns
        order by position
        on conflict (queueing_lock) where status = 'todo' do nothing
        returning id, tracking_id, workspace_id, summary, created_at, scheduled_at
    ),
    shown as (
        insert into public.jobs (
            id, workspace_id, engine_id, kind, queue, summary, state, max_attempts, created_at, next_attempt_at
        )
        select
            tracking_id, workspace_id, id, p_kind, p_queue, coalesce(summary, ''), 'queued', p_max_attempts,
            created_at, coalesce(scheduled_at, created_at)
        from inserted
        where tracking_id is not null
    )
    select inserted.id, inserted.tracking_id
    from turns
    left join inserted on inserted.id = turns.id
    order by turns.position;

    if due_at is null then
        perform pg_notify('headwater_jobs', p_queue);
    end if;
end
$$;

comment on function headwater.enqueue_jobs(
    text, text, text, uuid[], text[], text[], text[], timestamptz, integer, real, integer, boolean
) is
    'Puts jobs of one kind in the caller''s transaction. One row a payload, in order; null where the key already waits.';

create or replace function headwater.is_lock_free(p_lock text, p_priority integer, p_id bigint, p_offset interval)
returns boolean
language sql
stable
set search_path = ''
as $$
    select not exists (
        select
        from procrastinate.procrastinate_jobs as running
        where running.lock = p_lock
            and running.status = 'doing'
    )
    and not exists (
        select
        from procrastinate.procrastinate_jobs as waiting
        where waiting.lock = p_lock
            and waiting.status = 'todo'
            and (waiting.scheduled_at is null or waiting.scheduled_at <= pg_catalog.now() + p_offset)
            and (waiting.priority > p_priority or (waiting.priority = p_priority and waiting.id < p_id))
    )
$$;

comment on function headwater.is_lock_free(text, integer, bigint, interval) is
    'Whether nothing runs under this lock and nothing due is before this job in line for it.';

create or replace function headwater.fetch_jobs(
    p_queues text[],
    p_slots integer[],
    p_worker bigint,
    p_offset interval
)
returns table (
    id bigint, kind text, queue text, args text, workspace_id uuid, tracking_id uuid, attempts integer,
    max_attempts integer, created_at timestamptz, scheduled_at timestamptz
)
language sql
volatile
set search_path = ''
as $$
    with candidates as materialized (
        select found.id
        from unnest(p_queues, p_slots) as wanted (queue, slots)
        cross join lateral (
            select due.id
            from (
                select * from (
                    select ready.id, ready.priority
                    from procrastinate.procrastinate_jobs as ready
                    where ready.queue_name = wanted.queue
                        and ready.status = 'todo'
                        and ready.scheduled_at is null
                        and (ready.lock is null or headwater.is_lock_free(ready.lock, ready.priority, ready.id, p_offset))
                    order by ready.priority desc, ready.id
                    limit wanted.slots
                    for update skip locked
                ) as ready_jobs
                union all
                select * from (
                    select delayed.id, delayed.priority
                    from procrastinate.procrastinate_jobs as delayed
                    where delayed.queue_name = wanted.queue
                        and delayed.status = 'todo'
                        and delayed.scheduled_at <= pg_catalog.now() + p_offset
                        and (
                            delayed.lock is null
                            or headwater.is_lock_free(delayed.lock, delayed.priority, delayed.id, p_offset)
                        )
                    order by delayed.priority desc, delayed.id
                    limit wanted.slots
                    for update skip locked
                ) as delayed_jobs
            ) as due
            order by due.priority desc, due.id
            limit wanted.slots
        ) as found
    )
    update procrastinate.procrastinate_jobs as job
    set status = 'doing',
        worker_id = p_worker,
        queueing_lock = null,
        started_at = pg_catalog.clock_timestamp()
    from candidates
    where job.id = candidates.id
    returning
        job.id, job.task_name::text, job.queue_name::text, job.args::text, job.workspace_id, job.tracking_id,
        job.attempts, job.max_attempts, job.created_at, job.scheduled_at
$$;

comment on function headwater.fetch_jobs(text[], integer[], bigint, interval) is
    'Starts due jobs, as many a queue as it has slots. Only running and due waiting jobs hold a lock.';

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

do $$
declare
    found regprocedure;
begin
    for found in
        select oid::regprocedure
        from pg_proc
        where pronamespace = 'headwater'::regnamespace
            and proname in (
                'require_workspaces', 'enqueue_jobs', 'fetch_jobs', 'is_lock_free', 'hold_job', 'finish_jobs', 'end_job',
                'return_jobs', 'rescue_jobs', 'report_progress', 'cancel_job', 'replay_job', 'clear_jobs', 'count_jobs'
            )
    loop
        execute format('revoke execute on function %s from public, anon', found);
    end loop;
    for found in
        select oid::regprocedure
        from pg_proc
        where pronamespace = 'headwater'::regnamespace
            and proname in ('enqueue_jobs', 'hold_job', 'cancel_job', 'replay_job')
    loop
        execute format('grant execute on function %s to authenticated, workspace_job, service_role', found);
    end loop;
end
$$;

grant execute on function headwater.count_jobs(interval) to service_role;
