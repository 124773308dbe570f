"""Carries the requests of vendors' libraries through `kit.fetch`, so that their time and size are capped as all are."""

from __future__ import annotations

import httpx2

from headwater.kit.fetch import Fetcher, FetchFailed

_MAX_BYTES = 8 * 1024 * 1024
_LONGEST_SECONDS = 300.0
_USER_AGENT = "Headwater/0.1"
# The fetcher measures and decodes the body itself, so what was said of the sent form doesn't hold any more.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})
_SET_BY_THE_FETCHER = frozenset({"host", "content-length", "connection", "accept-encoding", "transfer-encoding"})


class FetcherTransport(httpx2.AsyncBaseTransport):
    """A transport of httpx2 that asks the fetcher; without one it opens and closes its own.

    The addresses are the operator's own, so private ones are allowed.
    """

    def __init__(self, fetcher: Fetcher | None = None) -> None:
        self._own = None if fetcher else Fetcher(user_agent=_USER_AGENT)
        self._fetcher = fetcher or self._own

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and read its answer whole."""
        if self._fetcher is None:
            raise httpx2.ConnectError("The transport is closed.", request=request)
        timeouts = [value for value in request.extensions.get("timeout", {}).values() if value is not None]
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _SET_BY_THE_FETCHER}
        try:
            answer = await self._fetcher.request(
                request.method,
                str(request.url),
                headers=headers,
                body=await request.aread(),
                timeout=max(timeouts, default=_LONGEST_SECONDS),
                max_bytes=_MAX_BYTES,
                trusted=True,
            )
        except FetchFailed as error:
            kind = httpx2.ReadTimeout if error.kind == "timeout" else httpx2.ConnectError
            raise kind(error.message, request=request) from error
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _OF_THE_WIRE]
        return httpx2.Response(answer.status, headers=kept, content=answer.body, request=request)

    async def aclose(self) -> None:
        """Close what this opened."""
        if self._own is not None:
            await self._own.close()
        self._own = self._fetcher = None
