"""Which pages say something like this: by a model's vectors where there is one, else by their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from headwater.core.errors import InvalidInput, Unavailable, UpstreamFailed
from headwater.core.telemetry import get_logger
from headwater.kit.ai import AsyncEmbedder
from headwater.products.watch.search.vectors import Vectors, has_model, write_vector

logger = get_logger(__name__)
# Below so many vectors of a workspace each is compared: exact, and quicker than what an index of all tenants gives.
EXACT_BELOW = 100_000
MAX_TERMS = 20
# A passage may stand on many pages or on none any more, so more are looked up than pages are wanted.
_PASSAGES_A_PAGE = 10

_COUNT = """
select count(*)
from (
    select
    from public.content_embeddings
    where workspace_id = $1
        and model_name = $2
    limit $3
) as found
"""

_PAGES = """
, lines as (
    select
        source.id as source_id, source.name, source.url, content.id as version_id, content.created_at as seen_at,
        line.text, line.position
    from public.monitored_sources as source
    join public.scraped_contents as content on content.id = source.current_content_id
    cross join lateral string_to_table(content.content, e'\\n') with ordinality as line (text, position)
    where source.workspace_id = $1
        and source.status <> 'deleted'
)
"""

# `+ 0` keeps an index of all tenants' vectors away from the exact search of one tenant's.
_NEAREST_EXACT = """
with nearest as materialized (
    select passage_hash, embedding operator(extensions.<=>) $3::extensions.halfvec as distance
    from public.content_embeddings
    where workspace_id = $1
        and model_name = $2
        and dimensions = $5
    order by (embedding operator(extensions.<=>) $3::extensions.halfvec) + 0
    limit $4
)
"""
_NEAREST_INDEXED = """
with nearest as materialized (
    select
        passage_hash,
        embedding::extensions.halfvec({dimensions}) operator(extensions.<=>) $3::extensions.halfvec({dimensions})
            as distance
    from public.content_embeddings
    where workspace_id = $1
        and model_name = {model}
        and $2 = {model}
        and dimensions = {dimensions}
        and $5 = {dimensions}
    order by embedding::extensions.halfvec({dimensions}) operator(extensions.<=>) $3::extensions.halfvec({dimensions})
    limit $4
)
"""
_BY_MEANING = """
, matches as (
    select distinct on (lines.source_id) lines.*, 1 - nearest.distance as score
    from nearest
    join lines on encode(sha256(convert_to(lines.text, 'UTF8')), 'hex') = nearest.passage_hash
    order by lines.source_id, nearest.distance, lines.position
)
select source_id, name, url, version_id, seen_at, text as passage, score
from matches
order by score desc, source_id desc
limit $6
"""

# Which pages have all the words is asked of whole texts first: splitting is for those alone.
_BY_WORDS = """
with counted as (
    select
        source.id as source_id, source.name, source.url, content.id as version_id, content.created_at as seen_at,
        line.text, line.position,
        (
            select count(*)
            from unnest($2::text[]) as wanted (term)
            where lower(line.text) like wanted.term
        ) as found
    from public.monitored_sources as source
    join public.scraped_contents as content on content.id = source.current_content_id
    cross join lateral string_to_table(content.content, e'\\n') with ordinality as line (text, position)
    where source.workspace_id = $1
        and source.status <> 'deleted'
        and lower(content.content) like all ($2)
        and not lower(content.content) like any ($3::text[])
), matches as (
    select distinct on (source_id) *
    from counted
    where found > 0
    order by source_id, found desc, position
)
select source_id, name, url, version_id, seen_at, text as passage, found::real / cardinality($2) as score
from matches
order by score desc, source_id desc
limit $4
"""


@dataclass(frozen=True)
class PageMatch:
    """A page that says something like what was asked, with the passage that does; score 0…1."""

    source_id: UUID
    name: str
    url: str
    version_id: UUID
    seen_at: datetime
    passage: str
    score: float


@dataclass(frozen=True)
class PagesMatched:
    """The pages that were found, the most alike first, and what they were found by."""

    by: str
    matches: list[PageMatch]


@dataclass(frozen=True)
class Question:
    """What is asked, with its vector where a model gave one."""

    text: str
    model_name: str = ""
    vector: Vectors | None = None

    @property
    def by(self) -> Literal["meaning", "words"]:
        """Say how it will be answered."""
        return "words" if self.vector is None else "meaning"


async def put_question(text: str, *, embedder: AsyncEmbedder) -> Question:
    """Let the model read a question; where there is none, or it can't be reached, words have to do."""
    if not has_model(embedder):
        return Question(text)
    try:
        return Question(text, embedder.name, (await embedder.embed([text]))[0])
    except (Unavailable, UpstreamFailed) as error:
        logger.warning("search_fell_back", model=embedder.name, reason=error.message)
        return Question(text)


async def search_pages(
    connection: asyncpg.Connection, question: Question, *, workspace_id: UUID, limit: int
) -> list[PageMatch]:
    """Find the pages of a workspace whose present version has a passage like the question, the most alike first.

    Raises:
        InvalidInput: `nothing_to_search`, where the question has no word to look for.
    """
    if question.vector is None:
        return await _search_by_words(connection, question.text, workspace_id=workspace_id, limit=limit)
    dimensions = len(question.vector)
    values = (
        workspace_id, question.model_name, write_vector(question.vector), limit * _PASSAGES_A_PAGE, dimensions, limit
    )  # fmt: skip
    nearest = _NEAREST_EXACT
    count = await connection.fetchval(_COUNT, workspace_id, question.model_name, EXACT_BELOW)
    if count >= EXACT_BELOW and await _prepare_index(connection, question.model_name, dimensions):
        model = await connection.fetchval("select quote_literal($1::text)", question.model_name)
        nearest = _NEAREST_INDEXED.format(dimensions=dimensions, model=model)
    rows = await connection.fetch(nearest + _PAGES + _BY_MEANING, *values)
    return [PageMatch(**dict(row)) for row in rows]


async def _prepare_index(connection: asyncpg.Connection, model_name: str, dimensions: int) -> bool:
    """Say whether there is an index, and let it go on until enough of what it finds is the workspace's own."""
    if not await connection.fetchval("select headwater.find_vector_index($1, $2)", model_name, dimensions):
        return False
    await connection.execute("select set_config('hnsw.iterative_scan', 'relaxed_order', true)")
    return True


async def _search_by_words(
    connection: asyncpg.Connection, text: str, *, workspace_id: UUID, limit: int
) -> list[PageMatch]:
    wanted, unwanted = read_terms(text)
    if not wanted:
        raise InvalidInput("There is no word to look for.", code="nothing_to_search")
    patterns, unwanted_patterns = ([_as_pattern(term) for term in terms] for terms in (wanted, unwanted))
    rows = await connection.fetch(_BY_WORDS, workspace_id, patterns, unwanted_patterns, limit)
    return [PageMatch(**dict(row)) for row in rows]


def read_terms(text: str) -> tuple[list[str], list[str]]:
    """Read what must be on a page and what must not: words, "whole phrases", and -either with a minus before it."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, word in re.findall(r'(?<!\S)(-?)(?:"([^"]{1,300})"|(\S{1,300}))', text):
        term = " ".join((phrase or word.strip('"')).lower().split())
        (unwanted if minus else wanted).extend([term] if term else [])
    return wanted[:MAX_TERMS], unwanted[:MAX_TERMS]


def _as_pattern(term: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", term) + "%"
