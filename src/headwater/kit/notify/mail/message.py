"""An e-mail as it is handed over, and the Protocol of whoever takes it."""

from __future__ import annotations

import re
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from typing import Literal, Protocol
from uuid import UUID

from headwater.core.text import clean_text

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_SUBJECT_LENGTH = 180
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_RECIPIENT = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+")

MailOutcome = Literal["failed", "dead", "uncertain"]


class MailFailed(Exception):
    """The e-mail wasn't taken: `failed` may be tried again, `dead` is refused, `uncertain` may have arrived."""

    def __init__(self, outcome: MailOutcome, response: str, *, status_code: int | None = None) -> None:
        super().__init__(response)
        self.outcome: MailOutcome = outcome
        self.response = response
        self.status_code = status_code


@dataclass(frozen=True)
class Receipt:
    """What the server said when it took the e-mail."""

    status_code: int
    response: str


@dataclass(frozen=True)
class Mail:
    """One e-mail to one address. The same `id` gives the same Message-ID, however often it is sent."""

    id: UUID
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    at: datetime
    unsubscribe_url: str | None = None

    @property
    def sender_address(self) -> str:
        """Return the bare address of the sender."""
        return parseaddr(_CONTROL.sub(" ", self.sender))[1]

    @property
    def sender_name(self) -> str:
        """Return the name before the sender's address, or an empty text."""
        return parseaddr(_CONTROL.sub(" ", self.sender))[0]

    @property
    def is_ascii(self) -> bool:
        """Say whether every mail server can take the addresses (RFC 6531 is for the others)."""
        return self.recipient.isascii() and self.sender_address.isascii()

    @property
    def is_addressed(self) -> bool:
        """Say whether the recipient is one plain address, with nothing in it that ends a command or a header."""
        return _RECIPIENT.fullmatch(self.recipient) is not None

    @property
    def message_id(self) -> str:
        """Return the Message-ID."""
        domain = self.sender_address.rpartition("@")[2]
        return f"<{self.id}@{domain if _DOMAIN.fullmatch(domain) else 'headwater.invalid'}>"

    def extra_headers(self) -> dict[str, str]:
        """Return the headers beside From, To and Subject."""
        headers = {"Message-ID": self.message_id, "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
        if self.unsubscribe_url:
            # RFC 8058: a POST of "List-Unsubscribe=One-Click" to this address unsubscribes without a question.
            headers["List-Unsubscribe"] = f"<{self.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers

    def to_bytes(self) -> bytes:
        """Return the message as RFC 5322 and MIME have it, the text part first."""
        message = EmailMessage(policy=SMTP if self.is_ascii else SMTPUTF8)
        message["From"] = _make_address(self.sender_address, name=self.sender_name)
        message["To"] = _make_address(self.recipient)
        message["Subject"] = clean_subject(self.subject)
        message["Date"] = format_datetime(self.at)
        message.set_content(self.text, cte="base64")
        message.add_alternative(self.html, subtype="html", cte="base64")
        # The email package folds a long address by encoding it as a word, which no mail reader opens; so these go
        # in as they are. All of them are made here, of ASCII without a line break.
        extra = "".join(f"{name}: {value}\r\n" for name, value in self.extra_headers().items())
        return extra.encode("ascii") + message.as_bytes()


def clean_subject(subject: str) -> str:
    """Return one line without control characters: what others wrote must not begin a header of its own."""
    line = " ".join(_CONTROL.sub(" ", clean_text(subject)).split())
    return line if len(line) <= _SUBJECT_LENGTH else f"{line[: _SUBJECT_LENGTH - 1]}…"


def _make_address(address: str, *, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


class OpenMail(Protocol):
    """An e-mail whose sender and recipient were accepted, but which wasn't handed over yet."""

    async def hand_over(self) -> Receipt:
        """Hand the e-mail over. Raises MailFailed."""
        ...


class MailSender(Protocol):
    """Takes e-mail in two steps, so that the delivery can be marked between them."""

    @property
    def name(self) -> str:
        """Name the kind of server."""
        ...

    def open(self, mail: Mail) -> AbstractAsyncContextManager[OpenMail]:
        """Go as far as is possible without sending. Entering raises MailFailed, never `uncertain`."""
        ...
