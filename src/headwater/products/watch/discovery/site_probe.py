"""The site probe: what a site itself offers to be watched. It needs no key, only an address in the query."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from html import unescape
from typing import Literal
from urllib.parse import urljoin, urlsplit

from headwater.core.errors import HeadwaterError
from headwater.kit.fetch import Fetcher, Response
from headwater.products.watch.addresses import complete_url, normalise_url
from headwater.products.watch.discovery.intents import Intent, find_intents, find_page_intent, split_words
from headwater.products.watch.feeds import looks_like_feed

Kind = Literal["website", "rss", "sitemap"]

_ADDRESS = re.compile(
    r"https?://[^\s<>\"'“”]+|(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?::\d{2,5})?(?:/[^\s<>\"'“”]*)?",
    re.IGNORECASE,
)
# What looks like a domain and is a file's name.
_FILE_NAME = re.compile(r"^[\w-]+\.(?:py|js|ts|md|txt|pdf|csv|json|html?|exe|zip|docx?|xlsx?)$", re.IGNORECASE)
# The first title of a feed is its own; those of its entries come after it.
_FEED_TITLE = re.compile(r"<title[^>]*>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</title>", re.DOTALL | re.IGNORECASE)
_SECONDS = 10.0
_MOST_BYTES = 2 * 1024 * 1024
_MOST_LINKS = 400
_MOST_TRIED = 12
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json"}


@dataclass(frozen=True)
class Candidate:
    """A page that may be worth watching."""

    url: str
    title: str
    kind: Kind
    reason: str
    score: float = 0.0


Tell = Callable[[Candidate], Awaitable[None]]


def find_addresses(text: str) -> list[str]:
    """Give the addresses and domains that stand in a text, in order, completed to https where no scheme is given."""
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


async def probe_sites(query: str, addresses: Iterable[str], *, fetcher: Fetcher, tell: Tell) -> list[Candidate]:
    """Look at each site and rank what it offers for the query, the best first; all are alive.

    `tell` hears of each as it is found.
    """
    found = await asyncio.gather(
        *(_probe_site(query, address, fetcher=fetcher, tell=tell) for address in list(addresses)[:3])
    )
    ranked = sorted((one for site in found for one in site), key=lambda one: -one.score)
    return list({normalise_url(one.url): one for one in reversed(ranked)}.values())[::-1]


async def _probe_site(query: str, address: str, *, fetcher: Fetcher, tell: Tell) -> list[Candidate]:
    given = await fetch_alive(address, fetcher=fetcher)
    if given is None:
        return []
    title, links = read_links(given)
    candidates = [_describe_given(query, given, title)]
    await tell(candidates[0])
    home = urljoin(given.url_final, "/")
    if normalise_url(home) != normalise_url(given.url_final):
        front = await fetch_alive(home, fetcher=fetcher)
        links += read_links(front)[1] if front else []
    intents = find_intents(query)
    offered = [rank_link(query, link, intents=intents, site=title or urlsplit(home).netloc) for link in links]
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
    alive = await asyncio.gather(*(confirm_and_tell(one, fetcher=fetcher, tell=tell) for one in best[:_MOST_TRIED]))
    return candidates + [one for one in alive if one is not None]


async def fetch_alive(url: str, *, fetcher: Fetcher) -> Response | None:
    """Fetch a page; None when it isn't there, may not be fetched or is no text."""
    try:
        response = await fetcher.fetch(url, timeout=_SECONDS, most_bytes=_MOST_BYTES, pace="none")
    except HeadwaterError:
        return None
    return response if response.ok else None


async def confirm(candidate: Candidate, *, fetcher: Fetcher) -> Candidate | None:
    """See that a candidate is alive and of the kind that it is said to be; None when it isn't."""
    response = await fetch_alive(candidate.url, fetcher=fetcher)
    if response is None:
        return None
    kind = kind_of(response)
    if candidate.kind == "sitemap" and kind != "sitemap":
        return None
    title = read_links(response)[0] if kind == "website" else read_feed_title(response) if kind == "rss" else ""
    return replace(candidate, url=response.url_final, kind=kind, title=(title or candidate.title)[:200])


async def confirm_and_tell(candidate: Candidate, *, fetcher: Fetcher, tell: Tell) -> Candidate | None:
    """Confirm a candidate and tell of it if it is alive."""
    alive = await confirm(candidate, fetcher=fetcher)
    if alive is not None:
        await tell(alive)
    return alive


def kind_of(response: Response) -> Kind:
    """Say whether a response is a page, a feed or a sitemap."""
    head = response.text[:2000].lstrip("\ufeff \t\r\n")
    if re.search(r"<(?:urlset|sitemapindex)\b", head):
        return "sitemap"
    return "rss" if looks_like_feed(head) else "website"


def read_feed_title(response: Response) -> str:
    """Read what a feed calls itself; empty where its head doesn't say."""
    found = _FEED_TITLE.search(response.text[:4000])
    return " ".join(unescape(found.group(1)).split())[:200] if found else ""


@dataclass(frozen=True)
class Link:
    """A link of a page: where to, what it says, and the feed type if it declares one."""

    url: str
    label: str
    feed_type: str = ""


def read_links(response: Response) -> tuple[str, list[Link]]:
    """Give a page's title and its links to the same site, feeds first."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(response.text[:1_000_000])
    title_node = tree.css_first("title")
    title = " ".join(title_node.text().split())[:200] if title_node else ""
    site = _site_of(response.url_final)
    links = []
    for node in tree.css("link[rel~=alternate][href]"):
        declared = (node.attributes.get("type") or "").lower()
        if declared in _FEED_TYPES:
            url = urljoin(response.url_final, node.attributes["href"] or "")
            links.append(Link(url, (node.attributes.get("title") or "Feed")[:200], declared))
    for node in tree.css("a[href]")[:_MOST_LINKS]:
        url = urljoin(response.url_final, node.attributes["href"] or "")
        if urlsplit(url).scheme in {"http", "https"} and _site_of(url) == site:
            links.append(Link(url.partition("#")[0], " ".join(node.text().split())[:200]))
    return title, links


def _site_of(url: str) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if re.fullmatch(r"[\d.]+|.*:.*", host):
        return host
    return ".".join(host.split(".")[-2:])


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


def _describe_given(query: str, given: Response, title: str) -> Candidate:
    # The page that somebody names is what they mean, unless it is only the site's front door.
    is_front = urlsplit(given.url_final).path in {"", "/"}
    score = (1.5 if not find_intents(query) else 0.4) if is_front else 5.0
    reason = "The front page of the site that you named." if is_front else "The page that you named."
    return Candidate(given.url_final, title or given.url_final, kind_of(given), reason, score)
