"""The migrations on the oldest Postgres that is supported, where Debian's is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from headwater.core.database.migrations import apply_migrations, find_migrations_folder
from headwater.local.postgres import install_foundation
from headwater.process.ports import find_free_port
from headwater.process.users import choose_server_user

_INSTALLED = Path("/usr/lib/postgresql/15/bin")
_TABLE = re.compile(r"create table if not exists public\.(\w+) \(")
_PGVECTOR = Path("/usr/share/postgresql/15/extension/vector.control")
_EXTENSION = "create extension if not exists vector\n    with schema extensions;\n"


@pytest.fixture
def oldest() -> Iterator[str]:
    """A Postgres 15 of its own; gives the superuser's DSN."""
    if not (_INSTALLED / "postgres").exists():
        pytest.skip(f"there is no Postgres 15 in {_INSTALLED}")
    folder = Path(tempfile.mkdtemp(prefix="headwater-oldest-"))
    port = find_free_port(0)
    user = choose_server_user()
    if user is not None:
        os.chown(folder, user.user_id, user.group_id)

    def run(program: str, *arguments: str) -> None:
        command = [str(_INSTALLED / program), f"--pgdata={folder / 'data'}", *arguments]
        done = subprocess.run(
            command,
            user=user.user_id if user else None,
            group=user.group_id if user else None,
            extra_groups=[] if user else None,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c wal_level=logical"
    run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    run("pg_ctl", "--wait", f"--log={folder / 'log'}", f"--options={options}", "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "--wait", "--mode=immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def lay_migrations(folder: Path) -> Path:
    """Copy the migrations; without pgvector, those that need neither vectors nor what stands beside them."""
    shutil.copytree(find_migrations_folder(), folder)
    if _PGVECTOR.exists():
        return folder
    texts = {file: file.read_text("utf-8") for file in folder.iterdir()}
    missing = {table for sql in texts.values() if "halfvec" in sql for table in _TABLE.findall(sql)}
    for file, sql in texts.items():
        if any(re.search(rf"\b{table}\b", sql) for table in missing):
            file.unlink()
        else:
            file.write_text(sql.replace(_EXTENSION, ""), "utf-8")
    return folder


async def test_migrations_run_on_the_oldest_postgres(oldest: str, tmp_path: Path) -> None:
    folder = lay_migrations(tmp_path / "migrations")
    await install_foundation(oldest)
    applied = await apply_migrations(oldest, folder)
    assert len(applied) == len(list(folder.iterdir())) >= 6
    connection = await asyncpg.connect(oldest)
    try:
        assert (await connection.fetchval("show server_version")).startswith("15.")
        for migration in applied:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute("reset all")
        ids = [
            row["id"] for row in await connection.fetch("select headwater.uuidv7() as id from generate_series(1, 50)")
        ]
        moment = await connection.fetchval("select extract(epoch from clock_timestamp()) * 1000")
        await connection.execute("insert into auth.users (id, email) values (gen_random_uuid(), 'ada@example.com')")
        role = await connection.fetchval("select role from public.workspace_members")
    finally:
        await connection.close()
    assert {(value.version, value.variant) for value in ids} == {(7, "specified in RFC 4122")}
    assert len(set(ids)) == 50
    assert all(abs(float(moment) - (value.int >> 80)) < 60_000 for value in ids)
    assert role == "owner"
