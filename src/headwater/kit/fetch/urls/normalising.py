"""Addresses of sources: one spelling for the same page, so that nobody watches it twice."""

from __future__ import annotations

import re
import string
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from headwater.core.errors import InvalidInput

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that only tell the site where the reader came from.
_TRACKING = re.compile(
    r"^(utm_\w+|gclid|fbclid|msclkid|dclid|yclid|igshid|mc_[ce]id|_hs(enc|mi)|ref_src|vero_id)$", re.I
)
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"


def complete_url(typed: str) -> str:
    """Return what a person typed as an address: `example.org/news` becomes `https://example.org/news`.

    Raises:
        InvalidInput: it can't be an address of the web.
    """
    typed = typed.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput(f"{typed[:200]!r} is no address of a web page.", code="invalid_url") from None
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        raise InvalidInput(
            "Only addresses that begin with http:// or https:// can be watched.",
            code="invalid_url",
            hint="Write it as in a browser's address bar: https://example.org/page",
        )
    return urlunsplit(parts._replace(scheme=parts.scheme.lower()))


def normalise_url(url: str) -> str:
    """Return the one spelling of an address: lower-case host, no default port, fragment or tracking parameters.

    The scheme stays: a page over http may differ from the one over https. Parameters keep their order, which may
    matter to the site. Normalising twice changes nothing.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = _normalise_path(parts.path)
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(name)
    ]
    return urlunsplit((parts.scheme, host, path or "/", urlencode(kept), ""))


def _normalise_path(path: str) -> str:
    """Write a path's escapes in one way (RFC 3986, section 6.2.2): `%2F` is another sign than `/` and stays."""

    def write_escape(match: re.Match[str]) -> str:
        sign = chr(int(match[1], 16)) if match[1] else "%"
        return sign if sign in _UNRESERVED else f"%{ord(sign):02X}"

    return quote(_ESCAPE.sub(write_escape, path), safe=f"{_SAFE_IN_PATH}%", errors="surrogatepass")


def host_of(url: str) -> str:
    """Return the host and port that politeness is counted for."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').lower()}:{parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)}"
