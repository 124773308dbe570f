"""The shared cache and leases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from headwater.core.clock import MovableClock
from headwater.kit.controls import Lease, SharedCache, SharedState
from tests.fixtures.waiting import wait_until
from tests.kit.conftest import OpenState


async def test_cache_keeps_bytes_and_json(shared: SharedState | None) -> None:
    cache = SharedCache(shared)
    assert await cache.get("k") is None
    await cache.set("k", b"\x00\xff", ttl_seconds=60)
    await cache.set_json("j", {"a": [1, None, "ü"]}, ttl_seconds=60)
    assert await cache.get("k") == b"\x00\xff"
    assert await cache.get_json("j") == {"a": [1, None, "ü"]}
    assert await cache.get_json("k") is None
    await cache.delete("k")
    assert await cache.get("k") is None


async def test_cache_forgets_in_time(shared: SharedState | None) -> None:
    cache = SharedCache(shared)
    await cache.set("short", b"x", ttl_seconds=0.05)
    await cache.set("never", b"x", ttl_seconds=0)

    async def is_gone() -> bool:
        return await cache.get("short") is None

    await wait_until(is_gone, what="the entry to expire")
    assert await cache.get("never") is None


async def test_rooms_of_the_cache_are_apart(open_state: OpenState) -> None:
    shared = open_state()
    await SharedCache(shared, room="one").set("k", b"1", ttl_seconds=60)
    assert await SharedCache(shared, room="two").get("k") is None
    assert await SharedCache(shared, room="one").get("k") == b"1"


async def test_processes_share_the_cache(open_state: OpenState) -> None:
    one, two = SharedCache(open_state()), SharedCache(open_state())
    await one.set("k", b"1", ttl_seconds=60)
    assert await two.get("k") == b"1"
    await two.set("k", b"2", ttl_seconds=60)
    assert await one.get("k") == b"2"
    await two.delete("k")
    assert await one.get("k") is None


async def test_local_cache_is_bounded() -> None:
    cache = SharedCache(None, local_entries=3)
    for number in range(5):
        await cache.set(str(number), b"x", ttl_seconds=60)
    assert [await cache.get(str(number)) is not None for number in range(5)] == [False, False, True, True, True]


async def test_cache_whose_state_is_away_misses(gone: SharedState) -> None:
    cache = SharedCache(gone)
    await cache.set_json("k", 1, ttl_seconds=60)
    assert await cache.get_json("k") is None
    await cache.delete("k")


async def test_lease_is_held_by_one(shared: SharedState | None) -> None:
    lease = Lease(shared)
    async with lease.hold("n", ttl_seconds=60) as held:
        assert held
        async with lease.hold("n", ttl_seconds=60) as again:
            assert not again
        async with lease.hold("other", ttl_seconds=60) as other:
            assert other
        assert await lease.acquire("n", ttl_seconds=60) is None, "whoever had no lease released none"
    assert await lease.acquire("n", ttl_seconds=60) is not None


async def test_lease_is_taken_once_among_many(shared: SharedState | None) -> None:
    lease = Lease(shared)
    tokens = await asyncio.gather(*(lease.acquire("n", ttl_seconds=60) for _ in range(10)))
    assert len([token for token in tokens if token]) == 1


async def test_lease_is_taken_once_among_processes(open_state: OpenState) -> None:
    leases = [Lease(open_state()) for _ in range(4)]
    tokens = await asyncio.gather(*(lease.acquire("n", ttl_seconds=60) for lease in leases for _ in range(5)))
    assert len([token for token in tokens if token]) == 1


async def test_lost_lease_is_neither_extended_nor_released(shared: SharedState | None) -> None:
    lease = Lease(shared)
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


async def test_lease_whose_state_is_away_is_not_held(gone: SharedState) -> None:
    lease = Lease(gone)
    async with lease.hold("n", ttl_seconds=60) as held:
        assert not held
    assert not await lease.extend("n", "t", ttl_seconds=1)
    assert not await lease.release("n", "t")
