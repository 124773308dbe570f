"""Sends e-mail through SendGrid's v3 API (`POST /v3/mail/send`, 202 when taken)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientConnectorError

from headwater.kit.fetch import Fetcher, FetchFailed
from headwater.kit.notify.mail.message import Mail, MailFailed, Receipt, clean_subject

_SECONDS = 30.0
_ACCEPTED = 202
# These speak of our key, our quota or their trouble, none of the message: worth another try.
_TRY_AGAIN = frozenset({401, 403, 408, 429})


@dataclass(frozen=True)
class SendGridSender:
    """SendGrid, at an address that tests can point elsewhere."""

    fetcher: Fetcher
    api_key: str = field(repr=False)
    base_url: str = "https://api.sendgrid.com"
    name: str = "sendgrid"

    @asynccontextmanager
    async def open(self, mail: Mail) -> AsyncIterator[_OpenSendGrid]:
        """Prepare the request; the API has nothing to ask before it."""
        yield _OpenSendGrid(self, mail)


@dataclass(frozen=True)
class _OpenSendGrid:
    sender: SendGridSender
    mail: Mail

    async def hand_over(self) -> Receipt:
        """Post the message. Without an answer it is open whether it was taken: the API knows no idempotency key."""
        if not self.mail.is_addressed:
            raise MailFailed("dead", "The address isn't well formed.")
        try:
            answer = await self.sender.fetcher.request(
                "POST",
                f"{self.sender.base_url.rstrip('/')}/v3/mail/send",
                headers={"Authorization": f"Bearer {self.sender.api_key}"},
                json=make_request(self.mail),
                timeout=_SECONDS,
                max_bytes=64 * 1024,
                trusted=True,
            )
        except FetchFailed as error:
            never_sent = error.kind in {"dns", "blocked_address"} or isinstance(error.__cause__, ClientConnectorError)
            raise MailFailed("failed" if never_sent else "uncertain", error.message) from error
        shown = " ".join(answer.text.split())[:500]
        if answer.status == _ACCEPTED or answer.ok:
            return Receipt(answer.status, answer.headers.get("X-Message-Id", "") or shown)
        if answer.status in _TRY_AGAIN or answer.status >= 500:
            raise MailFailed("failed", shown, status_code=answer.status)
        raise MailFailed("dead", shown, status_code=answer.status)


def make_request(mail: Mail) -> dict[str, Any]:
    """Return the body of the request."""
    sender = {"email": mail.sender_address, **({"name": mail.sender_name} if mail.sender_name else {})}
    return {
        "personalizations": [{"to": [{"email": mail.recipient}]}],
        "from": sender,
        "subject": clean_subject(mail.subject),
        "content": [{"type": "text/plain", "value": mail.text}, {"type": "text/html", "value": mail.html}],
        "headers": mail.extra_headers(),
        # Links stay as they are: nobody's clicks are followed.
        "tracking_settings": {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}},
    }
