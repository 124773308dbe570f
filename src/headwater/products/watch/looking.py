"""Looking at a source: one conditional fetch, and the page read from it if anything came back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from headwater.core.telemetry import get_logger
from headwater.kit.fetch import Fetcher, FetchFailed, Pace, Response, Validators
from headwater.products.watch.extract import ExtractionFailed, Page, extract_page
from headwater.products.watch.feeds import parse_feed
from headwater.products.watch.source_config import SourceConfig
from headwater.products.watch.timing import FeedRhythm, back_off, schedule_next
from headwater.products.watch.told import Told, read_told

_LOG = get_logger(__name__)
# A body above this many bytes takes long enough to read that the event loop would be missed.
_READ_ASIDE_FROM = 60_000

ErrorKind = Literal["network", "timeout", "blocked", "gone", "too_large", "not_text", "unusable", "internal"]

_ERROR_KINDS: Mapping[str, ErrorKind] = {
    "network": "network",
    "dns": "network",
    "timeout": "timeout",
    "blocked_address": "blocked",
    "blocked": "blocked",
    "rate_limited": "blocked",
    "robots": "blocked",
    "gone": "gone",
    "server_error": "network",
    "host_down": "network",
    "too_large": "too_large",
    "not_text": "not_text",
    "redirect_loop": "network",
    "too_many_nodes": "too_large",
    "too_deep": "too_large",
}


@dataclass(frozen=True)
class SourceToCheck:
    """What a check needs to know of a source."""

    id: UUID
    check_id: UUID
    name: str
    url: str
    kind: str
    config: SourceConfig
    interval: timedelta
    error_count: int
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    current_content_id: UUID | None
    volatility: dict[str, Any]
    has_readable_config: bool = True

    @property
    def told(self) -> Told:
        """What earlier checks know beside the stored version."""
        return read_told(self.volatility)


@dataclass(frozen=True)
class Unchanged:
    """The server said so, or the bytes are the same."""

    http_status: int
    bytes: int
    ms: int
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class Seen:
    """A page was read: from new bytes, or because what it stands at may have to be told."""

    page: Page
    http_status: int
    bytes: int
    ms: int
    etag: str | None
    last_modified: str | None
    body_hash: str
    rhythm: FeedRhythm | None = None


@dataclass(frozen=True)
class Failed:
    """Nothing usable came back."""

    kind: ErrorKind
    reason: str
    message: str
    http_status: int | None = None
    ms: int | None = None
    retry_after: timedelta = timedelta()


@dataclass(frozen=True)
class Postponed:
    """It isn't the host's turn yet; nothing was asked of it."""

    wait: timedelta


Look = Unchanged | Seen | Failed | Postponed


async def look_at(source: SourceToCheck, fetcher: Fetcher, *, pace: Pace) -> Look:
    """Fetch a source and read what came back. Whatever goes wrong with the page is an answer, not an error.

    `pace`: `wait` for the host's turn where somebody waits for the outcome, `refuse` to come back later.
    """
    if not source.has_readable_config:
        return Failed("unusable", "bad_config", "The settings of this source can't be read; set them again.")
    # Where something is withheld, a page that stands still has to be read again, or what it stands at is never told.
    is_open = source.told.is_open
    is_conditional = source.current_content_id is not None and not is_open
    validators = Validators(source.etag, source.last_modified) if is_conditional else None
    try:
        response = await fetch_source(source, fetcher, validators, pace=pace)
    except FetchFailed as failure:
        wait = timedelta(seconds=failure.retry_after or 0)
        if failure.was_postponed:
            return Postponed(wait)
        kind = _ERROR_KINDS[failure.kind]
        return Failed(kind, failure.kind, failure.message, failure.http_status, retry_after=wait)
    ms = round(response.elapsed_ms)
    if response.not_modified:
        return Unchanged(304, response.bytes, ms, source.etag, source.last_modified)
    body_hash = hashlib.sha256(response.body).hexdigest()
    etag, last_modified = response.validators.etag, response.validators.last_modified
    if body_hash == source.body_hash and not is_open:
        return Unchanged(response.status, response.bytes, ms, etag, last_modified)
    try:
        page, rhythm = await read_page(source, response)
    except ExtractionFailed as failure:
        return Failed(
            _ERROR_KINDS.get(failure.reason, "not_text"), failure.reason, failure.message, response.status, ms
        )
    except Exception as error:  # noqa: BLE001 - whatever a page breaks in a parser is that page failing
        _LOG.error("page_unreadable", source_id=str(source.id), exc_info=error)
        return Failed("not_text", "unreadable", "The page could not be read.", response.status, ms)
    if not page.usable:
        reason = page.unusable_reason or "empty"
        message = f"The page could not be used: {reason.replace('_', ' ')}."
        return Failed("unusable", reason, message, response.status, ms)
    return Seen(page, response.status, response.bytes, ms, etag, last_modified, body_hash, rhythm)


async def fetch_source(
    source: SourceToCheck, fetcher: Fetcher, validators: Validators | None, *, pace: Pace
) -> Response:
    """Fetch a source the way its owner set: over HTTP, or through a browser that runs its scripts."""
    if source.config.render == "browser":
        from headwater.kit.fetch.browser import render_page

        return await render_page(fetcher, source.url)
    return await fetcher.fetch(source.url, validators=validators, pace=pace)


async def read_page(source: SourceToCheck, response: Response) -> tuple[Page, FeedRhythm | None]:
    """Read the page of a response, beside the event loop when it is long."""

    def read() -> tuple[Page, FeedRhythm | None]:
        content_type = response.headers.get("Content-Type", "")
        page = extract_page(
            response.body,
            content_type=content_type,
            url=response.url_final,
            watch_selectors=source.config.watch_selectors,
            ignore_selectors=source.config.ignore_selectors,
            ignore_patterns=source.config.ignore_patterns,
        )
        if page.kind != "feed":
            return page, None
        feed = parse_feed(response.body, content_type=content_type, url=response.url_final)
        return page, FeedRhythm(feed.ttl or 0, feed.skip_hours, feed.skip_days)

    if len(response.body) < _READ_ASIDE_FROM:
        return read()
    return await asyncio.to_thread(read)


def plan_next_look(source: SourceToCheck, look: Look, *, now: datetime, chance: float) -> datetime:
    """Give the moment of the next check after `look`; `chance` (0 to 1) spreads what would come together."""
    if isinstance(look, Postponed):
        # A second at least, so that a crowded host isn't asked for its turn over and over.
        return now + max(look.wait, timedelta(seconds=1)) * (1 + chance / 2)
    if isinstance(look, Failed):
        return back_off(
            now, interval=source.interval, errors=source.error_count + 1, chance=chance, retry_after=look.retry_after
        )
    rhythm = look.rhythm if isinstance(look, Seen) else None
    return schedule_next(now, interval=source.interval, chance=chance, rhythm=rhythm)
