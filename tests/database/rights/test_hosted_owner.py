"""The migrations under the rights that hosted Supabase gives: the owner `postgres` is no superuser there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.database.migrations import apply_migrations
from headwater.kit.workspaces import workspaces

_PROJECT = """
create role {name} login createrole bypassrls password 'of this test';
grant anon, authenticated, service_role, supabase_auth_admin to {name} with admin option;
grant create on database {database} to {name};
grant all on schema public, extensions to {name} with grant option;
grant usage on schema auth to {name};
grant all on auth.users to {name};
alter publication supabase_realtime owner to {name};
"""


@pytest.fixture
async def project(unmigrated_dsn: str) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """The DSN of a project's owner with the rights of hosted Supabase, and a superuser's connection."""
    superuser = await asyncpg.connect(unmigrated_dsn)
    name, parts = f"project_{uuid4().hex[:12]}", urlsplit(unmigrated_dsn)
    await superuser.execute(_PROJECT.format(name=name, database=parts.path.lstrip("/")))
    # Roles belong to the whole server, so here the job's role may be there already.
    await superuser.execute(
        "do $$ begin create role workspace_job nologin noinherit; exception when duplicate_object then null; end $$"
    )
    await superuser.execute(f"grant workspace_job to {name} with admin option")
    yield (
        urlunsplit(parts._replace(netloc=f"{name}:of%20this%20test@{parts.hostname}:{parts.port}")),
        superuser,
    )
    await superuser.execute(f"reassign owned by {name} to current_user")
    await superuser.execute(f"drop owned by {name} cascade")
    await superuser.execute(f"drop role {name}")
    await superuser.close()


async def test_migrations_need_no_superuser(project: tuple[str, asyncpg.Connection]) -> None:
    dsn, superuser = project
    assert await apply_migrations(dsn)
    user_id = uuid4()
    await superuser.execute("set role supabase_auth_admin")
    await superuser.execute("insert into auth.users (id, email) values ($1, 'ada@example.com')", user_id)
    await superuser.execute("reset role")
    database = Database(dsn)
    person = Identity.user({"sub": str(user_id)})
    try:
        async with database.transaction(person) as connection:
            made = await workspaces.create_workspace(connection, name="Shared", user_id=user_id)
            found = await workspaces.list_workspaces(connection, user_id=user_id)
        async with database.transaction(Identity.job(made.id)) as connection:
            seen = (await connection.exec_driver_sql("select id from public.workspaces")).scalars().all()
        async with database.raw(Identity.service()) as raw:
            everything = await raw.fetchval("select count(*) from public.workspaces")
    finally:
        await database.close()
    assert [one.role for one in found] == ["owner", "owner"]
    assert seen == [made.id]
    assert everything == 2
    await superuser.execute("delete from auth.users where id = $1", user_id)
    assert not await superuser.fetchval("select count(*) from public.workspaces")
