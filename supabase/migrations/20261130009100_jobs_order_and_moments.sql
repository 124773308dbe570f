-- Jobs: those that are enqueued together may each have a moment of their own; a run holds its workspace first.

create or replace function headwater.enqueue_jobs(
    p_kind text,
    p_queue text,
    p_payloads text,
    p_workspaces uuid[],
    p_keys text[],
    p_locks text[],
    p_summaries text[],
    p_at timestamptz[],
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
    is_due boolean := cardinality(p_at) = 0 or array_position(p_at, null) is not null or now() >= any (p_at);
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
            p_at[least(item.position, cardinality(p_at))] as at,
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
            payload, case when at > now() then at end, workspace_id, tracking_id, left(p_summaries[position], 500), turn,
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

    if is_due then
        perform pg_notify('headwater_jobs', p_queue);
    end if;
end
$$;

comment on function headwater.enqueue_jobs(
    text, text, text, uuid[], text[], text[], text[], timestamptz[], integer, real, integer, boolean
) is
    'Puts jobs of one kind in the caller''s transaction. One row a payload, in order; null where the key already waits.'
    ' p_workspaces and p_at hold one for all or one for each payload.';

-- Workers and gateways of 0.1.0 ask with one moment for all, and go on until they are replaced.
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
language sql
volatile
security definer
set search_path = ''
as $$
    select enqueued.job_id, enqueued.tracking_id
    from headwater.enqueue_jobs(
        p_kind, p_queue, p_payloads, p_workspaces, p_keys, p_locks, p_summaries, array[p_at], p_priority,
        p_timeout_seconds, p_max_attempts, p_tracked
    ) as enqueued
$$;

-- Rows are locked in one order everywhere: accounts, then the workspace, then what is the workspace's. Whoever deletes
-- an account or a workspace locks it before what belongs to it, so a run that held a row of the workspace, and only
-- then referred to the workspace or to one of its members, would wait for them while they wait for it.
create or replace function headwater.hold_job(
    p_id bigint,
    p_worker bigint,
    p_attempts integer,
    p_with_members boolean
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    -- Locking needs the right to update; where the platform lacks it, the account's deletion is the one to be retried.
    if p_with_members and has_table_privilege('auth.users', 'update') then
        perform
        from auth.users as account
        where account.id in (
            select member.user_id
            from public.workspace_members as member
            where member.workspace_id = headwater.tenant()
        )
        order by account.id
        for key share;
    end if;

    perform
    from public.workspaces
    where id = headwater.tenant()
    for key share;

    return exists (
        select
        from procrastinate.procrastinate_jobs
        where id = p_id
            and worker_id = p_worker
            and attempts = p_attempts
            and status = 'doing'
        for key share
    );
end
$$;

comment on function headwater.hold_job(bigint, bigint, integer, boolean) is
    'Whether the run still owns its job; until the transaction ends nobody can take the job away, nor delete its'
    ' workspace, nor (p_with_members) the accounts of its members, whom what it writes refers to.';

create or replace function headwater.hold_job(p_id bigint, p_worker bigint, p_attempts integer)
returns boolean
language sql
volatile
security definer
set search_path = ''
as $$
    select headwater.hold_job(p_id, p_worker, p_attempts, false)
$$;

comment on function headwater.hold_job(bigint, bigint, integer) is
    'The same without the accounts of the members.';

do $$
declare
    found regprocedure;
begin
    for found in
        select oid::regprocedure
        from pg_proc
        where pronamespace = 'headwater'::regnamespace
            and proname in ('enqueue_jobs', 'hold_job')
    loop
        execute format('revoke execute on function %s from public, anon', found);
    end loop;
end
$$;

grant execute on function headwater.enqueue_jobs(
    text, text, text, uuid[], text[], text[], text[], timestamptz[], integer, real, integer, boolean
) to authenticated, workspace_job, service_role;
grant execute on function headwater.hold_job(bigint, bigint, integer, boolean) to workspace_job, service_role;
