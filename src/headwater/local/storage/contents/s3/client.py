"""The few calls of S3 that keeping contents needs: objects by key, ranges, lists and uploads in parts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from headwater.core.clock import Clock, SystemClock
from headwater.core.errors import HeadwaterError
from headwater.local.storage.contents.s3.signature import EMPTY, Credentials, sign_request, write_query
from headwater.local.storage.contents.stores import StoreAway

_ATTEMPTS = 4
_PASSING = {408, 429, 500, 502, 503, 504}
_TIMEOUT = 120.0
_SMALL = 8 << 20


class Answer(Protocol):
    """What the store answered."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> bytes: ...


class HttpClient(Protocol):
    """Whatever makes a request: the platform's fetcher is one."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        timeout: float,
        max_bytes: int,
        trusted: bool,
    ) -> Answer:
        """Make one request (`timeout` in seconds). Raises HeadwaterError where no answer came, or one too large."""
        ...


@dataclass(frozen=True)
class S3Config:
    """Which bucket, where and as whom. `path_style` puts the bucket into the path, as stores other than AWS want."""

    bucket: str
    region: str
    credentials: Credentials
    endpoint: str | None = None
    path_style: bool = False

    @property
    def address(self) -> str:
        """The address of the bucket."""
        endpoint = (self.endpoint or f"https://s3.{self.region}.amazonaws.com").rstrip("/")
        if self.path_style:
            return f"{endpoint}/{quote(self.bucket)}"
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{self.bucket}.{parts.netloc}{parts.path}"


@dataclass(frozen=True)
class Listed:
    """A line of a list: the key and when it was written or begun; `upload` for one that is in parts still."""

    key: str
    moment: datetime
    upload: str = ""


class S3Client:
    """Calls one bucket. The address is the operator's, so the client is told to trust it."""

    def __init__(
        self, config: S3Config, client: HttpClient, *, first_pause: float = 0.2, clock: Clock | None = None
    ) -> None:
        """Take the pause in seconds before a request that failed in passing is sent again; it doubles each time."""
        self._config = config
        self._client = client
        self._first_pause = first_pause
        # The store refuses requests whose time isn't its own, so this is never a clock that tests move.
        self._clock = clock or SystemClock()

    async def put(self, key: str, body: bytes, digest: str) -> None:
        """Write an object of a few mebibytes; the store checks it against its SHA-256."""
        await self._ask("PUT", key, body=body, payload=digest)

    async def get_range(self, key: str, start: int, length: int) -> bytes:
        """Return `length` bytes (1 at least) of an object from `start`. Raises FileNotFoundError."""
        headers = {"range": f"bytes={start}-{start + length - 1}"}
        answer = await self._ask("GET", key, headers=headers, most=length, missing=True)
        if answer.status == 404:
            raise FileNotFoundError(key)
        if len(answer.body) != length:
            raise StoreAway(f"{len(answer.body)} bytes of {key} came for {length}")
        return answer.body

    async def has(self, key: str) -> bool:
        """Say whether there is an object of this very key."""
        async for found in self._list({"list-type": "2", "prefix": key, "max-keys": "1"}, "Contents"):
            return found.key == key
        return False

    async def delete(self, key: str) -> None:
        """Remove an object, or nothing where there is none."""
        await self._ask("DELETE", key, missing=True)

    def list_objects(self, prefix: str) -> AsyncIterator[Listed]:
        """Return the objects whose keys begin with `prefix`."""
        return self._list({"list-type": "2", "prefix": prefix}, "Contents")

    def list_uploads(self, prefix: str) -> AsyncIterator[Listed]:
        """Return the uploads in parts that were neither completed nor aborted."""
        return self._list({"uploads": "", "prefix": prefix}, "Upload")

    async def begin_upload(self, key: str) -> str:
        """Begin an upload in parts; returns its id."""
        answer = await self._ask("POST", key, query={"uploads": ""})
        return _read_text(_parse(answer), "UploadId")

    async def put_part(self, key: str, upload: str, number: int, body: bytes) -> str:
        """Write a part (from 1; of 5 MiB at least unless it is the last); returns its entity tag."""
        query = {"partNumber": str(number), "uploadId": upload}
        answer = await self._ask("PUT", key, query=query, body=body, payload=hashlib.sha256(body).hexdigest())
        return answer.headers.get("etag", "")

    async def complete_upload(self, key: str, upload: str, tags: Sequence[str]) -> None:
        """Make an object of the parts."""
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(tag)}</ETag></Part>"
            for number, tag in enumerate(tags, 1)
        )
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        query, payload = {"uploadId": upload}, hashlib.sha256(body).hexdigest()
        answer = await self._ask("POST", key, query=query, body=body, payload=payload)
        # The store answers 200 before it has tried, and says in the body how it went.
        if etree.QName(_parse(answer)).localname == "Error":
            raise StoreAway(f"the parts of {key} were refused: {_read_code(answer)}")

    async def abort_upload(self, key: str, upload: str) -> None:
        """Give up an upload in parts."""
        await self._ask("DELETE", key, query={"uploadId": upload}, missing=True)

    async def _list(self, query: Mapping[str, str], element: str) -> AsyncIterator[Listed]:
        more = dict(query)
        while True:
            root = _parse(await self._ask("GET", "", query=more))
            for line in root.iterfind(f"{{*}}{element}"):
                moment = _read_text(line, "LastModified" if element == "Contents" else "Initiated")
                yield Listed(
                    _read_text(line, "Key"), datetime.fromisoformat(moment), line.findtext("{*}UploadId") or ""
                )
            if root.findtext("{*}IsTruncated") != "true" or "max-keys" in query:
                return
            if element == "Contents":
                more["continuation-token"] = _read_text(root, "NextContinuationToken")
            else:
                more["key-marker"] = root.findtext("{*}NextKeyMarker") or ""
                more["upload-id-marker"] = root.findtext("{*}NextUploadIdMarker") or ""

    async def _ask(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        payload: str = EMPTY,
        most: int = _SMALL,
        missing: bool = False,
    ) -> Answer:
        """Send a request, again where that may help; every one of ours may be sent twice. Raises StoreAway."""
        url = f"{self._config.address}/{quote(key, safe='/-_.~')}"
        if query:
            url += "?" + write_query(query)
        failure = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(self._first_pause * 2 ** (attempt - 1))
            signed = sign_request(
                self._config.credentials,
                method=method,
                url=url,
                headers=headers or {},
                payload=payload,
                region=self._config.region,
                now=self._clock.now(),
            )
            try:
                answer = await self._client.request(
                    method, url, headers=signed, body=body, timeout=_TIMEOUT, max_bytes=max(most, _SMALL), trusted=True
                )
            except HeadwaterError as error:
                failure = str(error)
                continue
            if answer.status < 300 or (missing and answer.status == 404 and _read_code(answer) != "NoSuchBucket"):
                return answer
            failure = f"{answer.status} {_read_code(answer)}"
            if answer.status not in _PASSING:
                break
        raise StoreAway(f"{method} {url}: {failure}")


def _parse(answer: Answer) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(answer.body, parser)
    except etree.XMLSyntaxError as error:
        raise StoreAway(f"the answer is no XML: {error}") from error
    if root is None:
        raise StoreAway("the answer is empty")
    return root


def _read_text(element: etree._Element, name: str) -> str:
    found = element.findtext(f"{{*}}{name}")
    if found is None:
        raise StoreAway(f"the answer has no {name}")
    return str(found)


def _read_code(answer: Answer) -> str:
    try:
        return _parse(answer).findtext("{*}Code") or ""
    except StoreAway:
        return ""
