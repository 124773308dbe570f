"""Logs that stay small, ports that are kept, folders that one supervisor claims."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from headwater.core.errors import Conflict, Unavailable
from headwater.process.folders import claim_folder, is_claimed, make_private_folder, read_or_make_secret
from headwater.process.logs import bound_log, read_tail
from headwater.process.ports import find_free_port, is_free, keep_port, read_port
from headwater.process.spawn import ChildCommand, SpawnedProcess, open_log
from headwater.process.users import SystemUser, can_use
from tests.fixtures.disks import make_read_only, mounted


def test_a_log_is_bounded_while_it_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with open_log(path) as log:
        log.write(b"a" * 150)
        log.flush()
        assert bound_log(path, limit=100)
        assert path.stat().st_size == 0
        log.write(b"b" * 50)
        log.flush()
    assert path.read_bytes() == b"b" * 50
    assert (tmp_path / "log.1").read_bytes() == b"a" * 150
    assert not bound_log(path, limit=100)
    assert path.stat().st_mode & 0o077 == 0


def test_folders_are_their_owners_alone_and_one_that_is_given_is_left(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        (tmp_path / "shared").mkdir(mode=0o750)
        claim_folder(tmp_path / "shared" / "server", what="A test").release()
        claim_folder(tmp_path / "new" / "server", what="A test").release()
        (tmp_path / "loose").mkdir(mode=0o755)
        make_private_folder(tmp_path / "loose")
    finally:
        os.umask(before)
    passing = 0o011 if os.geteuid() == 0 else 0
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o750
    for name in ("shared/server", "new", "new/server", "loose"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700 | passing, name


async def test_what_a_child_writes_is_its_owners_alone(tmp_path: Path) -> None:
    script = "import os; os.mkdir('made'); open('made/file', 'w').close()"
    before = os.umask(0)
    try:
        child = await SpawnedProcess.spawn(
            ChildCommand([sys.executable, "-c", script], folder=tmp_path, inherit_environment=True)
        )
    finally:
        os.umask(before)
    assert await child.wait() == 0
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "made" / "file").stat().st_mode & 0o777 == 0o600


def test_the_tail_of_a_log_begins_where_this_run_began(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("of an earlier run\nof this run\n")
    assert read_tail(path, since=18) == "of this run"
    assert read_tail(path, limit=5) == "run"
    assert read_tail(tmp_path / "missing") == ""


def test_the_next_free_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        assert not is_free(taken)
        assert find_free_port(taken) > taken
    keep_port(tmp_path / "port", taken)
    assert read_port(tmp_path / "port") == taken


@pytest.mark.parametrize("content", ["", "none", "0", "70000"])
def test_a_spoilt_port_file_is_disregarded(tmp_path: Path, content: str) -> None:
    (tmp_path / "port").write_text(content)
    assert read_port(tmp_path / "port") is None


def test_a_folder_is_claimed_once(tmp_path: Path) -> None:
    claim = claim_folder(tmp_path / "data", what="Postgres")
    assert is_claimed(tmp_path / "data")
    with pytest.raises(Conflict, match=f"already run by process {os.getpid()}"):
        claim_folder(tmp_path / "data", what="Postgres")
    claim.release()
    assert not is_claimed(tmp_path / "data")
    claim_folder(tmp_path / "data", what="Postgres").release()


def test_a_secret_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    secret, made = read_or_make_secret(tmp_path / "password")
    assert made
    assert len(secret) >= 32
    assert read_or_make_secret(tmp_path / "password") == (secret, False)
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        with mounted(tmp_path / "disk", size="1m") as disk:
            make_read_only(disk)
            with pytest.raises(Unavailable, match=r"can't write to .*Read-only") as failure:
                claim_folder(disk / "data", what="Postgres")
    else:
        tmp_path.chmod(0o500)
        with pytest.raises(Unavailable, match=r"can't write to .*Permission denied") as failure:
            claim_folder(tmp_path / "data", what="Postgres")
        tmp_path.chmod(0o700)
    assert "HEADWATER_DATA" in (failure.value.hint or "")


def test_who_can_use_a_path(tmp_path: Path) -> None:
    stranger = SystemUser("stranger", 54_321, 54_321)
    program = tmp_path / "open" / "program"
    program.parent.mkdir(mode=0o755)
    program.touch(mode=0o755)
    closed = [folder for folder in tmp_path.parents if not folder.stat().st_mode & 0o001]
    # Whether all parents are open depends on where the tests keep their files; the closed folder is closed anywhere.
    assert can_use(program, user=stranger) is (not closed and bool(tmp_path.stat().st_mode & 0o001))
    program.parent.chmod(0o700)
    assert not can_use(program, user=stranger)
    assert can_use(Path("/bin/sh"), user=stranger)
