"""What the sweep of Storage takes, and what has to stay: every kind of leftover, young and old."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from hashlib import sha256

from headwater.local.storage import sweep_storage
from tests.local.storage.conftest import Service
from tests.local.storage.test_resumable import ask, begin, send

HOUR = timedelta(hours=1)


async def test_upload_that_is_half_done_is_gone_on_with_after_the_sweep(service: Service) -> None:
    bucket = await service.make_bucket()
    old = (await begin(service, bucket, 6)).headers["location"]
    await send(service, old, 0, b"old")
    service.clock.advance(timedelta(hours=23))
    young = (await begin(service, bucket, 6)).headers["location"]
    await send(service, young, 0, b"you")
    await sweep_storage(service.server)
    assert [(await ask(service, place)).headers["upload-offset"] for place in (old, young)] == ["3", "3"]
    service.clock.advance(timedelta(hours=2))
    await sweep_storage(service.server)
    assert (await ask(service, old)).status_code == 404
    assert len(list((service.folder / "uploads").iterdir())) == 2, "the description of the young one, and its bytes"
    assert (await send(service, young, 3, b"ng!")).status_code == 204
    assert (await service.call("GET", f"/object/{bucket}/one.txt")).content == b"young!"


async def test_old_leftovers_of_every_kind_go_and_young_ones_stay(service: Service) -> None:
    bucket = await service.make_bucket()
    now = service.server.now()
    for name, content in (("named", b"named"), ("also", b"also named")):
        await service.upload(bucket, name, content)
    kept = {sha256(content).hexdigest() for content in (b"named", b"also named")}
    blobs, temporary = service.folder / "blobs", service.folder / "temporary"
    for age, by in (("young", HOUR / 2), ("old", HOUR * 2)):
        content = f"{age}, without a row".encode()
        digest = sha256(content).hexdigest()
        place = blobs / digest[:2] / digest[2:4] / digest
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        os.utime(place, ((now - by).timestamp(),) * 2)
        row = sha256(f"{age}, without an object".encode()).hexdigest()
        await service.pool.execute(
            "insert into storage.contents (version, digest, size, created_at) values ($1, $2, 1, $3)",
            f"of-nothing-{age}",
            row,
            now - by,
        )
        # What is being written has a day.
        unfinished = temporary / age
        unfinished.write_bytes(b"x")
        os.utime(unfinished, ((now - by * 13).timestamp(),) * 2)
    # A file that is named stays however old it is.
    for path in blobs.glob("??/??/*"):
        if path.name in kept:
            os.utime(path, (0, 0))
    await sweep_storage(service.server)
    assert set(service.list_blobs()) == {*kept, sha256(b"young, without a row").hexdigest()}
    assert service.list_temporary() == ["young"]
    versions = await service.pool.fetch("select version from storage.contents where version like 'of-nothing-%'")
    assert [row["version"] for row in versions] == ["of-nothing-young"]
    assert await service.pool.fetchval("select count(*) from storage.contents") == 3
    both = await asyncio.gather(*(service.call("GET", f"/object/{bucket}/{name}") for name in ("named", "also")))
    assert [answer.content for answer in both] == [b"named", b"also named"]
