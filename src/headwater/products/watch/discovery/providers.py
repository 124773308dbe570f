"""Asking AI providers for sources. What they name is only a suggestion until it was fetched."""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import BaseModel, Field

from headwater.core.errors import HeadwaterError
from headwater.kit.ai import Ai
from headwater.kit.fetch.urls.normalising import complete_url, normalise_url
from headwater.products.watch.discovery.site_probe import Candidate, SiteReader, Tell, confirm_and_report

_INSTRUCTIONS = (
    "Somebody wants to know when something changes on the web. Restate what they want in one precise sentence, then"
    " name up to eight public pages or feeds where such a change would show first: the primary source rather than"
    " somebody who writes about it, a feed where there is one, the specific page rather than a front page. For each"
    " give the full address, a short title, its kind and one sentence on why it is worth watching. Name only pages that"
    " you know to exist."
)
_SECONDS = 25.0


class Suggestion(BaseModel):
    """A page that a provider names."""

    url: str = Field(max_length=2000)
    title: str = Field(default="", max_length=300)
    kind: Literal["website", "rss", "sitemap"] = "website"
    reason: str = Field(default="", max_length=500)


class Suggestions(BaseModel):
    """What a provider answers."""

    refined_query: str = Field(min_length=1, max_length=500)
    sources: list[Suggestion] = Field(max_length=20)


async def ask_providers(
    query: str, context: str, *, ai: Ai, reader: SiteReader, tell: Tell
) -> tuple[str, list[Candidate]]:
    """Return the query as a provider understood it, and those of its pages that are alive; `tell` hears of each at
    once.

    Raises:
        Unavailable: there is no provider, or none answered.
    """
    answer = await ai.ask(
        task="watch.discover",
        instructions=_INSTRUCTIONS,
        data={"wanted": query, "context": context},
        output=Suggestions,
        timeout=_SECONDS,
        search=True,
    )
    named = [
        Candidate(one.url, one.title or one.url, one.kind, one.reason or "Named as a source for this.", 10.0 - place)
        for place, one in enumerate(answer.output.sources)
    ]
    # A searching provider's citations are pages that it really read.
    named += [
        Candidate(source.url, source.title or source.url, "website", "Cited as a source for this.", 1.0)
        for source in answer.sources
    ]
    wanted: dict[str, Candidate] = {}
    for candidate in named:
        try:
            url = complete_url(candidate.url)
        except HeadwaterError:
            continue
        wanted.setdefault(
            normalise_url(url), Candidate(url, candidate.title, candidate.kind, candidate.reason, candidate.score)
        )
    alive = await asyncio.gather(
        *(confirm_and_report(one, reader=reader, tell=tell) for one in list(wanted.values())[:12])
    )
    return answer.output.refined_query, [one for one in alive if one is not None]
