"""A simulated mail server: it takes e-mail over SMTP, keeps it readable, and can be as unwilling as real ones are.

Modes: `up`, `down` (refuses connections), `deferring` (451 at RCPT, as greylisting does), `deferring_data` (451 after
the message), `refusing` (554 for everybody), `slow`, `held` (answers when the mode changes), `dropping` (takes the
message and cuts the connection instead of saying so: the sender can't know). Reply codes: RFC 5321, RFC 3463.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from headwater.core.clock import now
from headwater.demo.mailbox import Mailbox, Message, parse_message
from headwater.demo.mailbox_pages import mailbox_routes
from headwater.kit.demo.control import Action, control_routes
from headwater.kit.demo.loopback import HOST, Listener, serve_http
from headwater.kit.demo.modes import Mode, ModeSwitch

MODES = ("up", "down", "deferring", "deferring_data", "refusing", "slow", "held", "dropping")


class DemoMail:
    """The mail server and the messages that it took."""

    def __init__(self, *, credentials: tuple[str, str] | None = None) -> None:
        self.mailbox = Mailbox()
        self.credentials = credentials
        self.authority: bytes | None = None
        self.http_port = 0
        self.refused: list[tuple[str, str]] = []
        self._rejected: set[str] = set()
        self._switch = ModeSwitch(*MODES)
        self._listener: Listener | None = None

    @property
    def smtp_port(self) -> int:
        """Return the SMTP port."""
        return self._listener.port if self._listener else 0

    @property
    def url(self) -> str:
        """Return the address for SMTP: `smtp://127.0.0.1:<port>`."""
        return f"smtp://{HOST}:{self.smtp_port}"

    @property
    def control_url(self) -> str:
        """Return the address of the control interface and of the pages under `/_inbox`."""
        return f"http://{HOST}:{self.http_port}"

    @property
    def waiting(self) -> int:
        """Return how many requests a slow or held mode keeps waiting now."""
        return self._switch.waiting

    async def set_mode(self, mode: str, times: int | None = None, seconds: float | None = None) -> Mode:
        """Change how the server behaves, for the next `times` messages only where given."""
        chosen = self._switch.set(mode, times=times, seconds=seconds)
        if self._listener is not None:
            await (self._listener.refuse() if mode == "down" else self._listener.accept())
        return chosen

    def reject(self, address: str) -> list[str]:
        """Answer 550 for that address from now on, as for a mailbox that does not exist."""
        self._rejected.add(address.lower())
        return sorted(self._rejected)

    async def wait_for(self, count: int = 1, timeout: float = 5.0, to: str | None = None) -> list[Message]:
        """Wait until `count` messages (to that address) have arrived and give them. Raises TimeoutError."""
        return await self.mailbox.wait_for(count=count, timeout=timeout, to=to)

    def list_messages(self, to: str | None = None) -> list[Message]:
        """Return the messages (to that address), the oldest first."""
        return self.mailbox.list_messages(to=to)

    def reset(self) -> None:
        """Forget messages, refusals and rejected addresses; the mode stays."""
        self.mailbox.clear()
        self.refused.clear()
        self._rejected.clear()

    def actions(self) -> Mapping[str, Action]:
        """Return what can be done from outside."""
        return {
            "set_mode": self.set_mode,
            "reject": self.reject,
            "wait_for": self.wait_for,
            "list_messages": self.list_messages,
            "reset": self.reset,
        }

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if address.lower() in self._rejected:
            return self._refuse(address, "550 5.1.1 The email account that you tried to reach does not exist")
        if self._switch.name == "deferring":
            self._switch.take()
            return self._refuse(address, "451 4.7.1 Greylisting in action, please come back later")
        if self._switch.name == "refusing":
            self._switch.take()
            return self._refuse(address, "554 5.7.1 Service unavailable; client host blocked")
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Take the message, or behave as the mode says."""
        mode = self._switch.take() if self._switch.name not in {"deferring", "refusing"} else Mode("up")
        if mode.name in {"slow", "held"}:
            await self._switch.pause(mode.seconds if mode.name == "slow" else None)
        if mode.name == "deferring_data":
            return self._refuse(",".join(envelope.rcpt_tos), "451 4.3.0 Temporary server error, try again later")
        message = parse_message(
            envelope.original_content or b"", sender=envelope.mail_from or "", recipients=tuple(envelope.rcpt_tos),
            at=now(), secured=session.ssl is not None,
        )  # fmt: skip
        await self.mailbox.keep(message)
        if mode.name == "dropping":
            cast("asyncio.Transport", server.transport).abort()
        return f"250 2.0.0 Ok: queued as {message.id}"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Accept the one pair of credentials (RFC 4954)."""
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self.credentials, handled=False)

    def _refuse(self, address: str, reply: str) -> str:
        self.refused.append((address, reply))
        return reply

    async def serve(self, *, port: int, tls: ssl.SSLContext | None) -> Listener:
        """Open the SMTP listener."""
        loop = asyncio.get_running_loop()
        auth = self.authenticate if self.credentials else None

        def make_protocol() -> SMTP:
            return SMTP(
                self,
                hostname="mail.demo.test",
                ident="ESMTP",
                loop=loop,
                tls_context=tls,
                require_starttls=tls is not None,
                authenticator=auth,
                auth_required=auth is not None,
                auth_require_tls=tls is not None,
                enable_SMTPUTF8=True,
            )

        self._listener = Listener(make_protocol, port=port)
        await self._listener.open()
        return self._listener


@asynccontextmanager
async def open_mail(
    *, port: int = 0, http_port: int = 0, starttls: bool = False, credentials: tuple[str, str] | None = None
) -> AsyncIterator[DemoMail]:
    """Run the mail server while the block runs, with its pages at `/_inbox` and its control interface.

    With `starttls` no mail is taken in clear text; `mail.authority` is then the PEM of the authority to trust.
    """
    demo = DemoMail(credentials=credentials)
    tls: ssl.SSLContext | None = None
    if starttls:
        from headwater.demo.certificates import make_server_context

        tls, demo.authority = make_server_context()
    application = web.Application()
    application.add_routes([*control_routes(demo.actions), *mailbox_routes(demo.mailbox)])
    async with contextlib.AsyncExitStack() as stack:
        (http,) = await stack.enter_async_context(serve_http(application, port=http_port))
        demo.http_port = http.port
        listener = await demo.serve(port=port, tls=tls)
        stack.push_async_callback(listener.close)
        yield demo
