"""The mail that carries an invitation. Its token is kept nowhere but in the job, sealed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import UpstreamFailed
from headwater.core.resources import Resources
from headwater.core.text import clean_text
from headwater.kit.jobs import JobContext, Retry, enqueue, job
from headwater.kit.notify.delivery.mail_channel import NO_SENDER
from headwater.kit.notify.delivery.tools import NotifyTools
from headwater.kit.notify.mail.message import Mail, MailFailed, MailSender
from headwater.kit.notify.mail.rendering import render_invitation
from headwater.kit.workspaces.rows import InvitationRow
from headwater.kit.workspaces.tables import profiles, workspace_invitations, workspaces

_PROBLEM_LENGTH = 500


class InvitationPayload(BaseModel):
    """Which invitation to send, with its token sealed for it."""

    invitation_id: UUID
    sealed_token: str


@job(
    "notify.invite",
    queue="deliver",
    timeout=timedelta(seconds=150),
    retry=Retry(attempts=8, base=timedelta(seconds=30), cap=timedelta(hours=1)),
    lock=lambda payload: f"invitation:{payload.invitation_id}",
)
async def send_invitation(context: JobContext, payload: InvitationPayload) -> None:
    """Send the mail of an invitation that is still open, and note on it how that went."""
    tools = context.resources.get(NotifyTools)
    async with context.transaction() as connection:
        invitation = await _find_open(connection, payload.invitation_id, at=context.clock.now())
    if invitation is None:
        return
    if tools.mail_sender is None:
        await _note(context, payload, problem=NO_SENDER)
        return
    token = tools.secret_box.open(payload.sealed_token, context=_seal_context(payload.invitation_id))
    mail = _compose(tools, invitation, token=token, at=context.clock.now())
    failure = await _send(tools.mail_sender, mail)
    await _note(context, payload, problem=failure.response if failure else None)
    if failure is not None and failure.outcome == "failed":
        raise UpstreamFailed(f"The mail server did not take the invitation: {failure.response}")


class MailedInvitations:
    """Sends invitations by mail: what the room of workspaces asks for as `InvitationSender`."""

    def __init__(self, resources: Resources) -> None:
        # Asked for when needed, because tools may be exchanged.
        self._resources = resources

    def make_link(self, token: str) -> str:
        """Return the address under which the invitation is accepted."""
        return self._resources.get(NotifyTools).make_page_link(f"/invitations/{token}")

    async def send(self, connection: AsyncConnection, *, invitation: InvitationRow, token: str) -> str | None:
        """Enqueue the mail in the caller's transaction; say why none will arrive, or None when one is on its way."""
        tools = self._resources.get(NotifyTools)
        sealed = tools.secret_box.seal(token, context=_seal_context(invitation.id))
        payload = InvitationPayload(invitation_id=invitation.id, sealed_token=sealed)
        await enqueue(connection, send_invitation, payload, workspace_id=invitation.workspace_id)
        return None if tools.mail_sender is not None else NO_SENDER


async def _find_open(connection: AsyncConnection, invitation_id: UUID, *, at: datetime) -> Any:
    table = workspace_invitations
    statement = (
        select(
            table.c.id,
            table.c.email.label("recipient"),
            table.c.role,
            workspaces.c.name,
            profiles.c.full_name,
            profiles.c.email.label("inviter_email"),
        )
        .join(workspaces, workspaces.c.id == table.c.workspace_id)
        .join(profiles, profiles.c.id == table.c.invited_by, isouter=True)
        .where(table.c.id == invitation_id, table.c.accepted_at.is_(None), table.c.expires_at > at)
    )
    return (await connection.execute(statement)).first()


def _compose(tools: NotifyTools, invitation: Any, *, token: str, at: datetime) -> Mail:
    rendered = render_invitation(
        workspace=invitation.name,
        inviter=invitation.full_name or invitation.inviter_email or "A member",
        role=invitation.role,
        address=invitation.recipient,
        accept_url=tools.make_page_link(f"/invitations/{token}"),
    )
    return Mail(
        id=invitation.id,
        sender=tools.mail_from,
        recipient=invitation.recipient,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        at=at,
    )


async def _send(sender: MailSender, mail: Mail) -> MailFailed | None:
    try:
        async with sender.open(mail) as opened:
            await opened.hand_over()
    except MailFailed as failure:
        return failure
    return None


async def _note(context: JobContext, payload: InvitationPayload, *, problem: str | None) -> None:
    table = workspace_invitations
    values: dict[str, Any] = {"mail_problem": clean_text(problem)[:_PROBLEM_LENGTH] if problem else None}
    if problem is None:
        values["mailed_at"] = context.clock.now()
    async with context.transaction() as connection:
        await connection.execute(update(table).where(table.c.id == payload.invitation_id).values(**values))


def _seal_context(invitation_id: UUID) -> str:
    return f"workspace_invitations:{invitation_id}"
