"""Contents in a bucket of a real S3-compatible server, alone and behind the whole of Storage."""

from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from headwater.core.clock import SystemClock
from headwater.core.settings import load_settings
from headwater.kit.fetch import Fetcher
from headwater.local.settings import load_plane_settings
from headwater.local.storage import StoreAway, open_s3_store, sweep_storage
from headwater.local.storage.contents.s3 import Credentials, S3Client, S3Config, S3Store
from headwater.local.storage.contents.stores import Written, name_blob
from tests.fixtures.waiting import wait_until
from tests.local.storage.conftest import open_service
from tests.local.storage.s3.server import find_ports

PART = 5 << 20
SOON, LONG_AGO = 3600.0, -3600.0


def write(path: Path, size: int) -> Written:
    """Make a file of random bytes."""
    content = os.urandom(size)
    path.write_bytes(content)
    return Written(path, hashlib.sha256(content).hexdigest(), size)


async def read(store: S3Store, written: Written, start: int, length: int) -> bytes:
    """Read a part of a content."""
    opened = await store.open(written.digest, start=start, length=length)
    try:
        return b"".join([part async for part in opened.parts])
    finally:
        await opened.close()


async def test_contents_come_back_whole_and_in_part(s3_client: S3Client, tmp_path: Path) -> None:
    store, now = S3Store(s3_client, part_size=PART), SystemClock().now().timestamp()
    for size in (0, 10, PART, 2 * PART + 3):
        written = write(tmp_path / "file", size)
        content = written.path.read_bytes()
        assert not await store.has(written.digest)
        with pytest.raises(FileNotFoundError):
            await store.open(written.digest, start=0, length=size)
        await store.bring(written)
        await store.keep(written)
        assert await read(store, written, 0, size) == content
        assert await read(store, written, size // 3, size // 2) == content[size // 3 : size // 3 + size // 2]
        assert await store.list_older(now + SOON) == [written.digest]
        assert await store.list_older(now + LONG_AGO) == []
        await store.remove(written.digest)
        await store.remove(written.digest)
        assert not await store.has(written.digest)
    half = name_blob("a" * 64)
    await s3_client.put_part(half, await s3_client.begin_upload(half), 1, b"begun and left")
    assert await store.drop_unfinished(now + LONG_AGO) == 0
    assert await store.drop_unfinished(now + SOON) == 1
    assert await store.drop_unfinished(now + SOON) == 0


async def test_who_is_refused_is_told_by_an_error_without_the_secret(s3_config: S3Config, fetcher: Fetcher) -> None:
    wrong = S3Client(replace(s3_config, credentials=Credentials("the-access-key", "another-secret")), fetcher)
    with pytest.raises(StoreAway, match="403 SignatureDoesNotMatch") as refusal:
        await wrong.has("one")
    assert "another-secret" not in str(refusal.value)
    with pytest.raises(StoreAway, match="404 NoSuchBucket"):
        await S3Client(replace(s3_config, bucket="none-such"), fetcher).get_range("one", 0, 1)


async def test_storage_over_the_bucket_that_the_settings_name(
    unmigrated_dsn: str, tmp_path: Path, s3_config: S3Config, s3_client: S3Client, fetcher: Fetcher
) -> None:
    content = os.urandom(2 * PART + 7)
    settings = load_plane_settings(
        load_settings(_env_file=None),
        _env_file=None,
        storage_backend="s3",
        storage_s3_bucket=s3_config.bucket,
        storage_s3_endpoint=s3_config.endpoint,
        storage_s3_force_path_style=True,
        aws_access_key_id=s3_config.credentials.access_key,
        aws_secret_access_key=s3_config.credentials.secret_key,
    )
    async with open_service(unmigrated_dsn, tmp_path, open_s3_store(settings, fetcher)) as service:
        bucket = await service.make_bucket()
        for name in ("one", "two"):
            assert (await service.upload(bucket, name, content)).status_code == 200
        assert len([found async for found in s3_client.list_objects("blobs/")]) == 1
        path = f"/object/{bucket}/one"
        assert (await service.call("GET", path)).content == content
        ranged = await service.call("GET", path, headers={"range": "bytes=5-9"})
        assert (ranged.status_code, ranged.content) == (206, content[5:10])
        assert (await service.call("HEAD", path)).headers["content-length"] == str(len(content))
        assert service.list_temporary() == []
        await service.call("DELETE", path)
        assert (await service.call("GET", f"/object/{bucket}/two")).content == content
        assert (await service.upload(bucket, "two", b"replaced", x_upsert="true")).status_code == 200

        async def is_alone() -> bool:
            kept = [found.key async for found in s3_client.list_objects("blobs/")]
            return kept == [name_blob(hashlib.sha256(b"replaced").hexdigest())]

        await wait_until(is_alone, what="the content that was replaced to go")
        orphan = write(tmp_path / "orphan", 10)
        await service.server.files.bring(orphan)
        service.clock.advance(timedelta(hours=2))
        assert await sweep_storage(service.server) == 1
        assert await is_alone()


async def test_a_store_that_is_away_is_said_and_leaves_nothing(
    unmigrated_dsn: str, tmp_path: Path, s3_config: S3Config, fetcher: Fetcher
) -> None:
    (port,) = find_ports(1)
    away = S3Client(replace(s3_config, endpoint=f"http://127.0.0.1:{port}"), fetcher, first_pause=0.001)
    async with open_service(unmigrated_dsn, tmp_path, S3Store(away)) as service:
        bucket = await service.make_bucket()
        answers = await asyncio.gather(*(service.upload(bucket, name) for name in ("one", "two")))
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "S3Error")}
        assert await service.pool.fetchval("select count(*) from storage.objects") == 0
        assert service.list_temporary() == []
