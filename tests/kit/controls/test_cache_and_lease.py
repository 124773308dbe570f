"""The shared cache and leases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from headwater.core.clock import MovableClock
from headwater.kit.controls import Lease, SharedCache, Valkey
from tests.fixtures.waiting import wait_until


async def test_cache_keeps_bytes_and_json(valkey: Valkey | None) -> None:
    cache = SharedCache(valkey)
    assert await cache.get("k") is None
    await cache.set("k", b"\x00\xff", ttl_seconds=60)
    await cache.set_json("j", {"a": [1, None, "ü"]}, ttl_seconds=60)
    assert await cache.get("k") == b"\x00\xff"
    assert await cache.get_json("j") == {"a": [1, None, "ü"]}
    assert await cache.get_json("k") is None
    await cache.delete("k")
    assert await cache.get("k") is None


async def test_cache_forgets_in_time(valkey: Valkey | None) -> None:
    cache = SharedCache(valkey)
    await cache.set("short", b"x", ttl_seconds=0.05)
    await cache.set("never", b"x", ttl_seconds=0)

    async def is_gone() -> bool:
        return await cache.get("short") is None

    await wait_until(is_gone, what="the entry to expire")
    assert await cache.get("never") is None


async def test_rooms_of_the_cache_are_apart(valkey_url: str) -> None:
    valkey = Valkey(valkey_url)
    await SharedCache(valkey, room="one").set("k", b"1", ttl_seconds=60)
    assert await SharedCache(valkey, room="two").get("k") is None
    assert await SharedCache(valkey, room="one").get("k") == b"1"
    await valkey.close()


async def test_local_cache_is_bounded() -> None:
    cache = SharedCache(None, local_entries=3)
    for number in range(5):
        await cache.set(str(number), b"x", ttl_seconds=60)
    assert [await cache.get(str(number)) is not None for number in range(5)] == [False, False, True, True, True]


async def test_cache_without_its_valkey_misses(gone: Valkey) -> None:
    cache = SharedCache(gone)
    await cache.set_json("k", 1, ttl_seconds=60)
    assert await cache.get_json("k") is None
    await cache.delete("k")


async def test_lease_is_held_by_one(valkey: Valkey | None) -> None:
    lease = Lease(valkey)
    async with lease.hold("n", ttl_seconds=60) as held:
        assert held
        async with lease.hold("n", ttl_seconds=60) as again:
            assert not again
        async with lease.hold("other", ttl_seconds=60) as other:
            assert other
        assert await lease.acquire("n", ttl_seconds=60) is None, "whoever had no lease released none"
    assert await lease.acquire("n", ttl_seconds=60) is not None


async def test_lease_is_taken_once_among_many(valkey: Valkey | None) -> None:
    lease = Lease(valkey)
    tokens = await asyncio.gather(*(lease.acquire("n", ttl_seconds=60) for _ in range(10)))
    assert len([token for token in tokens if token]) == 1


async def test_lost_lease_is_neither_extended_nor_released(valkey: Valkey | None) -> None:
    lease = Lease(valkey)
    old = await lease.acquire("n", ttl_seconds=0.02)
    assert old is not None
    new = await wait_until(lambda: lease.acquire("n", ttl_seconds=60), what="the lease to expire")
    assert not await lease.extend("n", old, ttl_seconds=60)
    assert not await lease.release("n", old)
    assert await lease.extend("n", new, ttl_seconds=60)
    assert await lease.release("n", new)
    assert not await lease.release("n", new)


async def test_local_lease_moves_with_the_clock() -> None:
    clock = MovableClock()
    lease = Lease(None, clock=clock)
    assert await lease.acquire("n", ttl_seconds=60)
    clock.advance(timedelta(seconds=61))
    assert await lease.acquire("n", ttl_seconds=60)


async def test_lease_without_its_valkey_is_not_held(gone: Valkey) -> None:
    lease = Lease(gone)
    async with lease.hold("n", ttl_seconds=60) as held:
        assert not held
    assert not await lease.extend("n", "t", ttl_seconds=1)
    assert not await lease.release("n", "t")
