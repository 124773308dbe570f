-- A connection of its own that names a workspace reaches the rows of that workspace and no others.

-- Security invoker, because only an invoker's function may take a role, and it lasts for the transaction: the function
-- has no setting of its own for `role` or `headwater.workspace_id`, so its end undoes neither.
create or replace function public.set_tenant_context(tenant_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    if tenant_id is null then
        raise exception 'name the workspace'
            using errcode = 'null_value_not_allowed';
    end if;

    if current_user = 'authenticated' then
        if tenant_id not in (select headwater.workspaces_with_role('viewer')) then
            raise exception 'there is no such workspace of yours'
                using errcode = 'insufficient_privilege';
        end if;
    elsif current_user <> 'workspace_job' then
        begin
            perform set_config('role', 'workspace_job', true);
        exception
            when insufficient_privilege then
                raise exception '% may not become workspace_job, so no workspace can be set', session_user
                    using
                        errcode = 'insufficient_privilege',
                        detail = sqlerrm,
                        hint = format('An owner of the database can grant it: grant workspace_job to %I', session_user);
        end;
        if current_user <> 'workspace_job' then
            raise exception 'the role workspace_job was not taken, so no workspace can be set'
                using errcode = 'insufficient_privilege';
        end if;
    end if;

    perform set_config('headwater.workspace_id', tenant_id::text, true);
end
$$;

comment on function public.set_tenant_context(uuid) is
    'For tools that connect directly: until the transaction ends it acts as workspace_job and reaches the rows of this '
    'workspace alone. A member (authenticated) may name a workspace of their own and stays who they are. Raises '
    'where the role can''t be taken.';

revoke execute on function public.set_tenant_context(uuid) from public, anon;
grant execute on function public.set_tenant_context(uuid) to authenticated, workspace_job, service_role;
