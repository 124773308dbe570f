"""Prints e-mail instead of sending it: for development, where no mail server is set up."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from headwater.kit.notify.mail.message import Mail, Receipt, clean_subject


@dataclass(frozen=True)
class ConsoleSender:
    """Takes every e-mail; its text part is printed to standard output of the process that sends."""

    name: str = "console"

    @asynccontextmanager
    async def open(self, mail: Mail) -> AsyncIterator[_OpenPage]:
        """Accept the mail."""
        yield _OpenPage(mail)


@dataclass(frozen=True)
class _OpenPage:
    mail: Mail

    async def hand_over(self) -> Receipt:
        """Print the mail."""
        mail = self.mail
        head = f"From: {mail.sender}\nTo: {mail.recipient}\nSubject: {clean_subject(mail.subject)}"
        sys.stdout.write(f"--- mail {mail.id}\n{head}\n\n{mail.text.rstrip()}\n---\n")
        sys.stdout.flush()
        return Receipt(250, "Printed.")
