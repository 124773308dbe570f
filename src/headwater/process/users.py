"""The user that servers run as: Postgres refuses root, so as root they run as somebody who owns nothing else."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from headwater.core.errors import Unavailable

_CANDIDATES = ("nobody", "daemon")


@dataclass(frozen=True)
class SystemUser:
    """An account of this machine."""

    name: str
    user_id: int
    group_id: int


def choose_server_user() -> SystemUser | None:
    """Return the account to run servers as, or None to stay who we are.

    Raises:
        Unavailable: we are root and there is no unprivileged account to change to.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Unavailable(
        "Postgres does not run as root, and this machine has no user `nobody` to run it as.",
        hint="Run Headwater as an ordinary user, or set DATABASE_URL to a Postgres of your own.",
    )


def can_use(path: Path, *, user: SystemUser) -> bool:
    """Say whether `user` can reach `path` through all its parents, and read and (where anybody can) execute it.

    Looks at the permission bits only: an access list that allows more leads to a needless copy, nothing worse.
    """
    resolved = path.resolve()
    if not all(_allows(parent, user=user, wanted=0o1) for parent in resolved.parents):
        return False
    wanted = 0o5 if resolved.stat().st_mode & 0o111 else 0o4
    return _allows(resolved, user=user, wanted=wanted)


def give_to(path: Path, *, user: SystemUser | None) -> None:
    """Make `path` belong to `user`, if there is one to change to.

    Raises:
        Unavailable: the file system does not keep owners (some network mounts).
    """
    if user is None or sys.platform == "win32":
        return
    try:
        os.chown(path, user.user_id, user.group_id)
    except OSError as error:
        raise Unavailable(
            f"{path} can't be given to the user `{user.name}` that Postgres runs as: {error.strerror}.",
            hint="Set HEADWATER_DATA to a folder on a local disk, or run Headwater as an ordinary user.",
        ) from error


def _allows(path: Path, *, user: SystemUser, wanted: int) -> bool:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid == user.user_id:
        granted = mode >> 6
    elif status.st_gid == user.group_id:
        granted = mode >> 3
    else:
        granted = mode
    return granted & wanted == wanted
