"""A Storage server behind the gateway, on a database and a folder of its own, with a clock to move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import jwt
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from headwater.core.auth import StaticKeySource, TokenVerifier
from headwater.core.clock import MovableClock
from headwater.local.gateway import Gateway
from headwater.local.keys import LocalKeys, make_keys
from headwater.local.storage import StorageConfig, create_storage_app, install_storage_schema
from headwater.local.storage.contents.stores import ContentStore
from headwater.local.storage.server import StorageServer
from tests.fixtures.loopback import NO_TLS, bind_loopback
from tests.local.auth.conftest import serve

SIGNING_SECRET = "a secret of the tests that signs addresses"
MEMBER, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@dataclass
class Service:
    """A running server: where it is, and what a test needs to look behind it."""

    url: str
    dsn: str
    folder: Path
    keys: LocalKeys
    clock: MovableClock
    pool: asyncpg.Pool
    server: StorageServer
    http: httpx2.AsyncClient

    def sign(self, subject: str = MEMBER, role: str = "authenticated", **claims: Any) -> str:
        """Sign a token of Auth's."""
        end = int((self.clock.now() + timedelta(hours=1)).timestamp())
        given = {"sub": subject, "aud": "authenticated", "role": role, "exp": end, **claims}
        return jwt.encode(given, self.keys.jwt_secret)

    def headers(self, caller: str) -> dict[str, str]:
        """Return the headers that `service`, `member`, `other` or `anon` sends."""
        if caller == "anon":
            return {"apikey": self.keys.publishable_key}
        if caller == "service":
            return {"apikey": self.keys.secret_key}
        token = self.sign(MEMBER if caller == "member" else OTHER)
        return {"apikey": self.keys.publishable_key, "authorization": f"Bearer {token}"}

    async def call(self, method: str, path: str, caller: str = "service", **more: Any) -> httpx2.Response:
        """Send a request as a caller; `headers` come on top."""
        headers = {**self.headers(caller), **more.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **more)

    async def make_bucket(self, name: str | None = None, **settings: Any) -> str:
        """Make a bucket as the service; gives its name."""
        name = name or f"bucket-{uuid4().hex[:8]}"
        answer = await self.call("POST", "/bucket", json={"name": name, "id": name, **settings})
        assert answer.status_code == 200, answer.text
        return name

    async def upload(
        self, bucket: str, name: str, content: bytes = b"hello", caller: str = "service", **headers: str
    ) -> httpx2.Response:
        """Upload a raw body."""
        sent = {"content-type": "text/plain", **{key.replace("_", "-"): value for key, value in headers.items()}}
        return await self.call("POST", f"/object/{bucket}/{name}", caller, content=content, headers=sent)

    def list_blobs(self) -> list[str]:
        """Return the names of the files that are kept."""
        return sorted(path.name for path in (self.folder / "blobs").glob("??/??/*"))

    def list_temporary(self) -> list[str]:
        """Return the names of the files that are being written."""
        return sorted(path.name for path in (self.folder / "temporary").iterdir())


@asynccontextmanager
async def open_service(
    owner_dsn: str, folder: Path, store: ContentStore | None = None, *, dsn: str | None = None, **settings: Any
) -> AsyncIterator[Service]:
    """Serve with limits of 32 MiB, over `store` or the folder; `dsn` may be another way to the owner's database."""
    await install_storage_schema(owner_dsn)
    dsn = dsn or owner_dsn
    keys, clock = make_keys(), MovableClock()
    verifier = TokenVerifier(StaticKeySource(keys.public_keys), legacy_secret=keys.jwt_secret, clock=clock)
    with bind_loopback() as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with asyncpg.create_pool(dsn, min_size=0, max_size=10) as pool:
            app = create_storage_app(
                StorageConfig(file_size_limit=32 << 20, **settings),
                pool,
                verifier=verifier,
                folder=folder,
                signing_secret=SIGNING_SECRET,
                store=store,
                clock=clock,
            )
            front = Gateway(Starlette(routes=[Mount("/storage/v1", app)]), keys=keys)
            async with (
                serve(front, listener),
                httpx2.AsyncClient(base_url=f"{base}/storage/v1", timeout=30, verify=NO_TLS) as http,
            ):
                yield Service(base, dsn, folder, keys, clock, pool, app.state.storage, http)


@pytest.fixture
async def service(unmigrated_dsn: str, tmp_path: Path) -> AsyncIterator[Service]:
    """A server that keeps files in a folder."""
    async with open_service(unmigrated_dsn, tmp_path / "storage") as opened:
        yield opened
