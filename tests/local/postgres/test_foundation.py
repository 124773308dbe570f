"""What hosted Supabase provides, laid on the embedded server."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID, uuid4

import asyncpg
import pytest

from headwater.local.postgres import install_foundation
from tests.local.postgres.scenes import connected

# Those of Supabase Auth's own migrations, in their order.
USER_COLUMNS = (
    "instance_id id aud role email encrypted_password email_confirmed_at invited_at confirmation_token"
    " confirmation_sent_at recovery_token recovery_sent_at email_change_token_new email_change email_change_sent_at"
    " last_sign_in_at raw_app_meta_data raw_user_meta_data is_super_admin created_at updated_at phone"
    " phone_confirmed_at phone_change phone_change_token phone_change_sent_at confirmed_at email_change_token_current"
    " email_change_confirm_status banned_until reauthentication_token reauthentication_sent_at is_sso_user deleted_at"
    " is_anonymous"
)


async def describe(dsn: str) -> list[tuple[object, ...]]:
    """Everything that the foundation makes, as the catalogue tells it."""
    async with connected(dsn) as connection:
        rows = await connection.fetch("""
            select 'role', rolname::text, rolcanlogin::text || rolbypassrls::text || rolinherit::text,
              coalesce(rolconfig::text, '')
            from pg_roles where rolname !~ '^pg_'
            union all
            select 'schema', nspname::text, coalesce(nspacl::text, ''), ''
            from pg_namespace where nspname !~ '^pg_'
            union all
            select 'function', proname::text, prosrc, pronamespace::regnamespace::text
            from pg_proc where pronamespace::regnamespace::text = 'auth'
            union all
            select 'column', attname::text, atttypid::regtype::text, attrelid::regclass::text
            from pg_attribute where attrelid = 'auth.users'::regclass and attnum > 0
            union all
            select 'extension', extname::text, extnamespace::regnamespace::text, ''
            from pg_extension
            order by 1, 2, 4
        """)
        return [tuple(row) for row in rows]


async def test_laying_it_twice_changes_nothing(unmigrated_dsn: str) -> None:
    before = await describe(unmigrated_dsn)
    await install_foundation(unmigrated_dsn)
    assert await describe(unmigrated_dsn) == before


async def test_several_may_lay_it_at_once(unmigrated_dsn: str) -> None:
    before = await describe(unmigrated_dsn)
    async with connected(unmigrated_dsn) as connection:
        await connection.execute("drop schema auth cascade; drop publication supabase_realtime")
    await asyncio.gather(*(install_foundation(unmigrated_dsn) for _ in range(4)))
    assert await describe(unmigrated_dsn) == before


async def test_users_have_the_columns_of_hosted_supabase(unmigrated_dsn: str) -> None:
    async with connected(unmigrated_dsn) as connection:
        rows = await connection.fetch(
            "select column_name from information_schema.columns"
            " where table_schema = 'auth' and table_name = 'users' order by ordinal_position"
        )
    assert " ".join(row["column_name"] for row in rows) == USER_COLUMNS


@pytest.mark.parametrize(
    ("role", "may_log_in", "passes_policies"),
    [
        ("anon", False, False),
        ("authenticated", False, False),
        ("service_role", False, True),
        ("authenticator", True, False),
    ],
)
async def test_roles_are_those_of_hosted_supabase(
    unmigrated_dsn: str, role: str, may_log_in: bool, passes_policies: bool
) -> None:
    async with connected(unmigrated_dsn) as connection:
        row = await connection.fetchrow("select * from pg_roles where rolname = $1", role)
        assert row is not None
        assert (row["rolcanlogin"], row["rolbypassrls"], row["rolsuper"]) == (may_log_in, passes_policies, False)
        assert not row["rolinherit"]


async def test_the_authenticator_becomes_each_of_the_three(unmigrated_dsn: str) -> None:
    async with connected(unmigrated_dsn) as connection:
        for role in ("anon", "authenticated", "service_role"):
            await connection.execute("set session authorization authenticator")
            await connection.execute(f"set role {role}")
            assert await connection.fetchval("select current_user") == role
            await connection.execute("reset session authorization")
        await connection.execute("set session authorization authenticator")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("set role postgres")


async def test_claims_are_read_as_supabase_reads_them(unmigrated_dsn: str) -> None:
    user_id = uuid4()
    claims = {"sub": str(user_id), "role": "authenticated", "email": "ada@example.com", "app_metadata": {"a": 1}}
    async with connected(unmigrated_dsn) as connection, connection.transaction():
        await connection.execute("set local role authenticated")
        await connection.execute("select set_config('request.jwt.claims', $1, true)", json.dumps(claims))
        row = await connection.fetchrow("select auth.uid(), auth.role(), auth.email(), auth.jwt()")
        assert row is not None
        assert (row["uid"], row["role"], row["email"]) == (UUID(str(user_id)), "authenticated", "ada@example.com")
        assert json.loads(row["jwt"]) == claims


async def test_the_older_settings_of_one_claim_still_count(unmigrated_dsn: str) -> None:
    user_id = uuid4()
    async with connected(unmigrated_dsn) as connection, connection.transaction():
        await connection.execute("select set_config('request.jwt.claim.sub', $1, true)", str(user_id))
        assert await connection.fetchval("select auth.uid()") == user_id


async def test_nobody_is_nobody(unmigrated_dsn: str) -> None:
    async with connected(unmigrated_dsn) as connection:
        await connection.execute("set role anon")
        row = await connection.fetchrow("select auth.uid(), auth.role(), auth.email(), auth.jwt()")
        assert row is not None
        assert tuple(row) == (None, None, None, None)


@pytest.mark.parametrize("role", ["anon", "authenticated"])
async def test_users_are_closed_to_the_outside(unmigrated_dsn: str, role: str) -> None:
    async with connected(unmigrated_dsn) as connection:
        await connection.execute(f"set role {role}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select id from auth.users")


async def test_addresses_are_taken_once_unless_they_come_from_elsewhere(unmigrated_dsn: str) -> None:
    insert = "insert into auth.users (id, email, is_sso_user) values (gen_random_uuid(), $1, $2)"
    async with connected(unmigrated_dsn) as connection:
        await connection.execute(insert, "ada@example.com", False)
        await connection.execute(insert, "ada@example.com", True)
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(insert, "ada@example.com", False)


async def test_a_user_is_confirmed_by_either_way(unmigrated_dsn: str) -> None:
    async with connected(unmigrated_dsn) as connection:
        for column in ("email_confirmed_at", "phone_confirmed_at"):
            confirmed = await connection.fetchval(
                f"insert into auth.users (id, {column}) values (gen_random_uuid(), '2026-01-01') returning confirmed_at"
            )
            assert confirmed.year == 2026


async def test_extensions_are_found_without_their_schema(unmigrated_dsn: str) -> None:
    async with connected(unmigrated_dsn) as connection:
        assert await connection.fetchval("select '[1,2,3]'::vector(3) <-> '[1,2,4]'::vector(3)") == 1
        assert await connection.fetchval("select similarity('headwater', 'headwaters')") > 0.5
        assert isinstance(await connection.fetchval("select uuid_generate_v4()"), UUID)
        assert await connection.fetchval("select count(*) from pg_publication where pubname = 'supabase_realtime'") == 1
