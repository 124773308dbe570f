"""One hop of a fetch: admitted, allowed by robots.txt, sent, and what came back recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from aiohttp import ClientResponse
from multidict import CIMultiDict

from headwater.core.clock import Clock, monotonic
from headwater.kit.controls import Permit
from headwater.kit.fetch.errors import BlockedAddress, FetchFailed
from headwater.kit.fetch.politeness.gate import HostGate
from headwater.kit.fetch.politeness.pacing import Pace
from headwater.kit.fetch.politeness.robots import MAX_BYTES, RobotsKeeper, RobotsRules
from headwater.kit.fetch.responses import Response
from headwater.kit.fetch.wire.exchange import Answer, Exchange
from headwater.kit.fetch.wire.hops import Hop, Trail
from headwater.kit.fetch.wire.retry_after import read_retry_after
from headwater.kit.fetch.wire.statuses import check_status
from headwater.kit.text.sniff import looks_like_text, may_be_text, read_media_type

_SECRETS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
_HELD_BY_DEFAULT_SECONDS = 30.0
_ROBOTS_REDIRECTS = 5


@dataclass(frozen=True)
class FetchOptions:
    """Options of one fetch."""

    headers: Mapping[str, str]
    is_conditional: bool
    pace: Pace
    robots: bool
    text_only: bool
    max_bytes: int

    def without_secrets(self) -> FetchOptions:
        """Return the same options for another origin, which is none of the credentials' business."""
        return replace(
            self, headers={name: value for name, value in self.headers.items() if name.lower() not in _SECRETS}
        )

    def with_cookie(self, cookie: str) -> Mapping[str, str]:
        """Return the headers with a cookie that the host set, unless the caller sent one."""
        names = {name.lower() for name in self.headers}
        return self.headers if "cookie" in names else CIMultiDict([*self.headers.items(), ("Cookie", cookie)])


class Visitor:
    """Goes to one hop at a time."""

    def __init__(self, *, exchange: Exchange, gate: HostGate, robots: RobotsKeeper, clock: Clock) -> None:
        self._exchange = exchange
        self._gate = gate
        self._robots = robots
        self._clock = clock

    async def enter(self, hop: Hop, options: FetchOptions) -> Permit:
        """Wait for the turn at the hop's host, unless robots.txt is known to forbid the page anyway.

        Raises:
            FetchFailed: `robots`, `paced` or `host_down`.
        """
        rules = self._robots.peek(hop.origin) if options.robots else None
        if rules is not None:
            _require_allowed(rules, hop)
        delay = rules.crawl_delay if rules is not None else 0.0
        return await self._gate.admit(hop.host, pace=options.pace, crawl_delay=delay, url=hop.target.url)

    async def visit(self, hop: Hop, permit: Permit, options: FetchOptions, *, cookie: str = "") -> Answer:
        """Ask for the page of `hop`, with what cookie it set before, and record how it went."""
        try:
            if options.robots and self._robots.peek(hop.origin) is None:
                rules = await self._robots.read(hop.origin)
                if rules.crawl_delay:
                    await self._gate.hold(hop.host, rules.crawl_delay)
                _require_allowed(rules, hop)
            answer = await self._exchange.send(
                "GET",
                hop.url,
                headers=options.with_cookie(cookie) if cookie else options.headers,
                max_bytes=options.max_bytes,
                wants_body=lambda response: _wants_body(response, options, hop),
            )
        except FetchFailed as error:
            await self._gate.record(hop.host, permit, error.kind)
            raise
        await self._note(hop, permit, answer)
        return answer

    async def _note(self, hop: Hop, permit: Permit, answer: Answer) -> None:
        await self._gate.record(hop.host, permit, "server_error" if answer.status >= 500 else None)
        if answer.status in {429, 503}:
            seconds = self._read_retry_after(answer)
            if seconds is None and answer.status == 429:
                seconds = _HELD_BY_DEFAULT_SECONDS
            if seconds:
                await self._gate.hold(hop.host, seconds)

    def conclude(self, trail: Trail, answer: Answer, options: FetchOptions) -> Response:
        """Return the response at the end of the trail.

        Raises:
            FetchFailed: the status is no success, or the body is no text where text was wanted.
        """
        url = trail.hop.target.url
        check_status(
            answer.status,
            url=url,
            retry_after=self._read_retry_after(answer) if answer.status >= 400 else None,
            is_conditional=options.is_conditional,
        )
        if options.text_only and answer.body and not looks_like_text(answer.body):
            raise FetchFailed("The page is no text.", kind="not_text", url=url, http_status=answer.status)
        return Response(
            url=(trail.passed or [url])[0],
            url_final=url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            redirects=tuple(trail.passed),
            elapsed_ms=(monotonic() - (trail.started or monotonic())) * 1000,
            bytes=answer.received,
            moved_to=trail.moved_to,
        )

    async def load_robots(
        self, prepare: Callable[[str], Hop], origin: str, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Return status and body of the robots.txt of `origin`, redirects followed.

        Raises:
            FetchFailed: it can't be reached, or leads to an address that may not be fetched (`robots`).
            BlockedAddress: the origin itself may not be fetched.
        """
        trail = Trail(prepare(f"{origin}/robots.txt"), max_redirects=_ROBOTS_REDIRECTS)
        is_redirected = False
        try:
            while True:
                answer = await self._exchange.send(
                    "GET",
                    trail.hop.url,
                    headers=headers,
                    max_bytes=MAX_BYTES,
                    wants_body=lambda response: response.status < 300,
                    cuts=True,
                )
                if answer.status in {429, 503}:
                    await self._gate.hold(trail.hop.host, self._read_retry_after(answer) or _HELD_BY_DEFAULT_SECONDS)
                location = trail.find_location(answer)
                if location is None:
                    return answer.status, answer.body
                is_redirected = True
                trail.advance(prepare(location), answer)
        except BlockedAddress as error:
            if not is_redirected:
                raise
            raise FetchFailed(
                "The host's robots.txt leads to an address that may not be fetched.",
                kind="robots",
                url=error.url,
            ) from None
        except FetchFailed as error:
            if error.kind == "redirect_loop":
                # RFC 9309 §2.3.1.2: after five redirects it counts as unavailable, as a 404 does.
                return 404, b""
            raise

    def _read_retry_after(self, answer: Answer) -> float | None:
        return read_retry_after(answer.headers, now=self._clock.now())


def _wants_body(response: ClientResponse, options: FetchOptions, hop: Hop) -> bool:
    if not 200 <= response.status < 300:
        return False
    if options.text_only and not may_be_text(read_media_type(response.headers.get("Content-Type"))[0]):
        raise FetchFailed("The page is no text.", kind="not_text", url=hop.target.url, http_status=response.status)
    return True


def _require_allowed(rules: RobotsRules, hop: Hop) -> None:
    if not rules.allows(hop.target.path):
        raise FetchFailed("The host's robots.txt asks not to fetch this page.", kind="robots", url=hop.target.url)
