"""The files that may act past every policy, each with its reason. Whoever adds one says why a policy can't do it."""

ALLOWED = {
    "cli/status.py": "counts the jobs of every workspace, for whoever runs the installation",
    "core/db.py": "defines it",
    "kit/jobs/ages.py": "reads when schedules last ran, which belongs to no workspace",
    "kit/jobs/clock_watch.py": "puts right what a wrong clock wrote, in every workspace",
    "kit/jobs/context.py": "a job that belongs to no workspace has no rows that a policy could give it",
    "kit/jobs/metrics.py": "counts the jobs of every workspace",
    "kit/notify/sweeping.py": "looks for messages that are due in every workspace; jobs of each then send them",
    "kit/workspaces/api_keys.py": "finds whom a key acts for, before anybody is known to be calling",
    "kit/workspaces/retention.py": "deletes what is too old in every workspace",
    "products/watch/alerts/feed.py": "finds whose feed a token opens, before anybody is known to be calling",
    "products/watch/jobs.py": "looks for sources that are due in every workspace; jobs of each then check them",
    "products/watch/retention.py": "deletes what is too old in every workspace",
}
