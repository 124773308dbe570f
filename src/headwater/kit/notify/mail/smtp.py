"""Sends e-mail over SMTP (RFC 5321): everything up to RCPT first, the message only when the caller says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import TYPE_CHECKING, Literal

from headwater.kit.notify.mail.message import Mail, MailFailed, Receipt

if TYPE_CHECKING:
    from aiosmtplib import SMTP

_COMMAND_SECONDS = 20.0
# RFC 5321 section 4.5.3.2.6 gives a server ten minutes; a job can't wait as long.
_DATA_SECONDS = 60.0
_RESPONSE_LENGTH = 500


@dataclass(frozen=True)
class SmtpSender:
    """A mail server, with `starttls`, `tls` from the start, or `none`."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls_context: SSLContext | None = None
    name: str = "smtp"

    @asynccontextmanager
    async def open(self, mail: Mail) -> AsyncIterator[_OpenSmtp]:
        """Connect, sign in, and have the server accept sender and recipient. Entering raises MailFailed."""
        from aiosmtplib import SMTP, SMTPException

        client = SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            tls_context=self.tls_context,
            timeout=_COMMAND_SECONDS,
        )
        try:
            await self._prepare(client, mail)
            yield _OpenSmtp(client, mail)
        finally:
            # Whatever QUIT meets, the message is sent or it isn't.
            with suppress(SMTPException, OSError, TimeoutError):
                await client.quit(timeout=2.0)
            client.close()

    async def _prepare(self, client: SMTP, mail: Mail) -> None:
        from aiosmtplib import SMTPException, SMTPResponseException

        if not mail.is_addressed:
            raise MailFailed("dead", "The address isn't well formed.")
        try:
            await client.connect()
            if not mail.is_ascii:
                await client.ehlo()
                if not client.supports_extension("smtputf8"):
                    raise MailFailed("dead", "The mail server takes no international addresses.")
            options = None if mail.is_ascii else ["SMTPUTF8"]
            encoding = "ascii" if mail.is_ascii else "utf-8"
            await client.mail(mail.sender_address, options=options, encoding=encoding)
        except SMTPResponseException as error:
            # The server refuses us, not the recipient: the operator can mend that, so it is worth another try.
            raise MailFailed("failed", _shorten(error.message), status_code=error.code) from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise MailFailed("failed", f"The mail server can't be reached: {_shorten(str(error))}") from error
        try:
            await client.rcpt(mail.recipient, encoding=encoding)
        except SMTPResponseException as error:
            outcome: Literal["dead", "failed"] = "dead" if error.code >= 500 else "failed"
            raise MailFailed(outcome, _shorten(error.message), status_code=error.code) from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise MailFailed("failed", f"The mail server went away: {_shorten(str(error))}") from error


@dataclass(frozen=True)
class _OpenSmtp:
    client: SMTP
    mail: Mail

    async def hand_over(self) -> Receipt:
        """Send DATA. A connection that breaks here leaves it open whether the server took the message."""
        from aiosmtplib import SMTPException, SMTPResponseException

        try:
            answer = await self.client.data(self.mail.to_bytes(), timeout=_DATA_SECONDS)
        except SMTPResponseException as error:
            outcome: Literal["dead", "failed"] = "dead" if error.code >= 500 else "failed"
            raise MailFailed(outcome, _shorten(error.message), status_code=error.code) from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise MailFailed("uncertain", f"The line broke while sending: {_shorten(str(error))}") from error
        return Receipt(answer.code, _shorten(answer.message))


def _shorten(text: str) -> str:
    return " ".join(text.split())[:_RESPONSE_LENGTH]
