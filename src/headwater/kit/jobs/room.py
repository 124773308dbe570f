"""What jobs bring to the doors. Their endpoints come with workspaces, the room above, which knows who is calling."""

from __future__ import annotations

from headwater.kit.jobs.overview import read_overview
from headwater.kit.module import Module

room = Module(
    name="jobs",
    title="Jobs",
    overview=read_overview,
    service_role={
        "workers/ages.py": "reads when schedules last ran, which belongs to no workspace",
        "workers/clock_watch.py": "puts right what a wrong clock wrote, in every workspace",
        "context.py": "a job that belongs to no workspace has no rows that a policy could give it",
        "metrics.py": "counts the jobs of every workspace",
    },
    policy_cases="headwater.kit.jobs.policy_cases:cases",
)
