"""Where a restore prepares the new data, and the exchange with what was there: all of it, or nothing.

Everything lies in the folder `restore` of the data folder: `new` is filled first, then a mark is written, and from that
moment on the exchange is only ever completed, by whoever comes next if need be. Before it, nothing was touched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from headwater.cli.archive import RESTORE_FOLDER
from headwater.cli.archive.contents import KEPT
from headwater.cli.archive.troubles import explain_os_error
from headwater.process.folders import claim_folder

POSTGRES = "postgres"
_REPLACED = (POSTGRES, *KEPT)
WHAT = "The restore"


@dataclass(frozen=True)
class Staging:
    """The folder `restore` of a data folder, claimed by this process."""

    data: Path

    @property
    def folder(self) -> Path:
        """All of it."""
        return self.data / RESTORE_FOLDER

    @property
    def new(self) -> Path:
        """What the archive brings."""
        return self.folder / "new"

    @property
    def old(self) -> Path:
        """What was there before."""
        return self.folder / "old"

    @property
    def mark(self) -> Path:
        """There once `new` is complete; it lists what the archive doesn't bring, and what must go as well."""
        return self.folder / "complete"

    def seal(self) -> None:
        """Write the mark: from here on the exchange is completed. Raises OSError."""
        # Everything that it vouches for is on the disk before it; thousands of stored files one by one would take long.
        os.sync()
        draft = self.folder / "complete.new"
        with draft.open("w", encoding="ascii") as file:
            file.writelines(f"{name}\n" for name in _REPLACED if not (self.new / name).exists())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.mark)
        _sync_folder(self.folder)

    def list_moves(self) -> Iterator[tuple[Path, Path]]:
        """Return the renames that are still to be done, as from and to, each just before it is done."""
        retired = self.mark.read_text("ascii").split()
        for name in _REPLACED:
            is_new = (self.new / name).exists()
            if (is_new or name in retired) and os.path.lexists(self.data / name):
                yield self.data / name, self.old / name
            if is_new:
                yield self.new / name, self.data / name

    def exchange(self) -> None:
        """Put the new data in the place of the old. Raises OSError."""
        self.old.mkdir(exist_ok=True)
        for source, target in self.list_moves():
            if os.path.lexists(target):
                _remove(target)
            source.rename(target)
        _sync_folder(self.data)
        self.mark.unlink()
        _sync_folder(self.folder)

    def undo_exchange(self) -> None:
        """Bring the old data back after an exchange that stopped half way. Raises OSError."""
        retired = self.mark.read_text("ascii").split()
        for name in _REPLACED:
            if name not in retired and not (self.new / name).exists():
                (self.data / name).rename(self.new / name)
            if os.path.lexists(self.old / name):
                (self.old / name).rename(self.data / name)
        self.mark.unlink()

    async def clear(self) -> None:
        """Complete what a killed restore had sealed, and remove what it had only begun. Raises OSError."""
        from headwater.local.postgres.leftovers import clear_leftovers

        if self.mark.exists():
            self.exchange()
        if (self.new / POSTGRES / "cluster").is_dir():
            await clear_leftovers((self.new / POSTGRES / "cluster").resolve())
        for folder in (self.new, self.old):
            if folder.exists():
                shutil.rmtree(folder)


@asynccontextmanager
async def open_staging(data: Path) -> AsyncIterator[Staging]:
    """Claim the folder for a restore, as an empty one; remove it at the end, and the data folder too if it is new.

    Raises:
        Conflict: another restore runs here.
        Unavailable: the disk refuses.
    """
    with _remove_new_folders(data):
        staging = Staging(data)
        claim = claim_folder(staging.folder, what=WHAT)
        try:
            await staging.clear()
            staging.new.mkdir(mode=0o700)
            yield staging
        except OSError as error:
            raise explain_os_error(error, data, what=WHAT) from error
        finally:
            # A mark that is still there is worth more than a tidy folder: the next start completes what it stands for.
            if not staging.mark.exists():
                shutil.rmtree(staging.folder, ignore_errors=True)
            claim.release()


async def complete_interrupted_restore(data: Path) -> None:
    """Complete or remove what a killed restore left in this data folder; called before anything there is used.

    Raises:
        Conflict: a restore runs here.
        Unavailable: the disk refuses.
    """
    if Staging(data).folder.exists():
        async with open_staging(data):
            pass


@contextmanager
def _remove_new_folders(data: Path) -> Iterator[None]:
    """Remove, where the block fails, the data folder and those above it that weren't there before and are empty."""
    missing = [folder for folder in (data, *data.parents) if not folder.exists()]
    try:
        yield
    except BaseException:
        for folder in missing:
            try:
                folder.rmdir()
            except OSError:
                # Something is in it, so it isn't ours to remove.
                break
        raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _sync_folder(folder: Path) -> None:
    from headwater.local.storage.contents.files import sync_folder

    sync_folder(folder)
