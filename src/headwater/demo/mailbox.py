"""Messages as they arrived, parsed for reading, and a way to wait for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery. `headers` keeps repeated names apart, in order, by lower-case name."""

    id: str
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    headers: dict[str, list[str]]
    text: str
    html: str
    secured: bool
    raw: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return the first header of that name, or an empty string."""
        return next(iter(self.headers.get(name.lower(), ())), "")


class Mailbox:
    """Keeps messages in the order of their arrival."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._arrived = asyncio.Condition()

    @property
    def messages(self) -> list[Message]:
        """Return every delivery, the oldest first."""
        return list(self._messages)

    @property
    def count(self) -> int:
        """Return the number of deliveries."""
        return len(self._messages)

    @property
    def distinct(self) -> int:
        """Return the number of different messages, by Message-ID: a repeated delivery counts once."""
        return len({message.message_id or message.id for message in self._messages})

    async def keep(self, message: Message) -> None:
        """Keep a message and wake whoever waits for it."""
        async with self._arrived:
            self._messages.append(message)
            self._arrived.notify_all()

    async def wait_for(self, *, count: int, timeout: float = 5.0, to: str | None = None) -> list[Message]:
        """Wait until `count` messages (to that address) are there. Raises TimeoutError."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self.list_messages(to=to)) >= count)
        return self.list_messages(to=to)

    def list_messages(self, *, to: str | None = None) -> list[Message]:
        """Return the messages (to that address), the oldest first."""
        wanted = to.lower() if to else None
        return [
            message
            for message in self._messages
            if wanted is None or wanted in (address.lower() for address in message.recipients)
        ]

    def find(self, message_id: str) -> Message | None:
        """Find a message by our own identity."""
        return next((message for message in self._messages if message.id == message_id), None)

    def clear(self) -> None:
        """Forget everything."""
        self._messages.clear()


def parse_message(raw: bytes, *, sender: str, recipients: tuple[str, ...], at: datetime, secured: bool) -> Message:
    """Parse a message (RFC 5322, MIME) into its headers and its plain and HTML bodies."""
    parsed = BytesParser(policy=policy.default).parsebytes(raw)
    headers: dict[str, list[str]] = {}
    for name, value in parsed.items():
        headers.setdefault(name.lower(), []).append(str(value))
    return Message(
        id=uuid4().hex[:12],
        at=at,
        sender=sender,
        recipients=recipients,
        subject=str(parsed.get("Subject", "")),
        message_id=str(parsed.get("Message-ID", "")),
        headers=headers,
        text=_read_body(parsed, "plain"),
        html=_read_body(parsed, "html"),
        secured=secured,
        raw=raw,
    )


def _read_body(parsed: EmailMessage, subtype: str) -> str:
    part = parsed.get_body((subtype,))
    if part is None:
        return ""
    content = part.get_content()
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""
