"""Connections of the pool: used again while the schema is as it was, and never after it changed."""

from __future__ import annotations

from headwater.local.rest import PipelinePool


async def test_connection_is_lent_again(shop_dsn: str) -> None:
    pool = PipelinePool(shop_dsn, size=1)
    async with pool.connection() as first:
        pass
    async with pool.connection() as second:
        assert second is first
    await pool.close()


async def test_connection_that_is_lent_while_the_schema_changes_is_not_lent_again(shop_dsn: str) -> None:
    pool = PipelinePool(shop_dsn, size=2)
    async with pool.connection() as lent:
        async with pool.connection() as free:
            pass
        pool.forget_statements()
        assert free.is_closed
        assert not lent.is_closed, "whoever has it goes on"
        async with pool.connection() as fresh:
            assert fresh is not free
    assert lent.is_closed
    async with pool.connection() as again:
        assert again is fresh
    await pool.close()


async def test_one_who_waits_gets_a_fresh_connection_after_the_change(shop_dsn: str) -> None:
    pool = PipelinePool(shop_dsn, size=1)
    lent = await pool.acquire()
    pool.forget_statements()
    pool.release(lent)
    async with pool.connection() as fresh:
        assert fresh is not lent
    await pool.close()


async def test_connection_that_comes_back_to_a_closed_pool_is_closed(shop_dsn: str) -> None:
    pool = PipelinePool(shop_dsn, size=1)
    lent = await pool.acquire()
    await pool.close()
    pool.release(lent)
    assert lent.is_closed
