-- What every product's migration stands on: the schema of helper functions, keys, the tenant of a job.

create schema if not exists headwater;

comment on schema headwater is
    'Helper functions of the platform. Not exposed over REST.';

create schema if not exists extensions;

create extension if not exists vector
    with schema extensions;

-- The role that jobs run as. It reaches the rows of one workspace at a time: the one in headwater.workspace_id.
do $$
begin
    if not exists (select from pg_roles where rolname = 'workspace_job') then
        create role workspace_job nologin noinherit;
    end if;
    -- Before Postgres 16 there is no privilege 'set': whoever is a member may take the role.
    if not pg_has_role(
        current_user,
        'workspace_job',
        case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end
    ) then
        execute format('grant workspace_job to %I', current_user);
    end if;
end
$$;

comment on role workspace_job is
    'A durable job of one workspace. Policies name it beside authenticated.';

grant usage on schema headwater to anon, authenticated, service_role, workspace_job;
grant usage on schema public to anon, authenticated, service_role, workspace_job;
grant usage on schema extensions to anon, authenticated, service_role, workspace_job;

create or replace function headwater.now()
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select pg_catalog.now()
        + coalesce(nullif(current_setting('headwater.clock_offset', true), ''), '0 seconds')::interval
$$;

comment on function headwater.now() is
    'The present moment, moved by the connection''s headwater.clock_offset, which only tests set.';

grant execute on function headwater.now() to anon, authenticated, service_role, workspace_job;

-- Postgres 18 makes UUIDv7 itself; before it, the layout of RFC 9562 section 5.7 is put together here.
do $$
begin
    if to_regprocedure('pg_catalog.uuidv7()') is not null then
        execute $body$
            create or replace function headwater.uuidv7()
            returns uuid
            language sql
            volatile
            parallel safe
            set search_path = ''
            return pg_catalog.uuidv7()
        $body$;
    else
        execute $body$
            create or replace function headwater.uuidv7()
            returns uuid
            language sql
            volatile
            parallel safe
            set search_path = ''
            as $sql$
                select encode(
                    set_bit(
                        set_bit(
                            overlay(
                                uuid_send(gen_random_uuid())
                                placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                                from 1 for 6
                            ),
                            52, 1
                        ),
                        53, 1
                    ),
                    'hex'
                )::uuid
            $sql$
        $body$;
    end if;
end
$$;

comment on function headwater.uuidv7() is
    'A key that grows with time (RFC 9562 section 5.7).';

grant execute on function headwater.uuidv7() to anon, authenticated, service_role, workspace_job;

create or replace function headwater.tenant()
returns uuid
language sql
stable
set search_path = ''
as $$
    select nullif(current_setting('headwater.workspace_id', true), '')::uuid
$$;

comment on function headwater.tenant() is
    'The workspace that this transaction''s job runs for.';

grant execute on function headwater.tenant() to authenticated, service_role, workspace_job;

create or replace function public.set_tenant_context(tenant_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
    select set_config('headwater.workspace_id', tenant_id::text, true)
$$;

comment on function public.set_tenant_context(uuid) is
    'For tools that connect directly as workspace_job: sets the workspace whose rows this transaction reaches.';

revoke execute on function public.set_tenant_context(uuid) from public, anon, authenticated;
grant execute on function public.set_tenant_context(uuid) to workspace_job, service_role;

create or replace function headwater.touch_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at := headwater.now();
    return new;
end
$$;

comment on function headwater.touch_updated_at() is
    'Trigger: keeps updated_at.';

grant execute on function headwater.touch_updated_at() to authenticated, service_role, workspace_job;
