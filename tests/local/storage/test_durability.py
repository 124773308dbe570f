"""What is left when something dies between the file and its row, and who takes it away."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from headwater.local.storage import install_storage_schema, sweep_storage
from headwater.local.storage.contents.arrivals import Arrivals, TooMuch
from headwater.local.storage.contents.files import FileStore, read_chunks
from tests.local.storage.conftest import Service

# The trial before the body carries no size: this strikes after the file is in place and before the row commits.
DIE = """
create function public.die() returns trigger language plpgsql security definer as $$
begin
  if new.metadata ? 'size' then
    perform pg_terminate_backend(pg_backend_pid());
    perform pg_sleep(10);
  end if;
  return new;
end $$;
create trigger die before insert on storage.objects for each row execute function public.die();
"""


async def test_death_between_file_and_row_leaves_no_object_and_no_file(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.pool.execute(DIE)
    answer = await service.upload(bucket, "one", b"lost")
    assert answer.status_code == 503, answer.text
    assert await service.pool.fetchval("select count(*) from storage.objects") == 0
    assert service.list_blobs() == []
    assert service.list_temporary() == []
    await service.pool.execute("drop trigger die on storage.objects")
    assert (await service.upload(bucket, "one", b"lost")).status_code == 200


async def test_the_sweep_takes_what_no_row_names_but_nothing_fresh(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", b"kept")
    kept = service.list_blobs()
    orphan = await service.server.arrivals.write(give(b"orphan"), limit=100)
    await service.server.files.keep(orphan)
    (service.folder / "temporary" / "broken-off").write_bytes(b"x")
    await sweep_storage(service.server)
    assert len(service.list_blobs()) == 2
    service.clock.advance(timedelta(days=2))
    await sweep_storage(service.server)
    assert service.list_blobs() == kept
    assert service.list_temporary() == []
    assert (await service.call("GET", f"/object/{bucket}/one")).content == b"kept"


async def test_rows_deleted_by_sql_lose_their_files_in_the_sweep(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", b"gone")
    async with service.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local storage.allow_delete_query = 'true'")
        await connection.execute("delete from storage.objects")
    service.clock.advance(timedelta(hours=2))
    assert await sweep_storage(service.server) == 1
    assert service.list_blobs() == []


async def test_a_row_without_its_file_is_not_found(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", b"x")
    for path in (service.folder / "blobs").glob("??/??/*"):
        path.unlink()
    assert (await service.call("GET", f"/object/{bucket}/one")).json()["code"] == "NoSuchKey"


async def test_the_schema_is_laid_by_several_at_once(unmigrated_dsn: str) -> None:
    await asyncio.gather(*(install_storage_schema(unmigrated_dsn) for _ in range(4)))


async def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    arrivals, files = Arrivals(tmp_path), FileStore(tmp_path)
    content = os.urandom(3_500_000)
    written = await arrivals.write(
        give(*(content[start : start + 65_536] for start in range(0, len(content), 65_536))), limit=4_000_000
    )
    await files.keep(written)
    with files.find(written.digest).open("rb") as file:
        parts = [part async for part in read_chunks(file, start=1, length=3_000_000)]
    assert b"".join(parts) == content[1:3_000_001]
    assert max(map(len, parts)) <= 1 << 20
    with pytest.raises(TooMuch):
        await arrivals.write(give(content), limit=1_000)
    with pytest.raises(RuntimeError):
        await arrivals.write(break_off(), limit=10_000_000)
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 63 + "/"])
def test_nothing_but_a_digest_names_a_file(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        FileStore(tmp_path).find(digest)


async def give(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def break_off() -> AsyncIterator[bytes]:
    yield b"x" * 2_000_000
    raise RuntimeError("gone")
