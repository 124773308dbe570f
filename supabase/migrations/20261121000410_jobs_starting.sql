-- How jobs begin: who may enqueue, the enqueueing itself, and the fetch of the workers.

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
    -- No workspace at all is what the platform's own maintenance names, so an empty list is nobody else's to give.
    if caller = 'authenticated' then
        if cardinality(workspaces) > 0
            and array_position(workspaces, null) is null
            and workspaces <@ array(select headwater.workspaces_with_role('editor')) then
            return;
        end if;
    elsif caller = 'workspace_job' then
        if cardinality(workspaces) > 0
            and array_position(workspaces, null) is null
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
        -- Batches that share keys take them in one order, so that they wait for each other and never in a ring.
        order by scoped_key, position
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
    max_attempts integer, timeout_seconds real, created_at timestamptz
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
    ),
    started as (
        update procrastinate.procrastinate_jobs as job
        set status = 'doing',
            worker_id = p_worker,
            queueing_lock = null,
            started_at = pg_catalog.clock_timestamp()
        from candidates
        where job.id = candidates.id
        returning job.*
    )
    select
        started.id, started.task_name::text, started.queue_name::text, started.args::text, started.workspace_id,
        started.tracking_id, started.attempts, started.max_attempts, started.timeout_seconds, started.created_at
    from started
    order by started.priority desc, started.id
$$;

comment on function headwater.fetch_jobs(text[], integer[], bigint, interval) is
    'Starts due jobs, as many a queue as it has slots. Only running and due waiting jobs hold a lock.';

do $$
declare
    found regprocedure;
begin
    for found in
        select oid::regprocedure
        from pg_proc
        where pronamespace = 'headwater'::regnamespace
            and proname in ('require_workspaces', 'enqueue_jobs', 'is_lock_free', 'fetch_jobs')
    loop
        execute format('revoke execute on function %s from public, anon', found);
    end loop;
end
$$;

grant execute on function headwater.enqueue_jobs(
    text, text, text, uuid[], text[], text[], text[], timestamptz, integer, real, integer, boolean
) to authenticated, workspace_job, service_role;
