"""One request and its answer, over a session that connects to nothing but checked addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientError,
    ClientPayloadError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from multidict import CIMultiDictProxy
from yarl import URL

from headwater.kit.fetch.errors import FetchFailed
from headwater.kit.fetch.limits import Limits
from headwater.kit.fetch.urls.addresses import AddressPolicy
from headwater.kit.fetch.urls.resolve import GuardedResolver, Resolver
from headwater.kit.fetch.wire.body import drain_body, read_beginning, read_body

_LARGE = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request: the body decompressed, and its size on the wire."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    received: int


class Exchange:
    """Keeps one session, with its connections, under one address policy."""

    def __init__(self, *, resolver: Resolver, policy: AddressPolicy, limits: Limits, connections: int = 256) -> None:
        self.guard = GuardedResolver(resolver, policy)
        self._limits = limits
        self._connections = connections
        self._session: ClientSession | None = None
        self._timeout = ClientTimeout(
            total=None, connect=None, sock_connect=limits.connect_seconds, sock_read=limits.silence_seconds
        )

    async def send(
        self,
        method: str,
        url: URL,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        max_bytes: int,
        wants_body: Callable[[ClientResponse], bool],
        cuts: bool = False,
    ) -> Answer:
        """Send one request and read its answer, without following redirects. `cuts` takes the beginning of a long one.

        Raises:
            FetchFailed: `network`, `dns`, `timeout`, `too_large`, `not_text`, or BlockedAddress.
        """
        session = self._session or self._open()
        status: int | None = None
        # In pieces: a large body sent as one holds up the event loop.
        data = BytesIO(body) if body is not None and len(body) > _LARGE else body
        try:
            async with session.request(
                method, url, headers=headers, data=data, allow_redirects=False, timeout=self._timeout
            ) as answer:
                status = answer.status
                self._check_headers(answer)
                if wants_body(answer):
                    read = read_beginning if cuts else read_body
                    content, received = await read(answer, limits=self._limits, max_bytes=max_bytes, url=str(url))
                else:
                    content, received = b"", 0
                    await drain_body(answer)
                return Answer(answer.status, answer.headers, content, received)
        except (ClientError, OSError, TimeoutError) as error:
            failure = translate_failure(error, str(url))
            failure.http_status = status
            raise failure from error

    def _open(self) -> ClientSession:
        connector = TCPConnector(
            resolver=self.guard,
            use_dns_cache=True,
            ttl_dns_cache=60,
            limit=self._connections,
            keepalive_timeout=20,
            socket_factory=self.guard.open_socket,
        )
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=self._limits.header_line_bytes,
            max_field_size=self._limits.header_line_bytes,
            max_headers=self._limits.header_count,
            raise_for_status=False,
        )
        return self._session

    def _check_headers(self, answer: ClientResponse) -> None:
        if sum(len(name) + len(value) for name, value in answer.raw_headers) > self._limits.header_bytes:
            raise FetchFailed(
                "The header of the answer is too large.",
                kind="too_large",
                url=str(answer.url),
                http_status=answer.status,
            )

    async def close(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def translate_failure(error: BaseException, url: str) -> FetchFailed:
    """Return the failed fetch behind an error of aiohttp or the system."""
    kind: Any = "network"
    if isinstance(error, TimeoutError):
        return FetchFailed("The host took too long.", kind="timeout", url=url)
    if isinstance(error, ClientConnectorDNSError):
        return FetchFailed("The name of the host has no address.", kind="dns", url=url)
    if isinstance(error, (ClientConnectorCertificateError, ClientSSLError)):
        return FetchFailed("The host's certificate or encryption can't be trusted.", kind=kind, url=url)
    if isinstance(error, ClientResponseError):
        # The compiled parser of aiohttp tells its reasons apart by nothing but their texts.
        if error.message.startswith(("Got more than", "Too many headers")):
            return FetchFailed("The header of the answer is too large.", kind="too_large", url=url)
        return FetchFailed("The host's answer isn't HTTP.", kind=kind, url=url)
    if isinstance(error, ClientPayloadError):
        return FetchFailed("The answer broke off or is malformed.", kind=kind, url=url)
    if isinstance(error, InvalidURL):
        return FetchFailed("The address can't be asked for.", kind=kind, url=url)
    return FetchFailed("The host can't be reached, or the connection broke.", kind=kind, url=url)
