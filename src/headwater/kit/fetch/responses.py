"""What a fetch gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from headwater.kit.fetch.errors import FetchFailed
from headwater.kit.fetch.wire.headers import keep_validator
from headwater.kit.text.charset import decode_text
from headwater.kit.text.sniff import read_media_type


@dataclass(frozen=True, slots=True)
class Validators:
    """The server's own ETag and Last-Modified, sent back as they came (RFC 9110 §13.1)."""

    etag: str | None = None
    last_modified: str | None = None

    def as_headers(self) -> dict[str, str]:
        """Return the headers of a conditional request."""
        headers = {}
        if etag := keep_validator(self.etag):
            headers["If-None-Match"] = etag
        if last_modified := keep_validator(self.last_modified):
            headers["If-Modified-Since"] = last_modified
        return headers

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True)
class Response:
    """An answer, its body decompressed. `bytes` counts the body on the wire, `redirects` are the addresses before."""

    url: str
    url_final: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redirects: tuple[str, ...] = ()
    elapsed_ms: float = 0.0
    bytes: int = 0
    #: Where every redirect was permanent (301, 308): the address to remember instead of `url`.
    moved_to: str | None = None

    @property
    def not_modified(self) -> bool:
        """Say whether the server said that nothing changed (304)."""
        return self.status == 304

    @property
    def ok(self) -> bool:
        """Say whether the status is a success (2xx)."""
        return 200 <= self.status < 300

    @property
    def validators(self) -> Validators:
        """Return what to send with the next request for the same page."""
        headers = self.headers
        return Validators(keep_validator(headers.get("ETag")), keep_validator(headers.get("Last-Modified")))

    @property
    def media_type(self) -> str:
        """Return the declared type in lower case, or the empty text."""
        return read_media_type(self.headers.get("Content-Type"))[0]

    @cached_property
    def text(self) -> str:
        """Return the body as text by its byte order mark, header, declaration or looks. Never fails."""
        return decode_text(self.body, header_charset=read_media_type(self.headers.get("Content-Type"))[1])

    def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            FetchFailed: kind `not_text`, the body is no JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise FetchFailed(
                "The answer is no JSON.", kind="not_text", url=self.url_final, http_status=self.status
            ) from None
