"""Who may do what to the tables of workspaces, and a row of each to try it on."""

from __future__ import annotations

from headwater.kit.policy_cases import ADMINS, JOB, MEMBERS, NOBODY, PEOPLE, THE_ADMIN, Case, PolicyCases, callers

_SEED = """
insert into public.workspace_invitations (id, workspace_id, email, role, token_hash, invited_by, expires_at)
values (%(row)s, %(workspace)s, 'guest@example.com', 'viewer', 'seed', %(admin)s, now() + interval '1 day');

insert into public.api_keys (id, workspace_id, created_by, name, prefix, key_hash)
values (%(row)s, %(workspace)s, %(admin)s, 'seed', 'hw_live_seed', 'seed');

insert into public.activity_log (id, workspace_id, actor_kind, action, subject_kind)
values (%(row)s, %(workspace)s, 'system', 'insert', 'seed');
"""

cases = PolicyCases(
    seed=_SEED,
    tables={
        "profiles": Case(
            select=MEMBERS | JOB,
            insert_by=NOBODY,
            update_by=callers("admin", "service"),
            delete_by=NOBODY,
            insert="(id) values ('{bare}')",
            update="full_name = 'Another'",
            seeded="id = '{admin}'",
        ),
        "workspaces": Case(
            select=MEMBERS | JOB,
            insert_by=NOBODY,
            update_by=ADMINS,
            delete_by=callers("owner", "service"),
            insert="(name) values ('Another')",
            update="name = 'Another'",
            seeded="id = '{workspace}'",
        ),
        "workspace_members": Case(
            select=MEMBERS | JOB,
            insert_by=NOBODY,
            update_by=ADMINS,
            delete_by=ADMINS | callers("editor"),
            insert="(workspace_id, user_id, role) values ('{workspace}', '{bare}', 'viewer')",
            update="role = 'viewer'",
            seeded="workspace_id = '{workspace}' and user_id = '{editor}'",
            column="user_id",
        ),
        "workspace_invitations": Case(
            select=ADMINS | JOB,
            insert_by=ADMINS,
            update_by=NOBODY,
            delete_by=ADMINS,
            insert="(workspace_id, email, role, token_hash, invited_by, expires_at)"
            " values ('{workspace}', 'new@example.com', 'viewer', 'new', '{user}', now())",
            update="role = 'viewer'",
        ),
        "api_keys": Case(
            select=ADMINS | THE_ADMIN,
            insert_by=PEOPLE,
            update_by=ADMINS,
            delete_by=NOBODY,
            insert="(workspace_id, created_by, name, prefix, key_hash, scopes)"
            " values ('{workspace}', '{user}', 'new', 'hw_live_new', 'new', array['read'])",
            update="name = 'Another'",
        ),
        "activity_log": Case(
            select=MEMBERS,
            insert_by=NOBODY,
            update_by=NOBODY,
            delete_by=NOBODY,
            insert="(workspace_id, actor_kind, action, subject_kind) values ('{workspace}', 'user', 'insert', 'x')",
            update="action = 'forged'",
        ),
    },
)
