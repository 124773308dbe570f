"""The files that may act past every policy, each with its reason. Whoever adds one says why a policy can't do it."""

from headwater.catalogue import list_folders

_OF_THE_DOORS = {
    "cli/status.py": "counts the jobs of every workspace, for whoever runs the installation",
    "core/database/database.py": "defines it",
    "kit/retention.py": "deletes what is too old in every workspace",
    "kit/http/keys.py": "finds whom a key acts for, before anybody is known to be calling",
}
ALLOWED = _OF_THE_DOORS | {
    f"{folder}/{file}": reason
    for folder, module in list_folders().items()
    for file, reason in module.service_role.items()
}
