"""Sends the e-mails of Auth through the mail server that notifications use."""

from __future__ import annotations

from uuid import uuid4

from headwater.core.clock import Clock
from headwater.core.errors import Unavailable
from headwater.kit.notify import NotifyTools
from headwater.kit.notify.mail.message import Mail


class AuthEmailSender:
    """Auth's mailer over the notify room's mail server."""

    def __init__(self, tools: NotifyTools, *, clock: Clock) -> None:
        self._tools = tools
        self._clock = clock

    async def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Send one e-mail.

        Raises:
            Unavailable: no mail server is set up.
            MailFailed: it wasn't taken.
        """
        if self._tools.mail_sender is None:
            raise Unavailable("No mail server is set up.", hint="Set SMTP_HOST or SENDGRID_API_KEY.")
        auth_email = Mail(
            id=uuid4(),
            sender=self._tools.mail_from,
            recipient=to,
            subject=subject,
            text=text,
            html=html,
            at=self._clock.now(),
        )
        async with self._tools.mail_sender.open(auth_email) as opened:
            await opened.hand_over()
