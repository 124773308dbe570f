"""A fault of our own during an import is told as one, and no fault of the outlines."""

from __future__ import annotations

import pytest

from headwater.core.errors import HeadwaterError, InvalidInput, RateLimited, Unavailable
from headwater.kit.fetch import Fetcher
from headwater.products.watch.sources.importing import check_entries
from headwater.products.watch.sources.schemas import NewSource


class Failing:
    """Name servers that fail in a way of the test's choice."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def resolve(self, host: str) -> list[str]:
        """Fail."""
        raise self._error


async def check(error: Exception) -> list[object]:
    """See what becomes of one outline while names can't be resolved."""
    fetcher = Fetcher(user_agent="Headwater/test (+https://example.com)", resolver=Failing(error))
    new = NewSource(url="https://example.com/", name="x")
    try:
        return list(await check_entries(["told before", new], fetcher=fetcher))
    finally:
        await fetcher.close()


@pytest.mark.parametrize("error", [Unavailable("away"), RateLimited("slow down", retry_after=1.0)])
async def test_fault_of_ours_is_raised(error: HeadwaterError) -> None:
    with pytest.raises(type(error)):
        await check(error)


@pytest.mark.parametrize("error", [InvalidInput("not so"), OSError("no such name")])
async def test_fault_of_the_outline_is_named(error: Exception) -> None:
    before, notified = await check(error)
    assert before == "told before"
    assert str(notified).startswith("https://example.com/: ")
