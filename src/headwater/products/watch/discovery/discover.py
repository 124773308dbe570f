"""Puts discovery together: providers first, then what the named sites themselves offer."""

from __future__ import annotations

import hashlib

from headwater.core.errors import InvalidInput, Unavailable
from headwater.core.telemetry import get_logger
from headwater.kit.ai import Ai
from headwater.kit.controls import SharedCache
from headwater.products.watch.discovery.providers import ask_providers
from headwater.products.watch.discovery.schemas import Discovery, DiscoveryRequest
from headwater.products.watch.discovery.shortlist import MAX_OFFERED, OnFound, Shortlist, offer_best
from headwater.products.watch.discovery.site_probe import Candidate, SiteReader, find_addresses, probe_sites

logger = get_logger(__name__)
_CACHED_SECONDS = 900.0


async def discover(
    request: DiscoveryRequest, *, reader: SiteReader, ai: Ai, cache: SharedCache, on_found: OnFound | None = None
) -> Discovery:
    """Find at most five sources for what somebody wants to know, each fetched and alive.

    `on_found` hears of the best so far, each time that one more was found; of a cached answer it hears nothing.

    Raises:
        InvalidInput: no provider is set up and no site is named (`nothing_to_search`), or nothing alive was found
            (`nothing_found`).
    """
    key = "watch:discovery:" + hashlib.sha256(request.model_dump_json().encode()).hexdigest()
    cached = await cache.get(key)
    if cached is not None:
        return Discovery.model_validate_json(cached)
    found = await _search(request, reader=reader, ai=ai, shortlist=Shortlist(on_found))
    await cache.set(key, found.model_dump_json().encode(), ttl_seconds=_CACHED_SECONDS)
    return found


async def _search(request: DiscoveryRequest, *, reader: SiteReader, ai: Ai, shortlist: Shortlist) -> Discovery:
    context = request.context or ""
    addresses = find_addresses(f"{request.raw_query} {context}")
    refined, candidates = request.raw_query, list[Candidate]()
    reached = True
    try:
        refined, candidates = await ask_providers(request.raw_query, context, ai=ai, reader=reader, tell=shortlist.add)
    except Unavailable as error:
        reached = False
        logger.info("discovery_without_provider", reason=error.code)
    if len(candidates) < MAX_OFFERED and addresses:
        candidates += await probe_sites(f"{request.raw_query} {context}", addresses, reader=reader, tell=shortlist.add)
    if not candidates and not addresses and not reached:
        raise InvalidInput(
            "Name a site to look at: without an AI provider sources are found on the sites that you name.",
            code="nothing_to_search",
            hint="Add a domain or an address, as in “price changes at acme.example”, or set PERPLEXITY_API_KEY,"
            " OPENAI_API_KEY, GROQ_API_KEY or OLLAMA_BASE_URL.",
        )
    if not candidates:
        raise InvalidInput(
            "No page that can be watched was found.",
            code="nothing_found",
            hint="Check the spelling of the site, or add the address of a page.",
        )
    return Discovery(refined_query=refined, monitorable_urls=offer_best(candidates))
