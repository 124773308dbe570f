"""A simulated SendGrid: `POST /v3/mail/send` puts messages into a mailbox, or refuses as SendGrid does.

Shapes: Twilio SendGrid v3 API reference, Mail Send and Errors (`{"errors": [{"message", "field", "help"}]}`).
Modes: `up`, `down` (refuses connections), `rate_limited` (429 with X-RateLimit-Reset), `failing` (500), `unavailable`
(503), `unauthorized` (401), `slow`, `held`, `dropping` (takes the message and cuts the connection).
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from aiohttp import web

from headwater.core.clock import now
from headwater.demo.mailbox import Mailbox, Message, parse_message
from headwater.demo.mailbox_pages import mailbox_routes
from headwater.kit.demo.control import Action, control_routes
from headwater.kit.demo.loopback import HOST, Listener, serve_http
from headwater.kit.demo.modes import Mode, ModeSwitch

MODES = ("up", "down", "rate_limited", "failing", "unavailable", "unauthorized", "slow", "held", "dropping")
REFUSALS: dict[str, tuple[int, str]] = {
    "rate_limited": (429, "too many requests"),
    "failing": (500, "Internal Server Error"),
    "unavailable": (503, "Service Unavailable"),
    "unauthorized": (401, "The provided authorization grant is invalid, expired, or revoked"),
}


class DemoSendGrid:
    """The API, its keys and the messages that it took."""

    def __init__(self, *, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.port = 0
        self.control_port = 0
        self.listener: Listener | None = None
        self._switch = ModeSwitch(*MODES)

    @property
    def url(self) -> str:
        """Return the base URL of the API."""
        return f"http://{HOST}:{self.port}"

    @property
    def control_url(self) -> str:
        """Return the address of the control interface and of the pages under `/_inbox`."""
        return f"http://{HOST}:{self.control_port}"

    @property
    def waiting(self) -> int:
        """Return how many requests a slow or held mode keeps waiting now."""
        return self._switch.waiting

    async def set_mode(self, mode: str, times: int | None = None, seconds: float | None = None) -> Mode:
        """Change how requests are answered, for the next `times` only where given."""
        chosen = self._switch.set(mode, times=times, seconds=seconds)
        if self.listener is not None:
            await (self.listener.refuse() if mode == "down" else self.listener.accept())
        return chosen

    async def wait_for(self, count: int = 1, timeout: float = 5.0, to: str | None = None) -> list[Message]:
        """Wait until `count` messages (to that address) have arrived and give them. Raises TimeoutError."""
        return await self.mailbox.wait_for(count=count, timeout=timeout, to=to)

    def list_messages(self, to: str | None = None) -> list[Message]:
        """Return the messages (to that address), the oldest first."""
        return self.mailbox.list_messages(to=to)

    def reset(self) -> None:
        """Forget the messages; the mode stays."""
        self.mailbox.clear()

    def actions(self) -> Mapping[str, Action]:
        """Return what can be done from outside."""
        return {
            "set_mode": self.set_mode,
            "wait_for": self.wait_for,
            "list_messages": self.list_messages,
            "reset": self.reset,
        }

    async def send(self, request: web.Request) -> web.Response:
        """Take one Mail Send request."""
        mode = self._switch.take()
        if mode.name in {"slow", "held"}:
            await self._switch.pause(mode.seconds if mode.name == "slow" else None)
        if mode.name in REFUSALS:
            status, message = REFUSALS[mode.name]
            reset = str(int(now().timestamp() + mode.seconds))
            headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset} if status == 429 else {}
            return _refuse(status, message, headers=headers)
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return _refuse(401, REFUSALS["unauthorized"][1])
        try:
            body = await request.json()
        except ValueError:
            return _refuse(400, "Bad Request")
        fault = find_fault(body)
        if fault is not None:
            return _refuse(400, f"The {fault} field is required and must be set.", field=fault)
        identity = uuid4().hex[:22]
        for personalization in body["personalizations"]:
            await self.mailbox.keep(read_message(body, personalization, identity=identity))
        if mode.name == "dropping" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=202, headers={"X-Message-Id": identity})


def find_fault(body: Any) -> str | None:
    """Name the first required field that is missing from a Mail Send request."""
    if not isinstance(body, dict) or not body.get("personalizations"):
        return "personalizations"
    if any(not one.get("to") or not one["to"][0].get("email") for one in body["personalizations"]):
        return "personalizations.0.to"
    if not isinstance(body.get("from"), dict) or not body["from"].get("email"):
        return "from"
    if not body.get("subject") and any(not one.get("subject") for one in body["personalizations"]):
        return "subject"
    return None if body.get("content") or body.get("template_id") else "content"


def read_message(body: Mapping[str, Any], personalization: Mapping[str, Any], *, identity: str) -> Message:
    """Make the message that the recipients of one personalization would get."""
    mail = EmailMessage()
    mail["From"] = _write_address(body["from"])
    mail["To"] = ", ".join(_write_address(one) for one in personalization["to"])
    mail["Subject"] = str(personalization.get("subject") or body.get("subject", ""))
    headers = {**(body.get("headers") or {}), **(personalization.get("headers") or {})}
    for name, value in headers.items():
        mail[name] = str(value)
    if "Message-ID" not in mail:
        mail["Message-ID"] = f"<{identity}@demo.test>"
    contents = {part["type"]: part["value"] for part in body.get("content") or ()}
    mail.set_content(contents.get("text/plain", ""))
    if "text/html" in contents:
        mail.add_alternative(contents["text/html"], subtype="html")
    recipients = tuple(one["email"] for kind in ("to", "cc", "bcc") for one in personalization.get(kind) or ())
    return parse_message(mail.as_bytes(), sender=body["from"]["email"], recipients=recipients, at=now(), secured=False)


@asynccontextmanager
async def open_sendgrid(
    *, port: int = 0, control_port: int = 0, mailbox: Mailbox | None = None
) -> AsyncIterator[DemoSendGrid]:
    """Run the API while the block runs; `mailbox` may be the mail server's, so that all mail is in one place."""
    demo = DemoSendGrid(mailbox=mailbox or Mailbox())
    application, control = web.Application(), web.Application()
    application.router.add_post("/v3/mail/send", demo.send)
    control.add_routes([*control_routes(demo.actions), *mailbox_routes(demo.mailbox)])
    async with contextlib.AsyncExitStack() as stack:
        (demo.listener,) = await stack.enter_async_context(serve_http(application, port=port))
        (control_listener,) = await stack.enter_async_context(serve_http(control, port=control_port))
        demo.port, demo.control_port = demo.listener.port, control_listener.port
        yield demo


def _write_address(address: Mapping[str, Any]) -> str:
    return f"{address['name']} <{address['email']}>" if address.get("name") else str(address["email"])


def _refuse(
    status: int, message: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
) -> web.Response:
    errors = [{"message": message, "field": field, "help": None}]
    return web.json_response({"errors": errors}, status=status, headers=headers)
