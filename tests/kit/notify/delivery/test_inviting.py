"""Invitations by mail: sent once to whom they are for, and what is noted when they can't be."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

from tests.kit.notify.world import PUBLIC_URL, World

from headwater.core.database.database import Identity
from headwater.kit.notify import MailedInvitations
from headwater.kit.workspaces.invitations import invite, withdraw_invitation
from headwater.kit.workspaces.rows import InvitationRow

GUEST = "guest@example.com"


async def make_invitation(world: World) -> tuple[InvitationRow, str, str | None]:
    """Invite the guest as the endpoint does; gives the row, the token and why no mail will arrive."""
    async with world.database.transaction(world.as_user()) as connection:
        row, token = await invite(
            connection,
            workspace_id=world.workspace_id,
            email=GUEST,
            role="editor",
            invited_by=world.user_id,
            at=world.clock.now(),
        )
        problem = await MailedInvitations(world.resources).send(connection, invitation=row, token=token)
    return row, token, problem


async def read_notes(world: World) -> tuple[bool, str | None]:
    """Say whether the one invitation was mailed, and what went wrong."""
    ((mailed_at, problem),) = [
        (row["mailed_at"], row["mail_problem"])
        for row in await world.service("select mailed_at, mail_problem from workspace_invitations")
    ]
    return mailed_at is not None, problem


async def test_invitation_is_mailed_with_a_link_to_the_dashboard(world: World) -> None:
    _, token, problem = await make_invitation(world)
    assert problem is None
    assert await world.work() == ["succeeded"]
    (mail,) = world.mail.list_messages()
    assert mail.recipients == (GUEST,)
    assert f"{PUBLIC_URL}/invitations/{token}" in mail.text
    assert f"{PUBLIC_URL}/invitations/{token}" in mail.html
    assert "ada@example.com invites you" in mail.subject
    assert await read_notes(world) == (True, None)


async def test_dashboard_of_its_own_is_where_the_link_leads(world: World) -> None:
    world.provide(dashboard_url="https://dashboard.example.com")
    _, token, _ = await make_invitation(world)
    await world.work()
    (mail,) = world.mail.list_messages()
    assert re.findall(r"https?://\S+/invitations/\S+", mail.text) == [
        f"https://dashboard.example.com/invitations/{token}"
    ]


async def test_token_is_nowhere_in_the_database(world: World) -> None:
    _, token, _ = await make_invitation(world)
    kept = await world.service(
        "select args::text as kept from procrastinate.procrastinate_jobs"
        " union all select row_to_json(i)::text from workspace_invitations as i",
        as_owner=True,
    )
    assert len(kept) == 2
    assert not any(token in row["kept"] for row in kept)


async def test_withdrawn_or_expired_invitation_is_not_mailed(world: World) -> None:
    row, _, _ = await make_invitation(world)
    async with world.database.transaction(world.as_user()) as connection:
        await withdraw_invitation(connection, workspace_id=world.workspace_id, invitation_id=row.id)
    await make_invitation(world)
    await world.service("update workspace_invitations set expires_at = :then", then=world.clock.now() - timedelta(1))
    assert await world.work() == ["succeeded", "succeeded"]
    assert world.mail.list_messages() == []


async def test_without_a_mail_server_the_inviter_is_told(world: World) -> None:
    world.provide(mail_sender=None)
    _, _, problem = await make_invitation(world)
    assert problem == "No mail server is set up."
    assert await world.work() == ["succeeded"]
    assert await read_notes(world) == (False, problem)


async def test_refused_invitation_says_why_and_one_put_off_is_sent_later(world: World) -> None:
    await world.mail.set_mode("deferring", times=1)
    await make_invitation(world)
    assert await world.work() == ["retried"]
    mailed, problem = await read_notes(world)
    assert (mailed, "Greylisting" in (problem or "")) == (False, True), problem
    await world.work_for(timedelta(minutes=20))
    assert (len(world.mail.list_messages()), await read_notes(world)) == (1, (True, None))
    world.mail.reject(GUEST)
    await make_invitation(world)
    assert await world.work() == ["succeeded"]
    mailed, problem = await read_notes(world)
    assert (mailed, "does not exist" in (problem or "")) == (False, True), problem


async def test_another_workspace_neither_sees_nor_notes_it(world: World) -> None:
    await make_invitation(world)
    async with world.database.transaction(Identity.job(uuid4())) as connection:
        changed = await connection.exec_driver_sql("update public.workspace_invitations set mail_problem = 'x'")
        assert changed.rowcount == 0
