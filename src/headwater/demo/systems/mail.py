"""The mail server, with the mailbox that everything is in."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from headwater.demo.mail import DemoMail, open_mail
from headwater.kit.demo import HOST, Opening, System


def _open(opening: Opening) -> AbstractAsyncContextManager[DemoMail]:
    port, http_port = opening.ports
    return open_mail(port=port, http_port=http_port)


def _point_at(mail: DemoMail) -> dict[str, str]:
    return {
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(mail.smtp_port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "Headwater <alerts@headwater.example>",
    }


system = System(
    name="mail", open=_open, settings=_point_at, addresses=lambda mail: {"inbox": f"{mail.control_url}/_inbox"}
)
