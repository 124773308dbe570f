"""A workspace with people, a mail server, a receiver and a worker, under a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from headwater.core.clock import Clock, MovableClock
from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.demo.mail import DemoMail, open_mail
from headwater.demo.receiver import DemoReceiver, open_receiver
from headwater.kit.controls import RateLimiter, SharedState
from headwater.kit.fetch import AddressPolicy, Fetcher
from headwater.kit.jobs import run_until_idle
from headwater.kit.notify import Event, NotifyTools, Part, jobs, notify
from headwater.kit.notify.delivery.sweeping import sweep
from headwater.kit.notify.mail.message import MailSender
from headwater.kit.notify.mail.smtp import SmtpSender
from headwater.kit.signed_links import LinkSigner
from headwater.kit.webhooks import SecretBox, generate_secret

PUBLIC_URL = "https://headwater.test"
KEY = bytes(range(32))


@dataclass
class World:
    database: Database
    resources: Resources
    clock: MovableClock
    mail: DemoMail
    receiver: DemoReceiver
    tools: NotifyTools
    workspace_id: UUID = field(default_factory=uuid4)
    user_id: UUID = field(default_factory=uuid4)
    address: str = "ada@example.com"

    async def add_user(self, address: str, *, confirmed: bool = True) -> UUID:
        """Sign somebody up; gives the user."""
        rows = await self.service(
            "insert into auth.users (id, email, email_confirmed_at) values"
            " (gen_random_uuid(), :address, case when :confirmed then now() end) returning id",
            address=address,
            confirmed=confirmed,
            as_owner=True,
        )
        user_id: UUID = rows[0]["id"]
        return user_id

    async def add_member(self, address: str, *, role: str = "viewer", confirmed: bool = True) -> UUID:
        """Add a member to the workspace."""
        user_id = await self.add_user(address, confirmed=confirmed)
        await self.service(
            "insert into workspace_members (workspace_id, user_id, role) values (:workspace, :user, :role)",
            workspace=self.workspace_id,
            user=user_id,
            role=role,
        )
        return user_id

    async def prefer(self, user_id: UUID | None = None, **values: Any) -> None:
        """Set a member's preferences directly."""
        names = list(values)
        await self.service(
            f"insert into notification_preferences (workspace_id, user_id, {', '.join(names)})"
            f" values (:workspace, :user, {', '.join(f':{name}' for name in names)})"
            " on conflict (workspace_id, user_id) do update set "
            + ", ".join(f"{name} = excluded.{name}" for name in names),
            workspace=self.workspace_id,
            user=user_id or self.user_id,
            **values,
        )

    async def add_endpoint(self, url: str | None = None, **values: Any) -> tuple[UUID, str]:
        """Add a webhook endpoint that the receiver trusts; gives it and its secret."""
        secret, endpoint_id = generate_secret(), uuid4()
        self.receiver.trust(secret)
        values = {"created_by": self.user_id, "url": url or self.receiver.url, **values}
        names = list(values)
        await self.service(
            f"insert into webhook_endpoints (id, workspace_id, secret_sealed, {', '.join(names)})"
            f" values (:id, :workspace, :sealed, {', '.join(f':{name}' for name in names)})",
            id=endpoint_id,
            workspace=self.workspace_id,
            sealed=self.tools.secret_box.seal(secret, context=f"webhook_endpoints:{endpoint_id}"),
            **values,
        )
        return endpoint_id, secret

    async def tell(self, event: Event | None = None, **changes: Any) -> int:
        """Call `notify` as a job would."""
        event = replace(event or make_event(self.clock.now()), **changes)
        async with self.database.transaction(Identity.job(self.workspace_id)) as connection:
            return await notify(connection, workspace_id=self.workspace_id, event=event, at=self.clock.now())

    def as_user(self, user_id: UUID | None = None, *, key_role: str | None = None) -> Identity:
        """Return the identity of a signed-in member, or of an API key that they made."""
        claims: dict[str, Any] = {"sub": str(user_id or self.user_id)}
        if key_role:
            claims["headwater_key"] = {"id": str(uuid4()), "workspace_id": str(self.workspace_id), "role": key_role}
        return Identity.user(claims)

    def provide(self, **changes: Any) -> None:
        """Replace some of the tools."""
        self.tools = self.resources.provide(NotifyTools, replace(self.tools, **changes))

    async def work(self) -> list[str]:
        """Run what is due by the clock; gives how each run ended."""
        finished = await run_until_idle(self.database, self.resources, jobs=jobs, clock=self.clock)
        return [outcome.label for _, outcome in finished]

    async def work_for(self, span: timedelta, *, step: timedelta = timedelta(minutes=10)) -> None:
        """Let the clock and the worker run for a while."""
        passed = timedelta()
        while passed < span:
            self.clock.advance(step)
            passed += step
            await self.work()

    async def sweep(self) -> None:
        """Run the sweep once."""
        await sweep(self.resources)

    async def deliveries(self, **wanted: Any) -> list[dict[str, Any]]:
        """List the deliveries, the oldest first."""
        rows = await self.service("select * from notification_deliveries order by id")
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    async def delivery(self, **wanted: Any) -> dict[str, Any]:
        """Return the one delivery that there is."""
        (row,) = await self.deliveries(**wanted)
        return row

    async def attempts(self) -> list[dict[str, Any]]:
        """List the attempts, the oldest first."""
        return await self.service("select * from notification_attempts order by at, number")

    async def service(self, statement: str, *, as_owner: bool = False, **values: Any) -> list[dict[str, Any]]:
        """Run SQL past every policy."""
        async with self.database.transaction(Identity.service()) as connection:
            if as_owner:
                await connection.execute(text("reset role"))
            result = await connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []


def make_event(at: datetime, **values: Any) -> Event:
    given: dict[str, Any] = {
        "kind": "watch.alert",
        "id": uuid4(),
        "title": "Acme changed its prices",
        "summary": "Pro went from $20 to $24.",
        "parts": (Part("Pro: $20", "removed"), Part("Pro: $24", "added", "Pricing")),
        "url": "https://acme.test/pricing",
        "severity": "high",
        "occurred_at": at,
        "data": {"source": "acme"},
    }
    return Event(**{**given, **values})


@asynccontextmanager
async def open_world(
    database: Database,
    *,
    shared: SharedState | None = None,
    sender: MailSender | None = None,
    closed_hosts: Sequence[str] = (),
) -> AsyncIterator[World]:
    clock = MovableClock()
    fetcher = Fetcher(user_agent="Headwater/test (+https://example.com)", policy=AddressPolicy.allowing(["127.0.0.1"]))
    async with open_mail() as mail, open_receiver(clock=clock) as receiver:
        tools = NotifyTools(
            mail_sender=sender or SmtpSender("127.0.0.1", mail.smtp_port, "none"),
            mail_from="Headwater <alerts@headwater.test>",
            fetcher=fetcher,
            secret_box=SecretBox([KEY]),
            limiter=RateLimiter(shared, clock=clock),
            links=LinkSigner(b"a secret of the tests", public_url=PUBLIC_URL),
        )
        resources = Resources()
        resources.provide(Database, database)
        resources.provide(Clock, clock)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
        resources.provide(NotifyTools, tools)
        world = World(database, resources, clock, mail, receiver, tools)
        world.user_id = await world.add_user(world.address)
        rows = await world.service(
            "select workspace_id from workspace_members where user_id = :user", user=world.user_id
        )
        world.workspace_id = rows[0]["workspace_id"]
        yield world
        await fetcher.close()
