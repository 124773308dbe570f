"""A server's own folder: made, checked to be writable, and claimed by one supervisor at a time."""

from __future__ import annotations

import errno
import os
import secrets
import sys
import time
from pathlib import Path
from typing import IO, Any

from headwater.core.errors import Conflict, Unavailable
from headwater.process.users import choose_server_user

_TRIES = 10
_TRY_SECONDS = 0.02
_ELSEWHERE = "Set HEADWATER_DATA to a folder on a local disk that this user may write to."


class FolderClaim:
    """The right to run a server on a folder; it ends with `release` or with this process."""

    def __init__(self, lock: IO[str]) -> None:
        self._lock = lock

    def release(self) -> None:
        """Release the folder."""
        self._lock.close()


def claim_folder(folder: Path, *, what: str) -> FolderClaim:
    """Make `folder` if need be and claim it for this process.

    Raises:
        Conflict: another running process has claimed it.
        Unavailable: it can't be made or written to.
    """
    try:
        make_data_folder(folder.parent)
        make_private_folder(folder)
        # Kept open: the claim is the lock on it. "a+" leaves the holder's id there for those who come too late.
        lock = (folder / "supervisor.lock").open("a+", encoding="ascii")
    except OSError as error:
        raise explain_os_error(error, folder=folder, what=what) from error
    try:
        _lock_with_retries(lock)
    except OSError as error:
        lock.seek(0)
        holder = lock.read(20).strip() or "unknown"
        lock.close()
        if error.errno not in {errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK}:
            raise explain_os_error(error, folder=folder, what=what) from error
        raise Conflict(
            f"{what} in {folder} is already run by process {holder}.",
            hint="Stop that one first, or set HEADWATER_DATA to another folder for a second instance.",
        ) from error
    try:
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
    except OSError as error:
        lock.close()
        raise explain_os_error(error, folder=folder, what=what) from error
    return FolderClaim(lock)


def make_data_folder(folder: Path) -> None:
    """Make the folder that the others are in. One that is there already is left to whoever made it. Raises OSError."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        make_private_folder(folder)


def make_private_folder(folder: Path) -> None:
    """Make `folder`, or tighten one of ours: its owner alone may look into it.

    As root the servers run as somebody else, who must get through it to their own folder, and sees nothing on the way.
    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sys.platform != "win32" and folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700 if choose_server_user() is None else 0o711)


def is_claimed(folder: Path) -> bool:
    """Say whether a running process has claimed `folder`."""
    try:
        lock = (folder / "supervisor.lock").open("r", encoding="ascii")
    except OSError:
        return False
    with lock:
        try:
            lock_now(lock)
        except OSError:
            return True
    return False


def read_or_make_secret(path: Path) -> tuple[str, bool]:
    """Return the secret kept in `path`, made at the first time (0600), and whether it was made now."""
    try:
        kept = path.read_text("ascii").strip()
    except FileNotFoundError:
        kept = ""
    if kept:
        return kept, False
    made = secrets.token_urlsafe(24)
    write_private(path, made)
    return made, True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def write_once(path: Path, contents: bytes) -> None:
    """Write a file that only its owner may read, unless it is there: of two processes the first one's stays."""
    make_data_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        # A link fails where a rename would replace.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def is_open_to_others(path: Path) -> bool:
    """Return whether somebody but its owner may read a file."""
    return os.name == "posix" and path.stat().st_mode & 0o077 != 0


def explain_os_error(error: OSError, *, folder: Path, what: str) -> Unavailable:
    """Return the one clear error for a folder that can't be used."""
    reason = error.strerror or str(error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return explain_full_disk(folder, what=what)
    return Unavailable(f"{what} can't write to {folder}: {reason}.", hint=_ELSEWHERE)


def explain_full_disk(folder: Path, *, what: str) -> Unavailable:
    """Return the one clear error for a disk that is full."""
    return Unavailable(
        f"{what} stopped because the disk that holds {folder} is full.",
        code="disk_full",
        hint="Free some space there; no committed data is lost, and it starts again by itself.",
    )


def _lock_with_retries(lock: IO[str]) -> None:
    """Lock, giving way for a moment to those who only look whether it is locked."""
    for _ in range(_TRIES - 1):
        try:
            return lock_now(lock)
        except OSError:
            time.sleep(_TRY_SECONDS)
    return lock_now(lock)


def lock_now(lock: IO[Any]) -> None:
    """Lock an open file for this process. Raises BlockingIOError or PermissionError where another one has it."""
    if sys.platform == "win32":
        import msvcrt

        lock.seek(0)
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        return
    import fcntl

    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
