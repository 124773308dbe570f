"""robots.txt as RFC 9309 says: read once a day for each scheme, host and port, and obeyed.

Protego matches the paths (longest match, Allow wins ties, `*` and `$`); which group is ours is decided here, because
Protego also takes groups whose name merely begins like our product token.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from protego import Protego

from headwater.core.clock import Clock
from headwater.core.moments import read_seconds
from headwater.kit.controls import SharedCache
from headwater.kit.controls.recent import Recent
from headwater.kit.fetch.errors import FetchFailed

#: RFC 9309 §2.5 asks for at least 500 KiB; what stands beyond is not read.
MAX_BYTES = 500 * 1024
#: RFC 9309 §2.4.
KEPT_SECONDS = 24 * 3_600.0
_LONGEST_DELAY = 3_600.0
_LINES = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_THREAD_ABOVE = 32 * 1024
_NAMES = frozenset({"user-agent", "useragent", "user agent"})
#: What a rule line may begin with, slips of the pen included, and what it means.
_RULES = {
    "allow": "allow",
    "disallow": "disallow",
    "crawl-delay": "crawl-delay",
    **dict.fromkeys(("dissallow", "dissalow", "disalow", "diasllow", "disallaw"), "disallow"),
}


@dataclass(slots=True)
class RobotsRules:
    """What one origin's robots.txt says to us."""

    crawl_delay: float = 0.0
    parser: Protego | None = None
    _decided: dict[str, bool] = field(default_factory=dict)

    def allows(self, path: str) -> bool:
        """Say whether `path` (with its query) may be fetched."""
        if self.parser is None or path == "/robots.txt":
            return True
        decided = self._decided.get(path)
        if decided is None:
            if len(self._decided) >= 2_048:
                self._decided.clear()
            decided = self._decided[path] = bool(self.parser.can_fetch(f"http://host{path}", "*"))
        return decided


def make_rules(group: list[str]) -> RobotsRules:
    """Return the rules that the lines of our group mean."""
    if not group:
        return RobotsRules()
    parser = Protego.parse("\n".join(("User-agent: *", *group)))
    return RobotsRules(crawl_delay=min(parser.crawl_delay("*") or 0.0, _LONGEST_DELAY), parser=parser)


def select_group(text: str, *, token: str) -> list[str]:
    """Return the rule lines of all groups for `token`, or of those for `*` where none names it (RFC 9309 §2.2.1)."""
    ours = token.lower()
    groups: dict[str, list[str]] = {}
    # Of the agents that the group names, those that may be us: a file may name tens of thousands.
    named: set[str] = set()
    is_naming = False
    for line in _LINES.split(text.removeprefix("\ufeff")):
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or not name:
            continue
        if name in _NAMES:
            named = (named if is_naming else set()) | ({_read_token(value)} & {ours, "*"})
            is_naming = True
            for agent in named:
                groups.setdefault(agent, [])
        elif name in _RULES:
            is_naming = False
            for agent in named:
                groups[agent].append(f"{_RULES[name]}: {value}")
    return groups[ours] if ours in groups else groups.get("*", [])


def _read_token(value: str) -> str:
    """Return the product token of a User-agent line; a version or comment after it means nothing."""
    if value.startswith("*"):
        return "*"
    found = _TOKEN.match(value)
    return found.group().lower() if found else ""


@dataclass(frozen=True, slots=True)
class _Record:
    rules: RobotsRules
    read_at: float


class RobotsKeeper:
    """Reads, keeps and shares robots.txt. The shared cache holds only the lines that concern us."""

    def __init__(
        self,
        load: Callable[[str], Awaitable[tuple[int, bytes]]],
        *,
        token: str,
        cache: SharedCache,
        clock: Clock,
        max_origins: int = 4_096,
    ) -> None:
        """Take `load`, which gives status and body of the robots.txt of an origin or raises FetchFailed."""
        self._load = load
        self._token = token
        self._cache = cache
        self._clock = clock
        self._records: Recent[_Record] = Recent(max_origins)
        self._reading: dict[str, asyncio.Lock] = {}

    def peek(self, origin: str) -> RobotsRules | None:
        """Return the rules of `origin` if they are at hand and fresh."""
        record = self._records.get(origin)
        if record is None or read_seconds(self._clock) - record.read_at >= KEPT_SECONDS:
            return None
        return record.rules

    async def read(self, origin: str) -> RobotsRules:
        """Return the rules of `origin`.

        Raises:
            FetchFailed: it can't be reached or answers 5xx, which forbids everything for now (RFC 9309 §2.3.1.4).
        """
        lock = self._reading.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                return self.peek(origin) or await self._find(origin)
        finally:
            if not lock.locked():
                self._reading.pop(origin, None)

    async def _find(self, origin: str) -> RobotsRules:
        kept = await self._cache.get_json(origin)
        moment = self._clock.now().timestamp()
        if isinstance(kept, dict) and 0 <= moment - kept["at"] < KEPT_SECONDS:
            return self._keep(origin, make_rules(kept["group"]), age=moment - kept["at"])
        status, body = await self._load(origin)
        group: list[str] = []
        if status >= 500:
            raise FetchFailed(
                "The host's robots.txt can't be read, so nothing may be fetched for now.",
                kind="server_error",
                url=f"{origin}/robots.txt",
                http_status=status,
            )
        if 200 <= status < 300:
            text = body[:MAX_BYTES].decode("utf-8", "replace")
            group = (
                await asyncio.to_thread(select_group, text, token=self._token)
                if (len(text) > _THREAD_ABOVE)
                else select_group(text, token=self._token)
            )
        await self._cache.set_json(origin, {"at": moment, "group": group}, ttl_seconds=KEPT_SECONDS)
        return self._keep(origin, make_rules(group), age=0.0)

    def _keep(self, origin: str, rules: RobotsRules, *, age: float) -> RobotsRules:
        return self._records.put(origin, _Record(rules, read_seconds(self._clock) - age)).rules
