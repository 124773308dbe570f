"""Links in e-mails that act without signing in: what they may do is signed into them (HMAC-SHA256)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

import orjson

from headwater.core.errors import InvalidInput
from headwater.core.settings import Settings, SettingsError

Purpose = Literal["unsubscribe", "verify"]
VERIFY_WITHIN = timedelta(days=7)
_ROUTES = {"unsubscribe": "/api/v1/notifications/unsubscribe", "verify": "/api/v1/notifications/verify"}
_LONGEST_TOKEN = 2_000


@dataclass(frozen=True)
class LinkClaims:
    """For whom a link acts. `address` is the one that it was sent to."""

    workspace_id: UUID
    user_id: UUID
    address: str


class LinkSigner:
    """Makes and reads signed links under the public address of the gateway."""

    def __init__(self, secret: bytes, *, public_url: str) -> None:
        if len(secret) < 16:
            raise SettingsError("SERVICE_SECRET: must have at least 16 characters")
        if not public_url.isascii():
            raise SettingsError("PUBLIC_URL: must be written in ASCII (a name with other letters in its xn-- form)")
        self._key = hmac.digest(secret, b"headwater notification links", hashlib.sha256)
        self.public_url = public_url.rstrip("/")

    @classmethod
    def from_settings(cls, settings: Settings, *, public_url: str | None = None) -> Self:
        """Take SERVICE_SECRET, or ENCRYPTION_KEY without it. Raises SettingsError when neither is set."""
        secret = settings.service_secret or settings.encryption_key
        if secret is None:
            raise SettingsError("SERVICE_SECRET: must be set to sign the links in e-mails")
        return cls(secret.get_secret_value().encode(), public_url=public_url or settings.resolved_public_url)

    def make_link(self, purpose: Purpose, claims: LinkClaims, *, at: datetime) -> str:
        """Return the address for `purpose`. A link to verify ends after a week, one to unsubscribe never."""
        expires = int((at + VERIFY_WITHIN).timestamp()) if purpose == "verify" else 0
        content = [purpose, str(claims.workspace_id), str(claims.user_id), claims.address, expires]
        payload = base64.urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()
        return f"{self.public_url}{_ROUTES[purpose]}?token={payload}.{self._sign(payload)}"

    def read_token(self, purpose: Purpose, token: str, *, at: datetime) -> LinkClaims:
        """Return for whom a token acts.

        Raises:
            InvalidInput: it wasn't made here, is for something else, or its time is over (code `invalid_link`).
        """
        payload, _, signature = token.partition(".")
        if len(token) > _LONGEST_TOKEN or not hmac.compare_digest(self._sign(payload).encode(), signature.encode()):
            raise _bad_link()
        try:
            padded = payload + "=" * (-len(payload) % 4)
            made_for, workspace_id, user_id, address, expires = orjson.loads(base64.urlsafe_b64decode(padded))
        except (ValueError, binascii.Error):
            raise _bad_link() from None
        if made_for != purpose or (expires and datetime.fromtimestamp(expires, UTC) < at):
            raise _bad_link()
        return LinkClaims(UUID(workspace_id), UUID(user_id), address)

    def _sign(self, payload: str) -> str:
        mac = hmac.digest(self._key, payload.encode(errors="replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _bad_link() -> InvalidInput:
    return InvalidInput("This link isn't valid any more.", code="invalid_link", hint="Sign in to change your settings.")
