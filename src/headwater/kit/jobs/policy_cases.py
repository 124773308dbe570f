"""Who may do what to the tables of jobs, and a row of each to try it on."""

from __future__ import annotations

from headwater.kit.policy_cases import JOB, MEMBERS, NOBODY, Case, PolicyCases

_SEED = """
insert into public.jobs (id, workspace_id, engine_id, kind, queue, state, max_attempts)
values (%(row)s, %(workspace)s, 1, 'seed', 'fetch', 'queued', 5);
"""

cases = PolicyCases(
    seed=_SEED,
    tables={
        "jobs": Case(
            select=MEMBERS | JOB,
            insert_by=NOBODY,
            update_by=NOBODY,
            delete_by=NOBODY,
            insert="(workspace_id, engine_id, kind, queue, state, max_attempts)"
            " values ('{workspace}', 2, 'forged', 'fetch', 'queued', 5)",
            update="state = 'succeeded'",
        ),
    },
)
