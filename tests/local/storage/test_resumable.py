"""Resumable uploads: begun, broken off, gone on with, finished, given up."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from headwater.local.storage import sweep_storage
from headwater.local.storage.contents.resumable import UploadStore
from tests.fixtures.waiting import wait_until
from tests.local.storage.conftest import Service

TUS = {"tus-resumable": "1.0.0"}
PART = {**TUS, "content-type": "application/offset+octet-stream"}


def describe(bucket: str, name: str, **more: str) -> str:
    """Write the header Upload-Metadata."""
    given = {"bucketName": bucket, "objectName": name, "contentType": "text/plain", "cacheControl": "60", **more}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in given.items())


async def begin(service: Service, bucket: str, length: int, caller: str = "service", **more: Any) -> httpx2.Response:
    """Begin an upload of `one.txt`."""
    headers = {**TUS, "upload-length": str(length), "upload-metadata": describe(bucket, "one.txt"), **more}
    return await service.call("POST", "/upload/resumable", caller, headers=headers)


async def send(service: Service, place: str, offset: int, content: bytes, caller: str = "service") -> httpx2.Response:
    """Send a part of an upload."""
    headers = {**PART, "upload-offset": str(offset)}
    return await service.call("PATCH", service.url + place, caller, content=content, headers=headers)


async def ask(service: Service, place: str, caller: str = "service") -> httpx2.Response:
    """Ask how far an upload is."""
    return await service.call("HEAD", service.url + place, caller, headers=TUS)


async def test_an_upload_in_parts_becomes_an_object(service: Service) -> None:
    bucket = await service.make_bucket()
    metadata = describe(bucket, "one.txt", metadata='{"by":"me"}')
    begun = await begin(service, bucket, 10, **{"upload-metadata": metadata})
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "0")
    place = begun.headers["location"]
    assert place.startswith("/storage/v1/upload/resumable/")
    assert (await send(service, place, 0, b"01234")).headers["upload-offset"] == "5"
    assert (await send(service, place, 4, b"x")).status_code == 409
    told = await ask(service, place)
    assert (told.headers["upload-offset"], told.headers["upload-length"]) == ("5", "10")
    assert told.headers["upload-metadata"] == metadata
    assert (await service.call("GET", f"/object/{bucket}/one.txt")).status_code == 400
    assert (await send(service, place, 5, b"56789")).status_code == 204
    found = await service.call("GET", f"/object/{bucket}/one.txt")
    assert (found.content, found.headers["cache-control"]) == (b"0123456789", "max-age=60")
    assert (await service.call("GET", f"/object/info/{bucket}/one.txt")).json()["metadata"] == {"by": "me"}
    assert list((service.folder / "uploads").iterdir()) == []
    assert (await ask(service, place)).status_code == 404


async def test_a_broken_part_is_kept_and_gone_on_with(service: Service) -> None:
    bucket, content = await service.make_bucket(), bytes(range(256)) * 12_288
    place = (await begin(service, bucket, len(content))).headers["location"]
    address = urlsplit(service.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = (
        f"PATCH {place} HTTP/1.1\r\nhost: storage.test\r\napikey: {service.keys.secret_key}\r\n"
        f"tus-resumable: 1.0.0\r\nupload-offset: 0\r\ncontent-length: {len(content)}\r\n"
        "content-type: application/offset+octet-stream\r\n\r\n"
    )
    writer.write(head.encode() + content[: 2 << 20])
    await writer.drain()

    async def has_begun() -> bool:
        return int((await ask(service, place)).headers["upload-offset"]) >= 1 << 20

    async def goes_on() -> bool:
        offset = int((await ask(service, place)).headers["upload-offset"])
        return (await send(service, place, offset, content[offset:])).status_code == 204

    await wait_until(has_begun, what="the part before the break")
    assert (await send(service, place, 0, b"x")).status_code == 423
    writer.close()
    await wait_until(goes_on, what="the server to see the break")
    assert (await service.call("GET", f"/object/{bucket}/one.txt")).content == content


async def test_creation_with_the_whole_body(service: Service) -> None:
    bucket = await service.make_bucket()
    headers = {**PART, "upload-length": "3", "upload-metadata": describe(bucket, "one.txt")}
    made = await service.call("POST", "/upload/resumable", content=b"abc", headers=headers)
    assert (made.status_code, made.headers["upload-offset"]) == (201, "3")
    assert (await service.call("GET", f"/object/{bucket}/one.txt")).content == b"abc"


async def test_a_length_may_be_said_later(service: Service) -> None:
    bucket = await service.make_bucket(file_size_limit=10)
    open_end = {**TUS, "upload-defer-length": "1", "upload-metadata": describe(bucket, "one.txt")}
    place = (await service.call("POST", "/upload/resumable", headers=open_end)).headers["location"]
    assert (await send(service, place, 0, b"012")).headers["upload-offset"] == "3"
    told = (await ask(service, place)).headers
    assert (told["upload-defer-length"], told["upload-offset"], "upload-length" in told) == ("1", "3", False)
    assert (await send(service, place, 3, b"x" * 8)).status_code == 413
    path, part = service.url + place, {**PART, "upload-offset": "3"}
    for length, status in (("2", 400), ("x", 400), ("11", 413), ("6", 204)):
        settled = await service.call("PATCH", path, content=b"", headers={**part, "upload-length": length})
        assert settled.status_code == status, length
    changed = await service.call("PATCH", path, content=b"345", headers={**part, "upload-length": "7"})
    assert changed.status_code == 400
    assert (await ask(service, place)).headers["upload-length"] == "6"
    assert (await send(service, place, 3, b"345")).status_code == 204
    assert (await service.call("GET", f"/object/{bucket}/one.txt")).content == b"012345"
    for wrong in ({"upload-defer-length": "2"}, {"upload-defer-length": "1", "upload-length": "3"}):
        headers = {**TUS, **wrong, "upload-metadata": describe(bucket, "two.txt")}
        assert (await service.call("POST", "/upload/resumable", headers=headers)).status_code == 400


async def test_processes_that_take_turns_know_the_digest_of_the_whole(tmp_path: Path) -> None:
    one, two = UploadStore(tmp_path), UploadStore(tmp_path)
    target = {"bucket": "b", "name": "n", "role": "anon", "owner_id": None, "upsert": False, "signed": False}
    described = {"mime_type": "", "cache_control": "", "expires": 2e9, "raw_metadata": ""}
    upload = one.begin(length=9, most=9, **target, **described)
    for store, part in ((one, b"012"), (two, b"345"), (one, b"678")):
        await store.append(upload, give(part))
    assert one.find_digest(upload) == sha256(b"012345678").hexdigest()
    assert two.find_digest(upload) is None


async def give(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_what_is_refused(service: Service) -> None:
    bucket = await service.make_bucket(file_size_limit=100, allowed_mime_types=["text/plain"])
    large = await begin(service, bucket, 101)
    assert (large.status_code, large.json()["message"]) == (413, "Maximum size exceeded")
    assert (await begin(service, "none", 1)).status_code == 404
    assert (await begin(service, bucket, 1, **{"tus-resumable": "0.2.2"})).status_code == 412
    assert (await begin(service, bucket, 1, **{"upload-length": "-1"})).status_code == 400
    assert (await begin(service, bucket, 1, **{"upload-metadata": "bucketName !"})).status_code == 400
    assert (await begin(service, bucket, 1, **{"upload-metadata": describe(bucket, "../x")})).status_code == 400
    wrong = describe(bucket, "x", contentType="image/png")
    assert (await begin(service, bucket, 1, **{"upload-metadata": wrong})).status_code == 415
    place = (await begin(service, bucket, 3)).headers["location"]
    assert (await send(service, place, 0, b"1234")).status_code == 413
    bare = await service.call("PATCH", service.url + place, content=b"1", headers={**TUS, "upload-offset": "0"})
    assert bare.status_code == 415
    assert (await ask(service, "/storage/v1/upload/resumable/..%2f..%2fx")).status_code == 404
    assert service.list_blobs() == []


async def test_giving_up_and_running_out(service: Service) -> None:
    bucket = await service.make_bucket()
    first = (await begin(service, bucket, 3)).headers["location"]
    assert (await service.call("DELETE", service.url + first, headers=TUS)).status_code == 204
    assert (await ask(service, first)).status_code == 404
    second = (await begin(service, bucket, 3)).headers["location"]
    service.clock.advance(timedelta(hours=25))
    assert (await ask(service, second)).status_code == 404
    await sweep_storage(service.server)
    assert list((service.folder / "uploads").iterdir()) == []


@pytest.mark.parametrize("caller", ["anon", "other"])
async def test_an_upload_is_its_beginners(service: Service, caller: str) -> None:
    await service.pool.execute("create policy members on storage.objects for insert to authenticated with check (true)")
    bucket = await service.make_bucket()
    place = (await begin(service, bucket, 3, "member")).headers["location"]
    assert (await ask(service, place, caller)).status_code == 404
    assert (await send(service, place, 0, b"123", caller)).status_code == 404
    assert (await begin(service, bucket, 3, "anon")).status_code == 403
    assert (await send(service, place, 0, b"123", "member")).status_code == 204
    owner = await service.pool.fetchval("select owner_id from storage.objects")
    assert owner is not None


async def test_a_signed_token_allows_one_upload(service: Service) -> None:
    bucket = await service.make_bucket()
    signed = (await service.call("POST", f"/object/upload/sign/{bucket}/one.txt")).json()["token"]
    headers = {**PART, "x-signature": signed, "upload-length": "3", "upload-metadata": describe(bucket, "one.txt")}
    other = {**headers, "upload-metadata": describe(bucket, "two.txt")}
    assert (await service.http.post("/upload/resumable/sign", content=b"abc", headers=other)).status_code == 400
    made = await service.http.post("/upload/resumable/sign", content=b"abc", headers=headers)
    assert made.status_code == 201, made.text
    assert (await service.call("GET", f"/object/{bucket}/one.txt")).content == b"abc"


async def test_the_server_says_what_it_speaks(service: Service) -> None:
    told = await service.call("OPTIONS", "/upload/resumable")
    assert told.status_code == 204
    assert told.headers["tus-version"] == "1.0.0"
    extensions = set(told.headers["tus-extension"].split(","))
    assert extensions == {
        "creation",
        "creation-with-upload",
        "creation-defer-length",
        "termination",
        "expiration",
    }
