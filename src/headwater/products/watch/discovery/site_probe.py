"""The site probe: what a site itself offers to be watched. It needs no key, only an address in the query."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from headwater.core.errors import HeadwaterError
from headwater.core.telemetry import get_logger
from headwater.kit.fetch import Fetcher
from headwater.kit.fetch.urls.normalising import complete_url, normalise_url
from headwater.kit.processes import ProcessPool, WorkFailed
from headwater.products.watch.discovery.intents import Intent, find_intents, find_page_intent, split_words
from headwater.products.watch.discovery.site_pages import Kind, Link, SitePage, read_site_page

logger = get_logger(__name__)
_ADDRESS = re.compile(
    r"https?://[^\s<>\"'“”]+|(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?::\d{2,5})?(?:/[^\s<>\"'“”]*)?",
    re.IGNORECASE,
)
# What looks like a domain and is a file's name.
_FILE_NAME = re.compile(r"^[\w-]+\.(?:py|js|ts|md|txt|pdf|csv|json|html?|exe|zip|docx?|xlsx?)$", re.IGNORECASE)
_SECONDS = 10.0
_MAX_BYTES = 2 * 1024 * 1024
_MAX_TRIED = 12


@dataclass(frozen=True)
class Candidate:
    """A page that may be worth watching."""

    url: str
    title: str
    kind: Kind
    reason: str
    score: float = 0.0


@dataclass(frozen=True)
class SiteReader:
    """Fetches a page and reads it in the pool, as part of what `share` may have of it."""

    fetcher: Fetcher
    pool: ProcessPool
    share: str = ""

    async def read(self, url: str) -> SitePage | None:
        """Read a page; None when it isn't there, may not be fetched, is no text, or takes too much to read."""
        try:
            response = await self.fetcher.fetch(url, timeout=_SECONDS, max_bytes=_MAX_BYTES, pace="none")
            if not response.ok:
                return None
            content_type = response.headers.get("Content-Type", "")
            return await self.pool.run(
                read_site_page, response.body, content_type, response.url_final, share=self.share
            )
        except HeadwaterError:
            return None
        except WorkFailed as error:
            logger.error("site_unreadable", reason=str(error))
            return None


Tell = Callable[[Candidate], Awaitable[None]]


def find_addresses(text: str) -> list[str]:
    """Return the addresses and domains that stand in a text, in order, completed to https where no scheme is given."""
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(text):
        typed = match.group().rstrip(".,;:!?)]}'\"")
        if _FILE_NAME.match(typed):
            continue
        try:
            found[complete_url(typed)] = None
        except HeadwaterError:
            continue
    return list(found)


async def probe_sites(query: str, addresses: Iterable[str], *, reader: SiteReader, tell: Tell) -> list[Candidate]:
    """Look at each site and rank what it offers for the query, the best first; all are alive.

    `tell` hears of each as it is found.
    """
    found = await asyncio.gather(
        *(_probe_site(query, address, reader=reader, tell=tell) for address in list(addresses)[:3])
    )
    ranked = sorted((one for site in found for one in site), key=lambda one: -one.score)
    return list({normalise_url(one.url): one for one in reversed(ranked)}.values())[::-1]


async def _probe_site(query: str, address: str, *, reader: SiteReader, tell: Tell) -> list[Candidate]:
    given = await reader.read(address)
    if given is None:
        return []
    links = list(given.links)
    candidates = [_describe_given(query, given)]
    await tell(candidates[0])
    home = urljoin(given.url, "/")
    if normalise_url(home) != normalise_url(given.url):
        front = await reader.read(home)
        links += front.links if front else []
    intents = find_intents(query)
    name = (given.kind == "website" and given.title) or urlsplit(home).netloc
    offered = [rank_link(query, link, intents=intents, site=name) for link in links]
    offered.append(
        Candidate(
            urljoin(home, "/sitemap.xml"),
            f"Sitemap of {urlsplit(home).netloc}",
            "sitemap",
            "The site's list of its pages: new pages show up here.",
            0.3,
        )
    )
    best = sorted(
        {normalise_url(one.url): one for one in sorted(offered, key=lambda one: one.score) if one.score > 0}.values(),
        key=lambda one: -one.score,
    )
    alive = await asyncio.gather(*(confirm_and_report(one, reader=reader, tell=tell) for one in best[:_MAX_TRIED]))
    return candidates + [one for one in alive if one is not None]


async def confirm(candidate: Candidate, *, reader: SiteReader) -> Candidate | None:
    """See that a candidate is alive and of the kind that it is said to be; None when it isn't."""
    site = await reader.read(candidate.url)
    if site is None or (candidate.kind == "sitemap" and site.kind != "sitemap"):
        return None
    return replace(candidate, url=site.url, kind=site.kind, title=(site.title or candidate.title)[:200])


async def confirm_and_report(candidate: Candidate, *, reader: SiteReader, tell: Tell) -> Candidate | None:
    """Confirm a candidate and tell of it if it is alive."""
    alive = await confirm(candidate, reader=reader)
    if alive is not None:
        await tell(alive)
    return alive


def rank_link(query: str, link: Link, *, intents: list[Intent], site: str) -> Candidate:
    """Say how well a link serves the query, and why. A score of 0 means not at all."""
    path = urlsplit(link.url).path
    page_intent = find_page_intent(link.label, path)
    shared = split_words(query) & (split_words(link.label) | split_words(path.replace("-", " ")))
    score = 0.5 * len(shared)
    reason = f"A page of {site} about {', '.join(sorted(shared))}." if shared else ""
    if page_intent is not None:
        asked = page_intent in intents
        score += 3.0 if asked else (0.0 if intents else 1.0)
        reason = f"The {page_intent.name} page of {site}" + (", which is what you ask about." if asked else ".")
    if link.feed_type:
        score += 2.0 if not intents or {one.name for one in intents} & {"news", "changelog"} else 0.6
        reason = f"The feed of {site}: each new entry shows up at once."
        return Candidate(link.url, link.label, "rss", reason, score)
    return Candidate(link.url, link.label or path, "website", reason, score)


def _describe_given(query: str, given: SitePage) -> Candidate:
    # The page that somebody names is what they mean, unless it is only the site's front door.
    is_front = urlsplit(given.url).path in {"", "/"}
    score = (1.5 if not find_intents(query) else 0.4) if is_front else 5.0
    reason = "The front page of the site that you named." if is_front else "The page that you named."
    return Candidate(given.url, given.title or given.url, given.kind, reason, score)
