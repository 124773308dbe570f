"""HTTP client with a guard against SSRF, limits, pacing for each host and robots.txt."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import orjson
from aiohttp import ClientResponse
from multidict import CIMultiDict

from headwater.core.clock import Clock, SystemClock, monotonic
from headwater.core.settings import Settings
from headwater.kit.controls import SharedCache, SharedState
from headwater.kit.controls.recent import Recent
from headwater.kit.fetch.errors import FetchFailed, UnknownHost
from headwater.kit.fetch.limits import Limits
from headwater.kit.fetch.measures import count_outcome
from headwater.kit.fetch.politeness.gate import HostGate
from headwater.kit.fetch.politeness.pacing import Pace
from headwater.kit.fetch.politeness.robots import RobotsKeeper
from headwater.kit.fetch.responses import Response, Validators
from headwater.kit.fetch.urls.addresses import AddressPolicy, Target, check_url
from headwater.kit.fetch.urls.resolve import Resolver, SystemResolver, check_target
from headwater.kit.fetch.visits import FetchOptions, Visitor
from headwater.kit.fetch.wire.decoders import ACCEPT_ENCODING
from headwater.kit.fetch.wire.exchange import Exchange
from headwater.kit.fetch.wire.headers import check_headers
from headwater.kit.fetch.wire.hops import Hop, Trail

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5"


class Fetcher:
    """Fetches pages and calls APIs. One a process; it keeps connections, robots.txt and turns at hosts."""

    def __init__(
        self,
        *,
        user_agent: str,
        policy: AddressPolicy | None = None,
        limits: Limits | None = None,
        shared: SharedState | None = None,
        clock: Clock | None = None,
        resolver: Resolver | None = None,
        host_interval_seconds: float = 1.0,
        max_at_once_per_host: int = 2,
    ) -> None:
        """Take the User-Agent with a contact URL; its first word is the product token for robots.txt."""
        self._clock = clock or SystemClock()
        self._limits = limits or Limits()
        self._policy = policy or AddressPolicy()
        self._resolver = resolver or SystemResolver()
        self._exchange = Exchange(resolver=self._resolver, policy=self._policy, limits=self._limits)
        # Connections to what the operator trusts must never serve an address that a user gave, so they stand apart.
        self._trusting = AddressPolicy(trusts_everything=True)
        self._trusted = Exchange(resolver=self._resolver, policy=self._trusting, limits=self._limits)
        self._gate = HostGate(
            shared,
            clock=self._clock,
            interval_seconds=host_interval_seconds,
            max_at_once=max_at_once_per_host,
            max_wait_seconds=self._limits.pace_wait_seconds,
            slot_wait_seconds=self._limits.slot_wait_seconds,
        )
        self._headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPT_ENCODING}
        self._hops: Recent[Hop] = Recent(8_192)
        self._visitor = Visitor(
            exchange=self._exchange,
            gate=self._gate,
            robots=RobotsKeeper(
                self._load_robots,
                token=user_agent.partition("/")[0].strip(),
                cache=SharedCache(shared, room="robots", clock=self._clock),
                clock=self._clock,
            ),
            clock=self._clock,
        )

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        shared: SharedState | None = None,
        clock: Clock | None = None,
        resolver: Resolver | None = None,
        limits: Limits | None = None,
    ) -> Self:
        """Open a fetcher as the settings say."""
        return cls(
            user_agent=settings.fetch_user_agent,
            policy=AddressPolicy.allowing(settings.fetch_allowed_hosts),
            limits=limits,
            shared=shared,
            clock=clock,
            resolver=resolver,
            host_interval_seconds=settings.fetch_host_interval_seconds,
        )

    async def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        headers: Mapping[str, str] | None = None,
        pace: Pace = "wait",
        robots: bool = True,
        text_only: bool = True,
        max_bytes: int | None = None,
        timeout: float | None = None,
    ) -> Response:
        """GET a page of the public web, following redirects; returns 2xx, or 304 where `validators` were sent.

        `headers` are added to ours and replace them; credentials among them stay with the origin of `url`.

        `pace`: `wait` sleeps until it is our turn at the host, `refuse` raises `paced` with `retry_after` instead (and
        waits only moments for a free slot),
        `none` skips pacing (after `reserve`, or for somebody who waits in person). `text_only` refuses other bodies;
        `max_bytes` and `timeout` (seconds) replace the caps of the limits.

        Raises:
            FetchFailed: see its kinds. BlockedAddress: the address, or one that it redirects to, isn't public.
            InvalidInput: code `invalid_header`.
        """
        options = FetchOptions(
            headers=_merge(self._headers, check_headers(headers), validators.as_headers() if validators else {}),
            is_conditional=bool(validators),
            pace=pace,
            robots=robots,
            text_only=text_only,
            max_bytes=max_bytes or self._limits.body_bytes,
        )
        started = monotonic()
        trail = Trail(self._prepare(url), max_redirects=self._limits.redirects)
        try:
            response = await self._follow(trail, options, timeout or self._limits.total_seconds)
        except FetchFailed as error:
            count_outcome(error.kind, seconds=monotonic() - (trail.started or started))
            raise
        seconds = monotonic() - (trail.started or started)
        count_outcome("not_modified" if response.status == 304 else "ok", seconds=seconds, received=response.bytes)
        return response

    async def _follow(self, trail: Trail, options: FetchOptions, seconds: float) -> Response:
        permit = await self._visitor.enter(trail.hop, options)
        try:
            async with asyncio.timeout(None) as scope:
                while True:
                    async with self._gate.slots.hold(trail.hop.host):
                        if trail.started is None:
                            trail.started = monotonic()
                            scope.reschedule(asyncio.get_running_loop().time() + seconds)
                        answer = await self._visitor.visit(trail.hop, permit, options, cookie=trail.cookie)
                    location = trail.find_location(answer)
                    if location is None:
                        return self._visitor.conclude(trail, answer, options)
                    before = trail.hop
                    trail.advance(self._prepare(location), answer)
                    options = options.without_secrets() if trail.hop.origin != before.origin else options
                    is_same_host = trail.hop.host == before.host
                    # One page is one turn: only another host has to be waited for.
                    permit = await self._visitor.enter(
                        trail.hop, replace(options, pace="none" if is_same_host or options.pace == "none" else "wait")
                    )
        except TimeoutError:
            await self._gate.record(trail.hop.host, permit, "timeout")
            raise FetchFailed("The host took too long.", kind="timeout", url=trail.hop.target.url) from None

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        json: Any = None,
        timeout: float | None = None,
        max_bytes: int | None = None,
        trusted: bool = False,
    ) -> Response:
        """Call an API or webhook: one request, any status is an answer, redirects are not followed.

        The address is guarded as in `fetch`, unless it is `trusted`: configured by the operator, never given by a
        user. Time (seconds) and size are capped either way; there is no pacing, no robots.txt, no breaker.

        Raises:
            FetchFailed: `network`, `dns`, `timeout`, `too_large`. BlockedAddress: the address isn't public.
            InvalidInput: code `invalid_header`.
        """
        exchange, policy = (self._trusted, self._trusting) if trusted else (self._exchange, self._policy)
        hop = Hop.of(check_url(url, policy))
        ours = {"User-Agent": self._headers["User-Agent"], "Accept-Encoding": ACCEPT_ENCODING}
        if json is not None:
            ours["Content-Type"] = "application/json"
            body = orjson.dumps(json)
        started = monotonic()
        exchange.guard.admit_target(hop.target)
        try:
            async with asyncio.timeout(timeout or self._limits.total_seconds):
                answer = await exchange.send(
                    method.upper(),
                    hop.url,
                    headers=_merge(ours, check_headers(headers)),
                    body=body,
                    max_bytes=max_bytes or self._limits.body_bytes,
                    wants_body=_always,
                )
        except TimeoutError:
            raise FetchFailed("The host took too long.", kind="timeout", url=hop.target.url) from None
        return Response(
            url=url,
            url_final=hop.target.url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            elapsed_ms=(monotonic() - started) * 1000,
            bytes=answer.received,
        )

    async def check_public(self, url: str) -> Target:
        """Check an address as `fetch` would, resolving its name, but fetch nothing.

        Raises:
            BlockedAddress: it isn't public. UnknownHost: the name has no address.
        """
        target = check_url(url, self._policy)
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                await check_target(target, self._resolver, self._policy)
        except OSError:
            raise UnknownHost(url=target.url) from None
        return target

    async def reserve(self, host: str) -> float:
        """Take our turn at `host` (`Target.authority`) if it is now: 0.0, then fetch with `pace="none"`.

        Otherwise gives the seconds after which to come back; everyone sent away is given a moment of their own.
        """
        return await self._gate.reserve(host)

    async def close(self) -> None:
        """Close every connection."""
        await self._exchange.close()
        await self._trusted.close()
        await self._exchange.guard.close()

    def _prepare(self, url: str) -> Hop:
        hop = self._hops.get(url)
        if hop is None:
            hop = self._hops.put(url, Hop.of(check_url(url, self._policy)))
            self._exchange.guard.admit_target(hop.target)
        return hop

    async def _load_robots(self, origin: str) -> tuple[int, bytes]:
        return await self._visitor.load_robots(self._prepare, origin, self._headers)


def _merge(*parts: Mapping[str, str]) -> CIMultiDict[str]:
    """Return all headers; a later one replaces an earlier one of the same name in any case."""
    merged: CIMultiDict[str] = CIMultiDict()
    for part in parts:
        merged.update(part)
    return merged


def _always(_: ClientResponse) -> bool:
    return True
