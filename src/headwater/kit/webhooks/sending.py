"""Sends signed webhooks and reads what the answer means for the delivery and for the endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson

from headwater.core.clock import monotonic
from headwater.core.text import clean_text
from headwater.kit.fetch import BlockedAddress, Fetcher, FetchFailed
from headwater.kit.fetch.wire.retry_after import read_retry_after
from headwater.kit.webhooks.signing import sign_headers

TIMEOUT_SECONDS = 15.0
_ANSWER_BYTES = 16 * 1024
_ANSWER_SHOWN = 500

Outcome = Literal["delivered", "retry", "disable"]


@dataclass(frozen=True)
class WebhookResult:
    """How a delivery went.

    `retry` means later (not before `retry_after` where that is given); `disable` that the endpoint wants no more.
    """

    outcome: Outcome
    status_code: int | None
    response: str
    milliseconds: int
    retry_after: timedelta | None = None


async def send_webhook(
    fetcher: Fetcher,
    *,
    url: str,
    valid_secrets: Sequence[str],
    id: str,
    body: bytes,
    now: datetime,
    timeout: float = TIMEOUT_SECONDS,
) -> WebhookResult:
    """POST `body` with the three headers of Standard Webhooks. Never raises for what the other side does.

    `id` stays the same when the message is sent again: receivers drop what they have by it. Redirects are not
    followed, and the address is checked against the rules of `kit.fetch` each time.
    """
    headers = {
        "Content-Type": "application/json",
        **sign_headers(valid_secrets, id=id, timestamp=now, body=body),
    }
    started = monotonic()
    try:
        answer = await fetcher.request(
            "POST", url, headers=headers, body=body, timeout=timeout, max_bytes=_ANSWER_BYTES
        )
    except FetchFailed as error:
        spent = round((monotonic() - started) * 1000)
        if isinstance(error, BlockedAddress):
            return WebhookResult("retry", None, f"The address may not be called: {error.reason}.", spent)
        # A body that is too large or broken doesn't matter: the status came before it.
        if error.http_status is not None:
            return classify_answer(error.http_status, {}, error.message, milliseconds=spent, now=now)
        return WebhookResult("retry", None, error.message, spent)
    return classify_answer(answer.status, answer.headers, answer.text, milliseconds=round(answer.elapsed_ms), now=now)


def classify_answer(
    status: int, headers: Mapping[str, str], text: str, *, milliseconds: int, now: datetime
) -> WebhookResult:
    """Read an answer: 2xx took it, 410 wants no more, 429 and 503 may say when, everything else is tried again."""
    shown = clean_text(text)[:_ANSWER_SHOWN]
    if 200 <= status < 300:
        return WebhookResult("delivered", status, shown, milliseconds)
    if status == 410:
        return WebhookResult("disable", status, shown, milliseconds)
    wait: timedelta | None = None
    if status in {429, 502, 503, 504}:
        seconds = read_retry_after(headers, now=now)
        wait = None if seconds is None else timedelta(seconds=seconds)
    return WebhookResult("retry", status, shown, milliseconds, wait)


def make_body(*, kind: str, occurred_at: datetime, data: Mapping[str, Any]) -> bytes:
    """Return the body in the form that Standard Webhooks recommends: type, timestamp, data."""
    return orjson.dumps({"type": kind, "timestamp": occurred_at.isoformat(), "data": data}, default=str)
