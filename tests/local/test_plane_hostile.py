"""The whole plane against a full disk and against whoever sends it what no client would."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from headwater.local.schemas import install_schemas
from tests.fixtures import disks
from tests.fixtures.plane import PlaneProcess, run_plane
from tests.fixtures.waiting import wait_until
from tests.local.plane_notes import NOTES, can_write, is_away, own_postgres, run_sql


@pytest.mark.timeout(240)
async def test_disk_full(tmp_path: Path, valkey_url: str) -> None:
    """A write that finds no room is refused as PostgREST refuses it; with room again, the same gateway goes on."""
    with disks.mounted(tmp_path / "small", size="400m") as small:
        async with (
            own_postgres(small / "postgres", autovacuum="off", wal_recycle="off") as (_, dsn),
            run_plane(tmp_path / "data", dsn=dsn, valkey_url=valkey_url) as plane,
        ):
            ada = await plane.sign_up()
            await wait_until(lambda: can_write(plane, ada.token), what="REST to know the table")
            ballast = disks.fill(small, leave=1_000_000)
            body = {"body": secrets.token_hex(200_000)}
            answers = [await plane.ask("POST", "/rest/v1/notes", token=ada.token, json=body) for _ in range(30)]
            codes = {answer.status_code for answer in answers}
            assert httpx2.codes.SERVICE_UNAVAILABLE in codes
            assert codes <= {httpx2.codes.CREATED, httpx2.codes.SERVICE_UNAVAILABLE}
            assert all(is_away(answer) for answer in answers if answer.status_code != httpx2.codes.CREATED)
            ballast.unlink()
            await wait_until(lambda: can_write(plane, ada.token), what="a write with room again", seconds=60)
            assert (await plane.ask("GET", "/auth/v1/user", token=ada.token)).status_code == httpx2.codes.OK


@pytest.mark.timeout(240)
async def test_hostile_requests(dsn: str, valkey_url: str, tmp_path: Path) -> None:
    """Whatever is sent, the answer is the sender's fault and bounded, and memory doesn't grow with it."""
    await install_schemas(dsn)
    await run_sql(dsn, NOTES)
    async with run_plane(tmp_path / "data", dsn=dsn, valkey_url=valkey_url) as plane:
        ada = await plane.sign_up()
        assert await can_write(plane, ada.token)
        deep = b"[" * 100_000 + b"]" * 100_000
        many = "&".join(f"body=neq.{number}" for number in range(10_000))
        hostile: list[tuple[str, str, dict[str, Any]]] = [
            ("POST", "/auth/v1/signup", {"content": b"x" * 10_000_000}),
            ("POST", "/auth/v1/signup", {"content": deep}),
            ("POST", "/auth/v1/token?grant_type=password", {"content": b'{"email": {"a": []}, "password": 1}'}),
            ("POST", "/rest/v1/notes", {"content": deep, "token": ada.token}),
            ("POST", "/rest/v1/notes", {"content": b"\xff\xfe{", "token": ada.token}),
            ("GET", f"/rest/v1/notes?select={'notes(' * 500}id{')' * 500}", {"token": ada.token}),
            ("GET", f"/rest/v1/notes?or={'(and' * 300}{')' * 300}", {"token": ada.token}),
            ("POST", "/storage/v1/bucket", {"content": deep, "token": ada.token}),
            ("GET", "/storage/v1/object/authenticated/..%2f..%2fkeys.json", {"token": ada.token}),
            ("POST", "/realtime/v1/api/broadcast", {"content": deep}),
            ("POST", "/api/v1/monitored-sources", {"content": deep, "token": ada.token}),
            ("POST", "/api/v1/monitored-sources", {"content": b"x" * 10_000_000, "token": ada.token}),
        ]
        before = 0
        for _ in range(3):
            for method, path, more in hostile:
                # A refusal may come before the whole body went out; the connection then ends where it stands.
                with suppress(httpx2.WriteError, httpx2.RemoteProtocolError, httpx2.ReadError):
                    answer = await plane.ask(method, path, **more)
                    assert 400 <= answer.status_code < 500, (path[:60], answer.status_code, answer.text[:300])
            assert await ask_at_length(plane, f"/rest/v1/notes?{many}", token=ada.token) < 500
            # What is learned once (plans, buffers of the interpreter) isn't growth.
            before = before or plane.read_memory()
        assert plane.read_memory() - before < 60_000_000
        await stay_half_open(plane)
        assert (await plane.ask("GET", "/rest/v1/notes?select=id&limit=1", token=ada.token)).status_code == 200


async def ask_at_length(plane: PlaneProcess, path: str, *, token: str) -> int:
    """Ask for a path that no client would send; give the status, 0 where the connection was closed instead."""
    reader, writer = await asyncio.open_connection("127.0.0.1", plane.port)
    head = f"apikey: {plane.keys.publishable_key}\r\nAuthorization: Bearer {token}\r\nConnection: close"
    status = b""
    with suppress(ConnectionError):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        await writer.drain()
        status = await asyncio.wait_for(reader.readline(), 30)
    writer.close()
    return int(status.split()[1]) if status else 0


async def stay_half_open(plane: PlaneProcess) -> None:
    """Open connections that say half a request, or none, and then nothing: the others are served meanwhile."""
    opened = []
    for begun in (b"", b"POST /auth/v1/signup HTTP/1.1\r\nHost: x\r\nContent-Le", b"\x16\x03\x01\x02\x00garbage") * 30:
        _, writer = await asyncio.open_connection("127.0.0.1", plane.port)
        writer.write(begun)
        opened.append(writer)
    assert (await plane.ask("GET", "/health")).status_code == httpx2.codes.OK
    for writer in opened:
        writer.close()
