"""SendGrid's API, whose mail lands in the mail server's mailbox."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from headwater.demo.mail import DemoMail
from headwater.demo.sendgrid import DemoSendGrid, open_sendgrid
from headwater.kit.demo import Opening, System


def _open(opening: Opening) -> AbstractAsyncContextManager[DemoSendGrid]:
    port, control_port = opening.ports
    mail = opening.neighbours["mail"]
    return open_sendgrid(
        port=port, control_port=control_port, mailbox=mail.mailbox if isinstance(mail, DemoMail) else None
    )


system = System(name="sendgrid", open=_open, needs=("mail",))
