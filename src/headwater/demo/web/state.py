"""The state of the simulated web and the commands that change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from headwater.core.clock import now
from headwater.core.errors import InvalidInput, NotFound
from headwater.demo.web.catalogue import Listing
from headwater.demo.web.hazards import MODES
from headwater.demo.web.laying import build_pages, list_site
from headwater.demo.web.page import MATTERING, Change, Noise, Page
from headwater.demo.web.render import render_page
from headwater.demo.web.sites import SITES
from headwater.demo.web.text import PageText, Section, Site
from headwater.demo.web.traffic import Traffic, Visit
from headwater.kit.demo.control import Action
from headwater.kit.demo.loopback import HOST, Listener
from headwater.kit.demo.modes import Mode, ModeSwitch

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Changed:
    """A change that was made: what it was, when, and whether it means anything to a reader."""

    path: str
    change: str
    matters: bool
    at: datetime
    before: str
    after: str


class DemoWeb:
    """Every page of the simulated web, addressed as `/<site>/<path>`, with its changes, modes and visitors."""

    def __init__(self) -> None:
        self.port = 0
        self.sites: dict[str, Site] = {site.name: site for site in SITES}
        self.listeners: dict[str, Listener] = {}
        self.traffic = Traffic()
        self.further_actions: dict[str, Action] = {}
        self.pages: dict[str, Page] = {}
        self.changes: list[Changed] = []
        self._switches: dict[str, ModeSwitch] = {}
        self._redirects: dict[str, dict[str, tuple[int, str]]] = {}
        self._drawn: dict[tuple[str, str], tuple[int, str]] = {}
        self.reset()

    @property
    def url(self) -> str:
        """Return the address of the host that holds every site by path."""
        return f"http://{HOST}:{self.port}"

    @property
    def control_url(self) -> str:
        """Return the address of the control interface."""
        return self.url

    def page_url(self, path: str) -> str:
        """Return the URL of `/acme/pricing` on the shared host."""
        return f"{self.url}{path}"

    def host_url(self, site: str, path: str = "/") -> str:
        """Return the URL of a path on the site's own host, with its own robots.txt and pacing."""
        return f"http://{HOST}:{self.listeners[site].port}{path}"

    def change(self, path: str, change: Change, value: str | None = None, fact: str | None = None) -> Changed:
        """Change a page, in a way that matters or in one that does not. Raises NotFound, InvalidInput."""
        page = self._get_page(path)
        at = now()
        before, after = page.apply(change, at=int(at.timestamp()), value=value, fact=fact)
        made = Changed(path, change, change in MATTERING, at, before, after)
        self.changes.append(made)
        return made

    def edit_entry(self, path: str, slug: str, title: str | None = None, text: str | None = None) -> Changed:
        """Edit an entry of a journal, which keeps its identity; without title and text it falls off the list."""
        at = now()
        before, after = self._get_page(path).edit_entry(slug, at=int(at.timestamp()), title=title, text=text)
        made = Changed(path, "edit_entry", text is not None, at, before, after)
        self.changes.append(made)
        return made

    def set_feed_rhythm(self, path: str, ttl_minutes: int | None = None, skip_hours: list[int] | None = None) -> None:
        """Let the RSS feed of a journal say how long it stays fresh and at which hours (GMT) not to look."""
        page = self._get_page(path)
        if page.journal is None:
            raise InvalidInput(f"{path} is no journal", code="no_such_fact")
        page.journal = replace(page.journal, ttl_minutes=ttl_minutes, skip_hours=tuple(skip_hours or ()))
        page.modified = max(int(now().timestamp()), page.modified + 1)

    def set_live_noise(self, path: str, kinds: list[Noise]) -> list[str]:
        """Let those parts of a page move at every single request; such a page has no validators."""
        self._get_page(path).live_noise = frozenset(kinds)
        return sorted(kinds)

    def set_mode(self, path: str, mode: str, times: int | None = None, seconds: float | None = None) -> Mode:
        """Let a page (`/acme/pricing`) or a whole site (`/acme`) misbehave, for `times` requests or for ever."""
        switch = self._switches.setdefault(path, ModeSwitch(*MODES))
        return switch.set(mode, times=times, seconds=seconds)

    async def set_reachable(self, site: str, reachable: bool) -> None:
        """Let a site's own host refuse connections, or accept them again."""
        listener = self.listeners[site]
        await (listener.accept() if reachable else listener.refuse())

    def redirect(self, path: str, location: str, status: int = 301) -> None:
        """Move a page: from now on its address leads elsewhere."""
        site, _, rest = path.removeprefix("/").partition("/")
        self._redirects.setdefault(site, {})[f"/{rest}"] = (status, location)

    def count_requests(self) -> dict[str, int]:
        """Return the number of requests by path."""
        return dict(self.traffic.counts)

    def list_requests(self, path: str) -> list[Visit]:
        """Return the newest requests for a path with their headers, the oldest first."""
        return self.traffic.list_visits(path)

    async def wait_for_requests(self, path: str, count: int = 1, timeout: float = 5.0) -> list[Visit]:
        """Wait until a path was asked for that often. Raises TimeoutError."""
        return await self.traffic.wait_for(path, count=count, timeout=timeout)

    def list_changes(self) -> list[Changed]:
        """Return every change that was made, the oldest first."""
        return list(self.changes)

    def reset(self) -> None:
        """Put every page and mode back to its beginning and forget the visitors."""
        for switch in self._switches.values():
            switch.set("normal")
        self.traffic.reset()
        self.changes.clear()
        self._switches.clear()
        self._redirects.clear()
        self._drawn.clear()
        self.pages = {}
        written = int(now().timestamp()) // DAY * DAY - 3 * DAY
        for site in self.sites.values():
            self._build_site(site, written=written)

    def actions(self) -> Mapping[str, Action]:
        """Return what can be done from outside."""
        own: dict[str, Action] = {
            "change": self.change,
            "edit_entry": self.edit_entry,
            "set_feed_rhythm": self.set_feed_rhythm,
            "set_live_noise": self.set_live_noise,
            "set_mode": self.set_mode,
            "set_reachable": self.set_reachable,
            "redirect": self.redirect,
            "count_requests": self.count_requests,
            "list_requests": self.list_requests,
            "wait_for_requests": self.wait_for_requests,
            "list_changes": self.list_changes,
            "list_pages": self.list_catalogue,
            "reset": self.reset,
        }
        return {**own, **self.further_actions}

    def list_catalogue(self) -> list[Listing]:
        """Return the pages and feeds of the ordinary sites as a search engine would list them."""
        return [listing for site in self.sites.values() for listing in list_site(site, self.pages, home=self.url)]

    def list_pages(self, site: str) -> list[Page]:
        """Return the pages of one site."""
        return [page for address, page in self.pages.items() if address.startswith(f"/{site}/")]

    def find_page(self, site: Site, path: str) -> Page | None:
        """Find the page at a path of a site: one of its own, or the page of a journal's entry."""
        page = self.pages.get(f"/{site.name}{path}")
        if page is not None or site.journal is None or not path.startswith(f"{site.journal.page}/"):
            return page
        listing = self.pages[f"/{site.name}{site.journal.page}"]
        for entry in listing.list_entries():
            if path == f"{site.journal.page}/{entry.slug}":
                text = PageText(entry.title, (Section(f"By {entry.author}", (entry.text.replace("{", "{{"),)),))
                return Page(path=path, text=text, modified=listing.modified)
        return None

    def draw(self, page: Page, *, site: Site, prefix: str) -> str:
        """Return the HTML of a page for one request, drawn anew only where something has moved."""
        if page.live_noise:
            page.views += 1
            noise = {**page.noise, **{kind: page.noise[kind] + page.views for kind in page.live_noise}}
            return render_page(page, site=site, prefix=prefix, noise=noise)
        key = (f"{site.name}{page.path}", prefix)
        drawn = self._drawn.get(key)
        if drawn is None or drawn[0] != page.modified:
            drawn = (page.modified, render_page(page, site=site, prefix=prefix, noise=page.noise))
            self._drawn[key] = drawn
        return drawn[1]

    def find_redirects(self, site: str) -> Mapping[str, tuple[int, str]]:
        """Return the redirects that were set by command for a site."""
        return self._redirects.get(site, {})

    def has_mode(self, address: str) -> bool:
        """Say whether a page has a mode of its own, whatever its site has."""
        return address in self._switches and self._switches[address].name != "normal"

    def take_mode(self, address: str) -> tuple[Mode, ModeSwitch]:
        """Return the mode of one request, counted, and the switch it is from: the page's own, else the site's."""
        own = self.has_mode(address)
        switch = self._switches[address] if own else self._switches["/" + address.split("/")[1]]
        return switch.take(), switch

    def _get_page(self, path: str) -> Page:
        page = self.pages.get(path)
        if page is None:
            raise NotFound(f"there is no page {path}", code="unknown_page", hint=", ".join(self.pages))
        return page

    def _build_site(self, site: Site, *, written: int) -> None:
        self.pages |= build_pages(site, written=written)
        switch = self._switches.setdefault(f"/{site.name}", ModeSwitch(*MODES))
        switch.set(site.mode, times=site.mode_times, seconds=site.mode_seconds)
        for path, mode in site.page_modes.items():
            self.set_mode(f"/{site.name}{path}", mode)
