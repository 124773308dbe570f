"""Adding sources: what needs the outside world before the table."""

from __future__ import annotations

from headwater.core.errors import InvalidInput
from headwater.core.extras import is_installed
from headwater.kit.fetch import Fetcher
from headwater.kit.fetch.urls.normalising import complete_url
from headwater.products.watch.sources.config import SourceConfig
from headwater.products.watch.sources.schemas import NewSource


async def check_new_source(new: NewSource, *, fetcher: Fetcher) -> str:
    """Return the complete address of a source to be, once it is known that it may be fetched.

    It asks the name servers, so it belongs before a transaction: they may be slow, and a connection would wait.

    Raises:
        InvalidInput: `blocked_address`, `invalid_url`, or `browser_missing`.
    """
    url = complete_url(new.url)
    require_renderer(new.config)
    await fetcher.check_public(url)
    return url


def require_renderer(config: SourceConfig) -> None:
    """See that what a source asks for is installed. Raises InvalidInput."""
    if config.render == "browser" and not is_installed("playwright"):
        raise InvalidInput(
            "This installation can't run pages in a browser.",
            code="browser_missing",
            hint="Install the extra `browser` and a Chromium, or set `render` to `http`.",
        )
