"""Where links may lead back to, and how the outcome is told there."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request

from headwater.local.auth.config import AuthConfig
from headwater.local.auth.errors import AuthError

_HOST = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_OAUTH_ERRORS = {
    400: "invalid_request",
    401: "unauthorized_client",
    403: "access_denied",
    500: "server_error",
    503: "temporarily_unavailable",
}


def choose_redirect(request: Request, config: AuthConfig, *candidates: str) -> str:
    """Return the first address asked for that is allowed, else the site's own."""
    asked = [
        *candidates,
        request.headers.get("redirect_to", "") or request.query_params.get("redirect_to", ""),
        request.headers.get("referer", ""),
    ]
    return next((address for address in asked if is_allowed(address, config)), config.site_url)


def is_allowed(address: str, config: AuthConfig) -> bool:
    """Tell whether users may be sent to `address`: the site itself, or what `additional_redirect_urls` matches."""
    if not address or any(character in address for character in "\r\n\t\\"):
        return False
    try:
        site, wanted = urlsplit(config.site_url), urlsplit(address)
        same_port = site.port == wanted.port or wanted.hostname in _LOOPBACK
    except ValueError:
        return False
    if not wanted.scheme or wanted.scheme in {"javascript", "data", "vbscript", "file"}:
        return False
    if wanted.username is not None or wanted.password is not None:
        return False
    if site.hostname == wanted.hostname and site.scheme == wanted.scheme and same_port:
        return True
    if not _is_honest_host(wanted.hostname or "", web=wanted.scheme in {"http", "https"}):
        return False
    without_fragment = address.partition("#")[0]
    return any(_compile(pattern).fullmatch(without_fragment) for pattern in config.additional_redirect_urls)


def _is_honest_host(host: str, *, web: bool) -> bool:
    if host.isdecimal():
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return not web or _HOST.fullmatch(host) is not None


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    """Translate a pattern: `*` stays within a part between dots or slashes, `**` doesn't, `?` is one character."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        if pattern.startswith("**", position):
            parts.append(".*")
            position += 2
            continue
        character = pattern[position]
        parts.append({"*": "[^./]*", "?": "[^./]"}.get(character) or re.escape(character))
        position += 1
    return re.compile("".join(parts))


def add_query(address: str, **values: str) -> str:
    """Return the address with more in its query."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in values]
    return urlunsplit(parts._replace(query=urlencode([*query, *values.items()])))


def add_fragment(address: str, **values: str) -> str:
    """Return the address with `values` as its fragment, marked as coming from Supabase Auth."""
    return urlunsplit(urlsplit(address)._replace(fragment=urlencode({**values, "sb": ""})))


def add_error(address: str, error: AuthError, *, with_proof_key: bool) -> str:
    """Return the address with the error in its fragment, and in its query for flows with a proof key."""
    told = {"error_code": error.code, "error_description": error.message}
    if error.status in _OAUTH_ERRORS:
        told = {"error": _OAUTH_ERRORS[error.status], **told}
    if with_proof_key:
        address = add_query(address, **told)
    return add_fragment(address, **told)
