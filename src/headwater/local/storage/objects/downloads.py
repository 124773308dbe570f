"""Answers that give a file: whole or a range of it, or the news that nothing has changed (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from headwater.local.storage import errors
from headwater.local.storage.contents.stores import ContentStore, OpenContent
from headwater.local.storage.objects.objects import StoredObject
from headwater.local.storage.objects.uploads import make_etag

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# What a browser would run as a page of this origin; Supabase has hosts of their own for it, one machine has not.
_SCRIPTED = re.compile(r"(text|application)/(.*\+)?(xml|xhtml|html)|image/svg", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Span:
    """A part of a file: `length` bytes from `start`."""

    start: int
    length: int


async def open_content(files: ContentStore, found: StoredObject, span: Span | None = None) -> OpenContent:
    """Open the content of an object, or a part of it. Raises NoSuchKey."""
    if found.digest is None:
        raise errors.object_missing()
    span = span or Span(0, found.size or 0)
    try:
        return await files.open(found.digest, start=span.start, length=span.length)
    except FileNotFoundError:
        raise errors.object_missing() from None


async def answer_file(request: Request, files: ContentStore, found: StoredObject) -> Response:
    """Return an object as the request's conditions and range ask for it."""
    headers = describe_file(request, found)
    size = found.size or 0
    if is_unchanged(request, headers["etag"], found.updated_at):
        return Response(None, 304, {name: headers[name] for name in ("etag", "last-modified", "cache-control")})
    try:
        span = read_range(request, size, headers["etag"])
    except ValueError:
        error = errors.StorageError(416, "InvalidRange", "The requested range can't be satisfied", wire_status=416)
        error.headers = {"content-range": f"bytes */{size}"}
        raise error from None
    given = span or Span(0, size)
    headers["content-length"] = str(given.length)
    if span is not None:
        headers["content-range"] = f"bytes {span.start}-{span.start + span.length - 1}/{size}"
    status = 206 if span is not None else 200
    if request.method == "HEAD":
        if found.digest is None or not await files.has(found.digest):
            raise errors.object_missing()
        return Response(None, status, headers)
    return _ContentResponse(await open_content(files, found, given), status, headers)


class _ContentResponse(StreamingResponse):
    """A content that is closed however the answer ends."""

    def __init__(self, content: OpenContent, status: int, headers: Mapping[str, str]) -> None:
        self._content = content
        super().__init__(self._read(), status, headers)

    async def _read(self) -> AsyncIterator[bytes]:
        async for part in self._content.parts:
            yield part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._content.close()


def describe_file(request: Request, found: StoredObject) -> dict[str, str]:
    """Return the headers that say what an object is."""
    kind = _UNSAFE.sub("", found.mime_type)
    if "text/html" in kind.lower():
        # As at Supabase: nobody hosts pages here.
        kind = "text/plain"
    headers = {
        "content-type": kind,
        "etag": make_etag(found.digest) if found.digest else '""',
        "last-modified": format_datetime(found.updated_at.astimezone(UTC), usegmt=True),
        "cache-control": _UNSAFE.sub("", found.cache_control),
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
    }
    if _SCRIPTED.match(kind) is not None:
        headers["content-security-policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    download = request.query_params.get("download")
    if download is not None:
        headers["content-disposition"] = write_disposition(download)
    return {name: value.encode("latin-1", "replace").decode("latin-1") for name, value in headers.items()}


def write_disposition(name: str) -> str:
    """Return the header that has a browser save a file, under `name` where there is one (RFC 6266)."""
    if not name:
        return "attachment;"
    encoded = quote(name, safe="")
    return f"attachment; filename={encoded}; filename*=UTF-8''{encoded}"


def is_unchanged(request: Request, etag: str, changed: datetime) -> bool:
    """Say whether the client has this content already; an entity tag counts more than a date."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return any(tag.strip().removeprefix("W/") in {etag, "*"} for tag in tags.split(","))
    since = _read_date(request.headers.get("if-modified-since"))
    return since is not None and changed.replace(microsecond=0) <= since


def read_range(request: Request, size: int, etag: str) -> Span | None:
    """Return the range that is asked for, or None for the whole. Raises ValueError for one outside the file.

    Several ranges at once, and forms that aren't understood, count as none, which RFC 9110 allows.
    """
    found = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if found is None or found[0] == "bytes=-":
        return None
    condition = request.headers.get("if-range")
    if condition is not None and condition.strip() != etag:
        return None
    first, last = found[1], found[2]
    if not first:
        start, end = max(size - int(last), 0), size - 1
        if int(last) == 0:
            raise ValueError("an empty range")
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start >= size:
        raise ValueError("a range behind the end")
    return Span(start, end - start + 1)


def _read_date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
