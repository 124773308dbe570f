"""A server that is killed, a disk that is full, a Postgres that is away: what is left, and what the client is told."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx2
import pytest

from headwater.local.storage import sweep_storage
from headwater.local.storage.contents.writing import BATCH, Writer
from tests.app.relay import open_relay
from tests.fixtures.waiting import wait_until
from tests.local.storage.conftest import Service, open_service
from tests.local.storage.test_resumable import PART, TUS, describe

CONTENT = bytes(range(256)) * 16_384
SENT = len(CONTENT) // 2
# Stops an upload after its file is in place and before its row is, until the lock is given up.
HOLD = """
create function public.hold() returns trigger language plpgsql security definer as $$
begin
  if new.name = 'held' and new.metadata ? 'size' then
    perform pg_advisory_xact_lock(42);
  end if;
  return new;
end $$;
create trigger hold before insert on storage.objects for each row execute function public.hold();
"""


class Killable:
    """A server as a process of its own, and what a client says to it."""

    def __init__(self, service: Service, listener: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/storage/v1"
        self.token = service.sign(role="service_role")
        self._service = service
        self._listener = listener
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *, largest: int = 0) -> None:
        """Start it on the same socket, database and folder as before."""
        settings = {
            "dsn": self._service.dsn,
            "folder": str(self._service.folder),
            "secret": self._service.keys.jwt_secret,
            "socket": self._listener.fileno(),
            "largest": largest,
        }
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.local.storage.program", json.dumps(settings)),
            pass_fds=[self._listener.fileno()],
        )

    async def kill(self) -> None:
        """End it without a warning."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    async def begin(
        self, request: str, body: bytes, length: int, headers: Mapping[str, str] | None = None
    ) -> asyncio.StreamWriter:
        """Send the beginning of a request; its connection breaks when the server dies."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._listener.getsockname()[1])
        given = {"host": "storage.test", "authorization": f"Bearer {self.token}", "content-length": str(length)}
        lines = [f"{name}: {value}\r\n" for name, value in {**given, **(headers or {})}.items()]
        method, path = request.split()
        writer.write(f"{method} /storage/v1{path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode() + body)
        await writer.drain()
        return writer


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that outlives the servers."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()
        yield opened


@asynccontextmanager
async def run_killable(service: Service, listener: socket.socket, **limits: int) -> AsyncIterator[Killable]:
    """Run a server until it is killed, at the latest at the end."""
    server = Killable(service, listener)
    await server.start(**limits)
    try:
        yield server
    finally:
        await server.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="a socket can't be inherited there")
async def test_a_killed_server_leaves_no_row_without_file_and_the_sweep_no_file_without_row(
    service: Service, listener: socket.socket
) -> None:
    bucket = await service.make_bucket()
    await service.pool.execute(HOLD)
    folder = service.folder
    async with (
        run_killable(service, listener) as server,
        asyncpg.create_pool(service.dsn, min_size=0, max_size=1) as holding,
        holding.acquire() as holder,
        httpx2.AsyncClient(base_url=server.url, timeout=60) as http,
    ):
        auth = {"authorization": f"Bearer {server.token}"}
        await holder.execute("select pg_advisory_lock(42)")
        headers = {**auth, **TUS, "upload-length": str(len(CONTENT)), "upload-metadata": describe(bucket, "tus")}
        made = await http.post("/upload/resumable", headers=headers)
        place = made.headers["location"].removeprefix("/storage/v1")
        form = b'--b\r\nContent-Disposition: form-data; name=""; filename="x"\r\n\r\n'
        part = {**PART, "upload-offset": "0"}
        form_type = {"content-type": "multipart/form-data; boundary=b"}
        writers = [
            await server.begin(f"POST /object/{bucket}/raw", CONTENT[:SENT], len(CONTENT)),
            await server.begin(
                f"POST /object/{bucket}/form", form + CONTENT[:SENT], len(form + CONTENT) + 9, form_type
            ),
            await server.begin(f"PATCH {place}", CONTENT[:SENT], len(CONTENT), part),
            await server.begin(f"POST /object/{bucket}/held", b"held", 4),
        ]

        def is_half_way() -> bool:
            sizes = [path.stat().st_size for path in (*folder.glob("temporary/*"), *folder.glob("uploads/*.part"))]
            return len([size for size in sizes if size >= BATCH]) == 3 and len(service.list_blobs()) == 1

        await wait_until(is_half_way, what="three halves and a file without its row")
        await server.kill()
        await holder.execute("select pg_advisory_unlock(42)")
        for writer in writers:
            writer.close()
        assert await service.pool.fetchval("select count(*) from storage.objects") == 0
        assert len(service.list_temporary()) == 2

        await server.start()
        offset = int((await http.head(place, headers={**auth, **TUS})).headers["upload-offset"])
        assert BATCH <= offset <= SENT
        rest = {**auth, **PART, "upload-offset": str(offset)}
        assert (await http.patch(place, content=CONTENT[offset:], headers=rest)).status_code == 204
        assert (await http.get(f"/object/{bucket}/tus", headers=auth)).content == CONTENT
        assert (await http.post(f"/object/{bucket}/held", content=b"again", headers=auth)).status_code == 200
    service.clock.advance(timedelta(hours=26))
    await sweep_storage(service.server)
    assert service.list_temporary() == []
    assert len(service.list_blobs()) == 2
    assert await service.pool.fetchval("select count(*) from storage.contents") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are another matter there")
async def test_a_file_that_finds_no_room_is_said_and_leaves_nothing(service: Service, listener: socket.socket) -> None:
    bucket = await service.make_bucket()
    async with (
        run_killable(service, listener, largest=2 * BATCH) as server,
        httpx2.AsyncClient(base_url=server.url, timeout=60) as http,
    ):
        headers = {"authorization": f"Bearer {server.token}"}
        refused = await http.post(f"/object/{bucket}/one", content=CONTENT, headers=headers)
        assert (refused.status_code, refused.json()) == (
            507,
            {
                "statusCode": "507",
                "error": "InsufficientStorage",
                "message": "There is no space left to keep this",
                "code": "InsufficientStorage",
            },
        )
        assert service.list_temporary() == []
        assert (await http.post(f"/object/{bucket}/one", content=b"small", headers=headers)).status_code == 200
        begun = {**headers, **TUS, "upload-length": str(len(CONTENT)), "upload-metadata": describe(bucket, "two")}
        place = (await http.post("/upload/resumable", headers=begun)).headers["location"].removeprefix("/storage/v1")
        part = {**headers, **PART, "upload-offset": "0"}
        assert (await http.patch(place, content=CONTENT, headers=part)).status_code == 507
        offset = int((await http.head(place, headers={**headers, **TUS})).headers["upload-offset"])
        assert offset <= 2 * BATCH
    room = {**PART, "upload-offset": str(offset)}
    # A server that has room goes on with it.
    path = f"{service.url}/storage/v1{place}"
    assert (await service.call("PATCH", path, content=CONTENT[offset:], headers=room)).status_code == 204
    assert (await service.call("GET", f"/object/{bucket}/two")).content == CONTENT


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
async def test_a_full_disk_ends_the_writing() -> None:
    writer = Writer(os.open("/dev/full", os.O_WRONLY))
    await writer.add(bytes(BATCH))
    with pytest.raises(OSError, match="No space left") as refusal:
        await writer.finish()
    writer.abandon()
    assert refusal.value.errno == errno.ENOSPC


async def test_a_client_that_stalls_is_let_go(unmigrated_dsn: str, tmp_path: Path) -> None:
    async with open_service(unmigrated_dsn, tmp_path, upload_patience=timedelta(milliseconds=100)) as service:
        bucket = await service.make_bucket()
        begun = {**TUS, "upload-length": str(len(CONTENT)), "upload-metadata": describe(bucket, "two")}
        place = (await service.call("POST", "/upload/resumable", headers=begun)).headers["location"]
        refused = await send_half(service, f"POST /storage/v1/object/{bucket}/one", {})
        assert refused.startswith("HTTP/1.1 400 ")
        assert "The request ended before its body" in refused
        kept = await send_half(service, f"PATCH {place}", {**PART, "upload-offset": "0"})
        assert kept.startswith("HTTP/1.1 204 ")
        # How much came before the patience ended is the machine's affair; it is kept, and the client is told.
        told = await service.call("HEAD", service.url + place, headers=TUS)
        assert f"upload-offset: {told.headers['upload-offset']}\r\n" in kept
        assert int(told.headers["upload-offset"]) <= SENT
        assert service.list_temporary() == []


async def send_half(service: Service, request: str, headers: Mapping[str, str]) -> str:
    """Send half of a body and then nothing; give the answer."""
    address = urlsplit(service.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    given = {"host": "storage.test", "content-length": str(len(CONTENT)), **service.headers("service"), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    writer.write(f"{request} HTTP/1.1\r\n{lines}\r\n".encode() + CONTENT[:SENT])
    await writer.drain()
    async with asyncio.timeout(30):
        head = await reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"content-length: (\d+)", head)
        body = await reader.readexactly(int(size[1])) if size else b""
    writer.close()
    return (head + body).decode()


async def test_postgres_away_is_503_until_it_is_back(unmigrated_dsn: str, tmp_path: Path) -> None:
    async with open_relay(unmigrated_dsn) as relay, open_service(unmigrated_dsn, tmp_path, dsn=relay.dsn) as service:
        bucket = await service.make_bucket()
        assert (await service.upload(bucket, "one", b"kept")).status_code == 200
        kept = service.list_blobs()
        sending = asyncio.create_task(
            service.http.request("POST", f"/object/{bucket}/two", **slow_body(service, relay))
        )
        answers = [await sending]
        answers.append(await service.upload(bucket, "three", b"x"))
        answers.append(await service.call("GET", f"/object/{bucket}/one"))
        answers.append(await service.call("POST", f"/object/list/{bucket}", json={"prefix": ""}))
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (503, "DatabaseError"), answer.text
        assert service.list_temporary() == []
        await relay.open()
        assert (await service.upload(bucket, "two", b"two")).status_code == 200
        assert (await service.call("GET", f"/object/{bucket}/one")).content == b"kept"
        assert len(service.list_blobs()) == len(kept) + 1


def slow_body(service: Service, relay: Any) -> dict[str, Any]:
    """Yield a body in the middle of which Postgres goes away."""

    async def give() -> AsyncIterator[bytes]:
        yield CONTENT[:SENT]
        await wait_until(service.list_temporary, what="the upload to have begun")
        await relay.close()
        yield CONTENT[SENT:]

    return {"content": give(), "headers": {**service.headers("service"), "content-type": "text/plain"}}
