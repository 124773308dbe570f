"""An Auth server over HTTP on a database of its own, with an inbox instead of a mail server and a clock to move."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg
import httpx2
import psycopg
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from headwater.core.clock import MovableClock
from headwater.local.auth import AuthConfig, create_auth_app, install_auth_schema
from headwater.local.gateway import Gateway
from headwater.local.keys import LocalKeys, make_keys
from tests.conftest import cloned
from tests.fixtures.loopback import NO_TLS, bind_loopback
from tests.fixtures.servers import FOUNDATION, Addresses, name_database

PASSWORD = "correct horse battery"
FAST: dict[str, Any] = {
    "bcrypt_cost": 4,
    "site_url": "http://app.example.com",
    "additional_redirect_urls": ["https://*.example.org/**"],
    "rate_limit": {
        "email_sent": 1000,
        "sign_in_sign_ups": 1000,
        "token_refresh": 1000,
        "token_verifications": 1000,
        "anonymous_users": 1000,
    },
    "email": {"max_frequency": "0s"},
}


@dataclass
class Received:
    """A letter that arrived."""

    to: str
    subject: str
    text: str
    html: str

    @property
    def code(self) -> str:
        """The code in the letter."""
        found = re.search(r"\b\d{6,10}\b", self.text.rpartition("code")[2] or self.text)
        assert found is not None, self.text
        return found[0]

    @property
    def link(self) -> str:
        """The link in the letter."""
        found = re.search(r"http\S+/verify\?\S+", self.text)
        assert found is not None, self.text
        return found[0]


@dataclass
class Inbox:
    """A mailer that keeps what it is given; `wait` gives the next letter to somebody."""

    auth_emails: list[Received] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, to: str, subject: str, text: str, html: str) -> None:
        async with self.arrived:
            self.auth_emails.append(Received(to, subject, text, html))
            self.arrived.notify_all()

    async def wait(self, to: str) -> Received:
        """Take the oldest letter to that address, waiting for it."""

        def there() -> Received | None:
            return next((auth_email for auth_email in self.auth_emails if auth_email.to == to), None)

        async with self.arrived:
            await asyncio.wait_for(self.arrived.wait_for(lambda: there() is not None), 10)
            auth_email = there()
            assert auth_email is not None
            self.auth_emails.remove(auth_email)
            return auth_email


@dataclass
class AuthService:
    """A running Auth server: where it is, and what a test needs to look behind it."""

    url: str
    dsn: str
    keys: LocalKeys
    inbox: Inbox
    clock: MovableClock
    pool: asyncpg.Pool
    http: httpx2.AsyncClient

    async def post(self, path: str, body: Any = None, *, token: str | None = None, **more: Any) -> httpx2.Response:
        """POST `body` as JSON, as the bearer of `token`."""
        return await self.http.post(path, json=body, headers=self.bearer(token), **more)

    async def get(self, path: str, *, token: str | None = None, **more: Any) -> httpx2.Response:
        """GET, as the bearer of `token`."""
        return await self.http.get(path, headers=self.bearer(token), **more)

    async def put(self, path: str, body: Any, *, token: str | None = None) -> httpx2.Response:
        """PUT `body` as JSON, as the bearer of `token`."""
        return await self.http.put(path, json=body, headers=self.bearer(token))

    async def delete(self, path: str, *, token: str | None = None) -> httpx2.Response:
        """DELETE, as the bearer of `token`."""
        return await self.http.delete(path, headers=self.bearer(token))

    def bearer(self, token: str | None) -> dict[str, str]:
        """Return the header that carries `token`."""
        return {"authorization": f"Bearer {token}"} if token is not None else {}

    async def sign_up(self, email: str | None = None, password: str = PASSWORD) -> dict[str, Any]:
        """Sign somebody up and give the session."""
        answer = await self.post("/signup", {"email": email or unique_email(), "password": password})
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()
        return session

    async def refresh(self, refresh_token: str) -> httpx2.Response:
        """Exchange a refresh token."""
        return await self.post("/token?grant_type=refresh_token", {"refresh_token": refresh_token})

    async def log_in(self, email: str, password: str = PASSWORD) -> httpx2.Response:
        """Sign in by password."""
        return await self.post("/token?grant_type=password", {"email": email, "password": password})


ServiceMaker = Callable[..., Awaitable[AuthService]]


@pytest.fixture(scope="session")
def auth_template(
    addresses: Addresses, server_connection: psycopg.Connection[Any], worker_number: int
) -> Iterator[str]:
    """A database with the tables of Auth, for tests to clone theirs from."""
    with cloned(FOUNDATION, server_connection, worker_number) as name:
        asyncio.run(install_auth_schema(name_database(addresses.postgres, name)))
        yield name


@pytest.fixture
def auth_dsn(
    auth_template: str, addresses: Addresses, server_connection: psycopg.Connection[Any], worker_number: int
) -> Iterator[str]:
    """A fresh database with the tables of Auth, dropped after the test."""
    with cloned(auth_template, server_connection, worker_number) as name:
        yield name_database(addresses.postgres, name)


@pytest.fixture
async def make_service(auth_dsn: str) -> AsyncIterator[ServiceMaker]:
    """Start an Auth server with settings of the test's own."""
    running: list[Any] = []

    async def make(**settings: Any) -> AuthService:
        context = serve_auth(auth_dsn, settings)
        service = await context.__aenter__()
        running.append(context)
        return service

    yield make
    for context in reversed(running):
        await context.__aexit__(None, None, None)


@pytest.fixture
async def service(make_service: ServiceMaker) -> AuthService:
    """An Auth server that trusts addresses unconfirmed."""
    return await make_service()


@pytest.fixture
async def confirming(make_service: ServiceMaker) -> AuthService:
    """An Auth server that asks for confirmation of addresses."""
    return await make_service(email={"enable_confirmations": True, "max_frequency": "0s"})


@asynccontextmanager
async def serve_auth(dsn: str, settings: dict[str, Any]) -> AsyncIterator[AuthService]:
    """Serve Auth under /auth/v1 for as long as the context lasts."""
    keys, inbox, clock = make_keys(), Inbox(), MovableClock()
    with bind_loopback() as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = AuthConfig.model_validate({"external_url": f"{base}/auth/v1", **FAST, **settings})
        async with asyncpg.create_pool(dsn, min_size=0, max_size=10) as pool:
            app = create_auth_app(config, pool, keys=keys, mailer=inbox, clock=clock)
            plane = Starlette(routes=[Mount("/auth/v1", app)])
            async with (
                serve(Gateway(plane, keys=keys, keyless="anon"), listener),
                httpx2.AsyncClient(base_url=f"{base}/auth/v1", timeout=30, verify=NO_TLS) as http,
            ):
                yield AuthService(base, dsn, keys, inbox, clock, pool, http)


@asynccontextmanager
async def serve(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on a bound socket."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="websockets-sansio"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110 - uvicorn gives no event to wait for
                await asyncio.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        await running


def unique_email() -> str:
    """Return an address that nobody has."""
    return f"{uuid4().hex[:12]}@example.com"


def read_fragment(location: str) -> dict[str, str]:
    """Return what the fragment of an address says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).fragment, keep_blank_values=True).items()}


def read_query(location: str) -> dict[str, str]:
    """Return what the query of an address says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query, keep_blank_values=True).items()}
