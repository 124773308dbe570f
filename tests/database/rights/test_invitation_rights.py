"""Who may invite whom, and whom an invitation lets in."""

from __future__ import annotations

import asyncpg
import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.errors import InvalidInput
from headwater.kit.http.keys import identify_key
from tests.database.rights.attempts import SEE_ROLE, try_as
from tests.fixtures.workspaces import Cast, make_api_key


@pytest.mark.parametrize("caller", ["viewer", "editor", "stranger", "key_write"])
async def test_only_admins_invite(database: Database, cast: Cast, caller: str) -> None:
    identity = await cast.identify(caller, database=database)
    assert not await try_as(database, identity, _INVITE, cast.workspace_id, "viewer", identity.user_id)


_INVITE = (
    "insert into public.workspace_invitations (workspace_id, email, role, token_hash, invited_by, expires_at)"
    " values ($1, 'x@example.com', $2, gen_random_uuid()::text, $3, now() + interval '1 day')"
)


async def test_admin_invites_in_nobody_elses_name_and_no_owner(database: Database, cast: Cast) -> None:
    admin = cast["admin"]
    assert not await try_as(database, admin.identity, _INVITE, cast.workspace_id, "viewer", cast["owner"].user_id)
    with pytest.raises(InvalidInput):
        await try_as(database, admin.identity, _INVITE, cast.workspace_id, "owner", admin.user_id)
    assert await try_as(database, admin.identity, _INVITE, cast.workspace_id, "admin", admin.user_id)


async def test_invitation_opens_for_its_own_address_once_and_to_no_key(
    database: Database, owner: asyncpg.Connection, cast: Cast
) -> None:
    stranger = cast["stranger"]
    await owner.execute(
        "insert into workspace_invitations (workspace_id, email, role, token_hash, invited_by, expires_at)"
        " values ($1, $2, 'editor', encode(sha256('the token'), 'hex'), $3, now() + interval '1 day')",
        cast.workspace_id,
        stranger.email.upper(),
        cast["admin"].user_id,
    )
    accept = "select public.accept_invitation('the token')"
    key = await make_api_key(owner, workspace_id=cast.other_workspace_id, person=stranger, scopes=("admin",))
    by_key = (await identify_key(database, key)).identity
    claimed = Identity.user({**cast["viewer"].claims, "user_metadata": {"email": stranger.email}})
    for identity in (Identity.anonymous(), cast["viewer"].identity, claimed, by_key):
        assert not await try_as(database, identity, accept)
    assert await try_as(database, stranger.identity, accept)
    assert await owner.fetchval(SEE_ROLE, cast.workspace_id, stranger.user_id) == "editor"
    assert not await try_as(database, stranger.identity, accept)


async def test_expired_invitation_is_refused(database: Database, owner: asyncpg.Connection, cast: Cast) -> None:
    await owner.execute(
        "insert into workspace_invitations (workspace_id, email, role, token_hash, expires_at)"
        " values ($1, $2, 'editor', encode(sha256('the token'), 'hex'), now() - interval '1 second')",
        cast.workspace_id,
        cast["stranger"].email,
    )
    assert not await try_as(database, cast["stranger"].identity, "select public.accept_invitation('the token')")


async def test_invitation_to_a_member_raises_nobody(database: Database, owner: asyncpg.Connection, cast: Cast) -> None:
    await owner.execute(
        "insert into workspace_invitations (workspace_id, email, role, token_hash, expires_at)"
        " values ($1, $2, 'admin', encode(sha256('the token'), 'hex'), now() + interval '1 day')",
        cast.workspace_id,
        cast["viewer"].email,
    )
    assert await try_as(database, cast["viewer"].identity, "select public.accept_invitation('the token')")
    assert await owner.fetchval(SEE_ROLE, cast.workspace_id, cast["viewer"].user_id) == "viewer"
