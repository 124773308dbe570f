"""What a status means to whoever wanted the page."""

from __future__ import annotations

from headwater.kit.fetch.errors import FetchFailed, FetchKind

_KINDS: dict[int, tuple[FetchKind, str]] = {
    401: ("blocked", "The page asks for a password."),
    403: ("blocked", "The host refuses to show the page."),
    404: ("gone", "The page doesn't exist."),
    407: ("blocked", "The host refuses to show the page."),
    408: ("timeout", "The host took too long."),
    410: ("gone", "The page was removed."),
    429: ("rate_limited", "The host asks to be asked less often."),
    451: ("blocked", "The page is withheld for legal reasons."),
}


def check_status(status: int, *, url: str, retry_after: float | None = None, is_conditional: bool = False) -> None:
    """Let success and an expected 304 pass.

    Raises:
        FetchFailed: `gone`, `blocked`, `rate_limited`, `timeout`, or `server_error` for all that makes no sense.
    """
    if 200 <= status < 300 or (status == 304 and is_conditional):
        return
    kind, text = _KINDS.get(status, ("blocked", "The host refuses the request."))
    if not 400 <= status < 500:
        kind, text = "server_error", "The host fails to show the page."
    raise FetchFailed(f"{text} (HTTP {status})", kind=kind, url=url, http_status=status, retry_after=retry_after)
