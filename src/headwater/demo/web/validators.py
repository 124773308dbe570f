"""Conditional GET and gzip as nginx does them.

ETag is `"<mtime in hex>-<length in hex>"`, made weak when the body is compressed on the way; a 304 needs every
condition sent to hold: If-None-Match by weak comparison (RFC 9110, 8.8.3.2) and If-Modified-Since equal to
Last-Modified, not later (`if_modified_since exact`, nginx's default).
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate


@dataclass(frozen=True, slots=True)
class Validators:
    """The two strings by which a server knows its own version of a page."""

    etag: str
    last_modified: str


def make_validators(*, modified: int, length: int) -> Validators:
    """Make the validators of a body that was changed at that second."""
    return Validators(etag=f'"{modified:x}-{length:x}"', last_modified=formatdate(modified, usegmt=True))


def is_not_modified(validators: Validators, headers: Mapping[str, str]) -> bool:
    """Say whether the conditions of a request make the answer a 304."""
    etags = headers.get("If-None-Match")
    since = headers.get("If-Modified-Since")
    if etags is None and since is None:
        return False
    if since is not None and since.strip() != validators.last_modified:
        return False
    return etags is None or _matches_any(validators.etag, etags)


def accepts_gzip(headers: Mapping[str, str]) -> bool:
    """Say whether the client takes gzip (RFC 9110, 12.5.3; a quality of zero refuses)."""
    for offer in headers.get("Accept-Encoding", "").lower().split(","):
        name, _, parameters = offer.strip().partition(";")
        if name.strip() in {"gzip", "x-gzip", "*"}:
            quality = parameters.replace(" ", "")
            return not (quality.startswith("q=") and not quality[2:].strip("0."))
    return False


def compress_body(body: bytes) -> bytes:
    """Compress at nginx's default level, the same bytes for the same body."""
    return gzip.compress(body, compresslevel=1, mtime=0)


def _matches_any(etag: str, listed: str) -> bool:
    wanted = etag.removeprefix("W/")
    return any(given.strip() == "*" or given.strip().removeprefix("W/") == wanted for given in listed.split(","))
