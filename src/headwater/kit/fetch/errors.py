"""What can go wrong with a fetch: one class, told apart by its kind."""

from __future__ import annotations

from typing import Any, Literal

from headwater.core.errors import InvalidInput, UpstreamFailed

FetchKind = Literal[
    "network",  # no connection, a broken one, or an answer that isn't HTTP
    "dns",  # the name has no address
    "timeout",  # too slow: in all, to connect, or by the drop
    "blocked_address",  # an address that may not be fetched
    "blocked",  # the host refuses us: 401, 403, 407, 451 and other 4xx
    "rate_limited",  # 429: the host asks to wait
    "gone",  # 404, 410
    "server_error",  # 5xx, or an answer that makes no sense
    "too_large",  # more bytes of body or header than the cap
    "not_text",  # a body that is no text where text was asked for, or that can't be decoded
    "redirect_loop",  # a circle of redirects, or more than the cap
    "robots",  # robots.txt forbids it
    "paced",  # our own pacing: not now; nothing was asked of the host
    "host_down",  # the host failed repeatedly and is left alone for now; nothing was asked of it
]


class FetchFailed(UpstreamFailed):
    """A fetch that gave no usable answer.

    `kind` says why, `http_status` what the host answered if it did, `retry_after` in how many seconds it may be tried
    again where that is known (always for `paced` and `host_down`), `url` which address it was about.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: FetchKind,
        url: str = "",
        http_status: int | None = None,
        retry_after: float | None = None,
        details: Any = None,
        hint: str | None = None,
    ) -> None:
        code = kind if kind == "blocked_address" else f"fetch_{kind}"
        super().__init__(message, code=code, details=details, hint=hint)
        self.kind: FetchKind = kind
        self.url = url
        self.http_status = http_status
        self.retry_after = retry_after

    @property
    def was_postponed(self) -> bool:
        """Say whether nothing was asked of the host: come back after `retry_after`, this is no failure of the page."""
        return self.kind == "paced"


class BlockedAddress(FetchFailed, InvalidInput):
    """An address that may not be fetched: a fault of whoever gave it, so it is answered as 422 `blocked_address`."""

    status = 422

    def __init__(self, message: str, *, reason: str, url: str = "") -> None:
        """Take the text for people and the reason as one word for programs."""
        super().__init__(
            message,
            kind="blocked_address",
            url=url,
            details={"reason": reason},
            hint="Give a public http or https address.",
        )
        self.reason = reason


class UnknownHost(FetchFailed, InvalidInput):
    """An address whose name nobody knows, at the time that somebody gives it: answered as 422 `unknown_host`."""

    status = 422

    def __init__(self, *, url: str) -> None:
        super().__init__("The name of the host has no address.", kind="dns", url=url, hint="Check the spelling.")
        self.code = "unknown_host"
