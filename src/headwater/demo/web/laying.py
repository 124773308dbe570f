"""From the text of a site to its living pages, and from those to what a search engine lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from headwater.demo.web.catalogue import Listing
from headwater.demo.web.page import Page
from headwater.demo.web.render import list_plain_text
from headwater.demo.web.text import Site

SECONDS_APART = 97


def build_pages(site: Site, *, written: int) -> dict[str, Page]:
    """Return the pages of a site by address, as its owner wrote them from that second on."""
    return {
        f"/{site.name}{path}": Page(
            path=path,
            text=text,
            modified=written + SECONDS_APART * number,
            journal=site.journal if site.journal and site.journal.page == path else None,
        )
        for number, (path, text) in enumerate(site.pages.items())
    }


def list_site(site: Site, pages: Mapping[str, Page], *, home: str) -> Iterator[Listing]:
    """Yield the pages and feeds of a site; none of a site that misbehaves."""
    if site.mode != "normal" or site.page_modes or site.redirects or site.robots != "open":
        return
    for path in site.pages:
        page = pages[f"/{site.name}{path}"]
        text = "\n".join(list_plain_text(page))
        yield Listing(f"{home}/{site.name}{path}", f"{page.text.title} | {site.title}", "website", text)
        if page.journal is not None:
            yield Listing(f"{home}/{site.name}{page.journal.rss}", f"{site.title} feed", "rss", text)
