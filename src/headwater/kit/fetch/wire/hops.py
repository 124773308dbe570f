"""Redirects: from the address that was asked for to the one that answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from yarl import URL

from headwater.kit.fetch.errors import BlockedAddress, FetchFailed
from headwater.kit.fetch.urls.addresses import Target, resolve_reference
from headwater.kit.fetch.wire.cookies import TrailCookies
from headwater.kit.fetch.wire.exchange import Answer

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Hop:
    """A checked target with what every request to it needs, worked out once."""

    target: Target
    url: URL
    #: By which pacing, breaker and slots tell hosts apart.
    host: str
    #: By which robots.txt and credentials are kept apart.
    origin: str

    @classmethod
    def of(cls, target: Target) -> Hop:
        """Return the hop to `target`."""
        url = URL(target.url, encoded=True)
        if (url.raw_host or "") != target.host.strip("[]") or url.port != target.port:
            # Two readings of one address are how guards are passed: what is connected to must be what was checked.
            raise BlockedAddress("This is no address that can be fetched.", reason="malformed", url=target.url)
        return cls(target, url, target.authority, target.origin)


@dataclass
class Trail:
    """The hops of one fetch so far."""

    hop: Hop
    max_redirects: int
    #: When the first request was sent, in seconds of the process.
    started: float | None = None
    passed: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    cookies: TrailCookies = field(default_factory=TrailCookies)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def find_location(self, answer: Answer) -> str | None:
        """Return where `answer` redirects to, or None where it doesn't."""
        if answer.status not in _REDIRECTS:
            return None
        location = answer.headers.get("Location")
        if location is None:
            return None
        raw = location.encode("utf-8", "surrogateescape")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        try:
            return resolve_reference(self.hop.target.url, text)
        except ValueError:
            raise BlockedAddress(
                "This is no address that can be fetched.", reason="malformed", url=text[:200]
            ) from None

    def advance(self, following: Hop, answer: Answer) -> None:
        """Go to the next hop, where `answer` redirected to.

        Raises:
            FetchFailed: `redirect_loop`, the page was seen already or the redirects are too many.
        """
        status = answer.status
        self.passed.append(self.hop.target.url)
        self.statuses.append(status)
        # The same address with another cookie is another request: so hosts find out whether cookies come back.
        self._seen.add((self.hop.target.url, self.cookie))
        self.cookies.take(self.hop.origin, answer.headers.getall("Set-Cookie", ()))
        self.hop = following
        if (following.target.url, self.cookie) in self._seen or len(self.passed) > self.max_redirects:
            raise FetchFailed(
                "The page redirects in a circle or too often.",
                kind="redirect_loop",
                url=following.target.url,
                http_status=status,
            )

    @property
    def cookie(self) -> str:
        """Return the Cookie header for the present hop, or the empty text."""
        return self.cookies.give(self.hop.origin)

    @property
    def moved_to(self) -> str | None:
        """Return the address to remember where every redirect was permanent."""
        if self.statuses and all(status in _PERMANENT for status in self.statuses):
            return self.hop.target.url
        return None
