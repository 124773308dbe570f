"""A simulated webhook receiver: it checks Standard Webhooks signatures on the raw bytes and keeps what it was sent.

Any path takes deliveries. Modes: `up`, `down` (refuses connections), `failing` (500), `unavailable` (503 with
Retry-After), `slow`, `held` (answers when the mode changes), `gone` (410: the sender should stop), `dropping` (keeps
the delivery and cuts the connection: the sender can't know), `redirecting` (302 to a private address).
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from headwater.core.clock import Clock, now
from headwater.kit.demo.control import Action, control_routes
from headwater.kit.demo.loopback import HOST, Listener, serve_http
from headwater.kit.demo.modes import Mode, ModeSwitch

MODES = ("up", "down", "failing", "unavailable", "slow", "held", "gone", "dropping", "redirecting")
TOLERANCE = timedelta(minutes=5)
REFUSALS = {"failing": 500, "unavailable": 503, "gone": 410, "redirecting": 302}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request with a body. `payload` is None where that is no JSON; `verified` says that the signature held."""

    path: str
    webhook_id: str
    at: datetime
    headers: dict[str, str]
    body: bytes
    payload: Any
    repeated: bool
    verified: bool


class DemoReceiver:
    """The receiver, the secrets that it trusts and what it was sent."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        """Take a clock that tests move; without one, the library compares timestamps with the machine's time."""
        self.port = 0
        self.control_port = 0
        self.hits: Counter[str] = Counter()
        self.refused: list[str] = []
        self._clock = clock
        self._secrets: list[str] = []
        self._deliveries: list[Delivery] = []
        self._seen: set[str] = set()
        self._arrived = asyncio.Condition()
        self._switch = ModeSwitch(*MODES)
        self.listener: Listener | None = None

    @property
    def url(self) -> str:
        """Return the address to which a webhook may be sent; any path below it will do."""
        return f"http://{HOST}:{self.port}/hooks"

    @property
    def control_url(self) -> str:
        """Return the address of the control interface, which answers while the receiver is down, too."""
        return f"http://{HOST}:{self.control_port}"

    @property
    def deliveries(self) -> list[Delivery]:
        """Return everything that was looked at, repeated and badly signed ones too, in the order of arrival."""
        return list(self._deliveries)

    def trust(self, secret: str) -> int:
        """Trust a signing secret (`whsec_…`) beside those trusted before; returns their number."""
        Webhook(secret)
        if secret not in self._secrets:
            self._secrets.append(secret)
        return len(self._secrets)

    @property
    def waiting(self) -> int:
        """Return how many requests a slow or held mode keeps waiting now."""
        return self._switch.waiting

    async def set_mode(self, mode: str, times: int | None = None, seconds: float | None = None) -> Mode:
        """Change how deliveries are answered, for the next `times` only where given."""
        chosen = self._switch.set(mode, times=times, seconds=seconds)
        if self.listener is not None:
            await (self.listener.refuse() if mode == "down" else self.listener.accept())
        return chosen

    async def wait_for(self, count: int = 1, timeout: float = 5.0) -> list[Delivery]:
        """Wait until `count` different deliveries have arrived and give them. Raises TimeoutError."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self._seen) >= count)
        return self.list_deliveries()

    def list_deliveries(self, repeated: bool = False) -> list[Delivery]:
        """Return the verified deliveries, the oldest first;
        those with a webhook-id seen before only where asked for.
        """
        return [one for one in self._deliveries if one.verified and (repeated or not one.repeated)]

    def count_hits(self) -> dict[str, int]:
        """Return the number of requests by outcome: taken, repeated, refused (a bad signature) and each mode's name."""
        return dict(self.hits)

    def reset(self) -> None:
        """Forget deliveries and secrets; the mode stays."""
        self._deliveries.clear()
        self._seen.clear()
        self._secrets.clear()
        self.refused.clear()
        self.hits.clear()

    def actions(self) -> Mapping[str, Action]:
        """Return what can be done from outside."""
        return {
            "trust": self.trust,
            "set_mode": self.set_mode,
            "wait_for": self.wait_for,
            "list_deliveries": self.list_deliveries,
            "count_hits": self.count_hits,
            "reset": self.reset,
        }

    async def receive(self, request: web.Request) -> web.Response:
        """Take one delivery as the mode says."""
        body = await request.read()
        mode = self._switch.take()
        if mode.name in {"slow", "held"}:
            await self._switch.pause(mode.seconds if mode.name == "slow" else None)
        if mode.name in REFUSALS:
            self.hits[mode.name] += 1
            return _refuse(mode)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            self.check_signature(body, headers)
        except (WebhookVerificationError, ValueError) as error:
            self.refused.append(str(error))
            await self._keep(request.path, body, headers, verified=False)
            return web.json_response({"error": str(error)}, status=401)
        await self._keep(request.path, body, headers, verified=True)
        if mode.name == "dropping" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=204)

    def check_signature(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Check the signature against each trusted secret. Raises WebhookVerificationError; no secret refuses all."""
        failure = WebhookVerificationError("No secret is trusted")
        for secret in self._secrets:
            try:
                self._check_with(Webhook(secret), body, headers)
            except WebhookVerificationError as error:
                failure = error
            else:
                return
        raise failure

    def _check_with(self, webhook: Webhook, body: bytes, headers: Mapping[str, str]) -> None:
        if self._clock is None:
            webhook.verify(body, dict(headers), json_parse=False)
            return
        # The library compares timestamps with the machine's time only, so under a moved clock this is done here.
        identity, sent = headers.get("webhook-id"), headers.get("webhook-timestamp")
        if not identity or not sent:
            raise WebhookVerificationError("Missing required headers")
        timestamp = datetime.fromtimestamp(int(sent), UTC)
        if abs(timestamp - self._clock.now()) > TOLERANCE:
            raise WebhookVerificationError("Message timestamp too old or too new")
        expected = webhook.sign(identity, timestamp, body.decode())
        if not any(hmac.compare_digest(expected, given) for given in headers.get("webhook-signature", "").split(" ")):
            raise WebhookVerificationError("No matching signature found")

    async def _keep(self, path: str, body: bytes, headers: dict[str, str], *, verified: bool) -> None:
        identity = headers.get("webhook-id", "")
        repeated = identity in self._seen
        self.hits["refused" if not verified else "repeated" if repeated else "taken"] += 1
        at = self._clock.now() if self._clock else now()
        delivery = Delivery(path, identity, at, headers, body, _parse_json(body), repeated, verified)
        async with self._arrived:
            self._deliveries.append(delivery)
            if verified:
                self._seen.add(identity)
            self._arrived.notify_all()


@asynccontextmanager
async def open_receiver(
    *, port: int = 0, control_port: int = 0, clock: Clock | None = None
) -> AsyncIterator[DemoReceiver]:
    """Run the receiver while the block runs."""
    demo = DemoReceiver(clock=clock)
    application, control = web.Application(), web.Application()
    application.router.add_post("/{path:.*}", demo.receive)
    control.add_routes(control_routes(demo.actions))
    async with serve_http(application, port=port) as (listener,), serve_http(control, port=control_port) as (other,):
        demo.port, demo.control_port = listener.port, other.port
        demo.listener = listener
        yield demo


def _refuse(mode: Mode) -> web.Response:
    headers = {"Retry-After": str(round(mode.seconds))} if mode.name == "unavailable" else {}
    if mode.name == "redirecting":
        headers["Location"] = "http://169.254.169.254/latest/meta-data/"
    return web.Response(status=REFUSALS[mode.name], headers=headers, text=mode.name)


def _parse_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
