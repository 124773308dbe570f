"""Looking at a source: one conditional fetch, and the page read from it if anything came back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from headwater.core.telemetry import get_logger
from headwater.kit.fetch import Fetcher, FetchFailed, Pace, Response, Validators
from headwater.kit.processes import ProcessPool, WorkFailed
from headwater.products.watch.checks.page_reading import read_body
from headwater.products.watch.checks.reading import ErrorKind, Failed, Postponed, work_apart
from headwater.products.watch.checks.timing import FeedRhythm, back_off, schedule_next
from headwater.products.watch.compare.notified import Notified, read_notified
from headwater.products.watch.page.extract import Page
from headwater.products.watch.sources.config import SourceConfig

logger = get_logger(__name__)

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
    config_fault: str = ""

    @property
    def notified(self) -> Notified:
        """What earlier checks know beside the stored version."""
        return read_notified(self.volatility)


@dataclass(frozen=True)
class Unchanged:
    """The server said so, or the bytes are the same."""

    http_status: int
    bytes: int
    ms: int
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class PageRead:
    """A page was read: from new bytes, or because people may have to be notified of what it stands at."""

    page: Page
    http_status: int
    bytes: int
    ms: int
    etag: str | None
    last_modified: str | None
    body_hash: str
    rhythm: FeedRhythm | None = None


CheckResult = Unchanged | PageRead | Failed | Postponed


async def fetch_and_parse(
    source: SourceToCheck, fetcher: Fetcher, *, pool: ProcessPool, share: str, pace: Pace
) -> CheckResult:
    """Fetch a source and read what came back. Whatever goes wrong with the page is an answer, not an error.

    `pool` is where it is read, as part of what `share` may have of it. `pace`: `wait` for the host's turn where
    somebody waits for the outcome, `refuse` to come back later.
    """
    if source.config_fault:
        message = f"The settings of this source can't be read; set them again. ({source.config_fault})"
        return Failed("unusable", "bad_config", message)
    # Where something is withheld, a page that stands still has to be read again, or nobody is notified of it.
    is_open = source.notified.is_open
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
    content_type = response.headers.get("Content-Type", "")
    try:
        found = await work_apart(
            pool,
            read_body,
            response.body,
            content_type,
            response.url_final,
            source.config,
            share=share,
            doing="reading",
        )
    except WorkFailed as error:
        # Whatever a page breaks in a parser is that page failing.
        logger.error("page_unreadable", source_id=str(source.id), reason=str(error))
        return Failed("not_text", "unreadable", "The page could not be read.", response.status, ms)
    if isinstance(found, Postponed):
        return found
    if isinstance(found, Failed):
        return replace(found, http_status=response.status, ms=ms)
    page, rhythm = found
    if not page.usable:
        reason = page.unusable_reason or "empty"
        message = f"The page could not be used: {reason.replace('_', ' ')}."
        return Failed("unusable", reason, message, response.status, ms)
    return PageRead(page, response.status, response.bytes, ms, etag, last_modified, body_hash, rhythm)


async def fetch_source(
    source: SourceToCheck, fetcher: Fetcher, validators: Validators | None, *, pace: Pace
) -> Response:
    """Fetch a source the way its owner set: over HTTP, or through a browser that runs its scripts."""
    if source.config.render == "browser":
        from headwater.kit.fetch.browser import render_page

        return await render_page(fetcher, source.url)
    return await fetcher.fetch(source.url, validators=validators, pace=pace)


def plan_next_look(source: SourceToCheck, look: CheckResult, *, now: datetime, chance: float) -> datetime:
    """Return the moment of the next check after `look`; `chance` (0 to 1) spreads what would come together."""
    if isinstance(look, Postponed):
        # A second at least, so that a crowded host isn't asked for its turn over and over.
        return now + max(look.wait, timedelta(seconds=1)) * (1 + chance / 2)
    if isinstance(look, Failed):
        return back_off(
            now, interval=source.interval, errors=source.error_count + 1, chance=chance, retry_after=look.retry_after
        )
    rhythm = look.rhythm if isinstance(look, PageRead) else None
    return schedule_next(now, interval=source.interval, chance=chance, rhythm=rhythm)
