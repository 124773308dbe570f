"""The headers that every answer carries, unless it says something of its own: what a browser may do with it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headwater.core.settings import Settings

RawHeaders = list[tuple[bytes, bytes]]

_YEAR_SECONDS = 31_536_000
# An answer for programs: nothing in it is ever run, loaded or framed.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
CACHE_CONTROL = b"cache-control"
FRAME_OPTIONS = b"x-frame-options"
POLICY = b"content-security-policy"


def list_answer_headers(settings: Settings) -> RawHeaders:
    """Return the headers for answers of the API, of Auth and of REST; HSTS where users come by https."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (FRAME_OPTIONS, b"DENY"),
        (b"referrer-policy", b"no-referrer"),
        (POLICY, DATA_POLICY.encode()),
        # Almost every answer is one caller's own, and the rest is cheap.
        (CACHE_CONTROL, b"no-store"),
    ]
    return [*headers, *list_transport_headers(settings)]


def list_transport_headers(settings: Settings) -> RawHeaders:
    """Return the header that keeps browsers to https, where PUBLIC_URL begins with it."""
    if not settings.resolved_public_url.startswith("https://"):
        return []
    return [(b"strict-transport-security", b"max-age=%d" % _YEAR_SECONDS)]


def mark_answers(send: Send, headers: RawHeaders) -> Send:
    """Return a `send` that adds those of `headers` that an answer doesn't have."""

    async def send_marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = message["headers"] = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            given.extend(one for one in headers if one[0] not in names)
        await send(message)

    return send_marked


class AnswerHeaders:
    """ASGI middleware that adds `headers` to every answer that doesn't have them."""

    def __init__(self, app: ASGIApp, *, headers: RawHeaders) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            send = mark_answers(send, self._headers)
        await self._app(scope, receive, send)


def make_page_policy(html: str, *, more: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy of a page of ours: what stands in it may run, by its hash, and nothing else.

    `more` are further rules, such as `connect-src 'self'`.
    """
    scripts, styles = _list_hashes(html, "script"), _list_hashes(html, "style")
    rules = [
        "default-src 'none'",
        *([f"script-src 'self' {scripts}".strip()] if "<script" in html else []),
        *([f"style-src {styles}"] if styles else []),
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        *more,
    ]
    return "; ".join(rules)


def _list_hashes(html: str, tag: str) -> str:
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in found)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
