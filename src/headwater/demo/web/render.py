"""Draws a page as the web would: navigation, cookie banner, adverts, scripts and, somewhere among them, the text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from headwater.demo.web.page import Page
from headwater.demo.web.text import Section, Site

ADVERTS = (
    "Sleep better on a Cloudline mattress: 30 nights free",
    "Learn Portuguese in ten minutes a day with Palavra",
    "Ships today: the K7 mechanical keyboard, now $89",
    "Your team deserves better coffee. Try Roastery Direct",
    "Payroll in 4 clicks. Ledgerly is free for the first month",
)


def render_page(page: Page, *, site: Site, prefix: str, noise: Mapping[str, int]) -> str:
    """Return the HTML of a page; `prefix` stands before the links of the site, `noise` counts what merely moves."""
    look = _Look(site=site, prefix=prefix, noise=noise, path=page.path)
    facts = {name: page.find_fact(name) for name in page.text.facts}
    sections = [section for section in page.text.sections if section.heading not in page.removed]
    body = "\n".join(look.draw_section(section, facts) for section in sections)
    body += "".join(f"\n<p>{escape(paragraph)}</p>" for paragraph in page.added)
    return look.draw_document(
        title=page.text.title, body=body + look.draw_journal(page), journal=page.journal is not None
    )


def list_plain_text(page: Page) -> list[str]:
    """Return the paragraphs of a page as plain text, without any of what surrounds them."""
    facts = {name: page.find_fact(name) for name in page.text.facts}
    lines: list[str] = [page.text.title]
    for section in page.text.sections:
        if section.heading in page.removed:
            continue
        lines.append(section.heading)
        lines += [_choose_wording(paragraph, 0).format_map(facts) for paragraph in section.paragraphs]
        lines += [item.format_map(facts) for item in section.items]
        lines += [" ".join(row).format_map(facts) for row in section.rows]
    return lines + page.added + [f"{entry.title}: {entry.text}" for entry in page.list_entries()]


class _Look:
    """How the pages of one site look at one request."""

    def __init__(self, *, site: Site, prefix: str, noise: Mapping[str, int], path: str) -> None:
        self._site = site
        self._prefix = prefix
        self._noise = noise
        self._path = path
        # A build step renames classes and wraps blocks anew: the markup moves and not a word of the text.
        self._build = _mix(site.name, "markup", self._count("markup"))[:5]
        self._wraps = self._count("markup") % 2 == 1

    def draw_section(self, section: Section, facts: Mapping[str, str]) -> str:
        """Draw a heading with its paragraphs, list and table."""
        parts = [f"<h2>{escape(section.heading)}</h2>"]
        for paragraph in section.paragraphs:
            wording = _choose_wording(paragraph, self._count("paraphrase")).format_map(facts)
            parts.append(f'<p class="c-{self._build}-text">{escape(wording)}</p>')
        if section.items:
            items = self._order([item.format_map(facts) for item in section.items])
            parts.append("<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>")
        if section.rows:
            head, *rows = [[escape(cell.format_map(facts)) for cell in row] for row in section.rows]
            lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
            title = "<tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"
            parts.append(
                f'<table class="c-{self._build}-grid"><thead>{title}</thead><tbody>{"".join(lines)}</tbody></table>'
            )
        inner = "\n".join(parts)
        section_html = f'<section class="c-{self._build}-block">\n{inner}\n</section>'
        return f'<div data-v="{self._build}"><div>{section_html}</div></div>' if self._wraps else section_html

    def draw_journal(self, page: Page) -> str:
        """Draw the entries of a journal, the newest first."""
        if page.journal is None:
            return ""
        link = f"{self._prefix}{page.journal.page}"
        return "".join(
            f'\n<article class="c-{self._build}-entry"><h3><a href="{link}/{entry.slug}">{escape(entry.title)}</a></h3>'
            f'<time datetime="{entry.published}">{entry.published[:10]}</time><p>{escape(entry.text)}</p></article>'
            for entry in page.list_entries()
        )

    def draw_document(self, *, title: str, body: str, journal: bool) -> str:
        """Put the text into the site's frame."""
        return (
            f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)} | '
            f"{escape(self._site.title)}</title>\n"
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<meta name="csrf-token" content="{_mix(self._path, "token", self._count("token"))}">\n'
            f"{self._draw_feed_links() if self._site.journal else ''}"
            f'<link rel="stylesheet" href="{self._prefix}/assets/site.{self._build}.css">\n'
            f"<style>.c-{self._build}-text{{line-height:1.5}}</style>\n"
            f"<script>window.__build='{self._build}';window.dataLayer=[{{page:'{self._path}'}}];</script></head>\n"
            f'<body class="c-{self._build}-page">\n{self._draw_banner()}\n{self._draw_header()}\n'
            f'<div class="ad-slot" role="complementary"><p>{escape(self._advert(0))}</p></div>\n'
            f"<main>\n<h1>{escape(title)}</h1>\n{body}\n{self._draw_form() if not journal else ''}\n</main>\n"
            f'<aside class="sidebar ads"><h4>Sponsored</h4><p>{escape(self._advert(1))}</p></aside>\n'
            f"{self._draw_footer()}\n<script>/* analytics {self._build} */</script>\n</body>\n</html>\n"
        )

    def _draw_feed_links(self) -> str:
        journal = self._site.journal
        if journal is None:
            return ""
        return (
            f'<link rel="alternate" type="application/rss+xml" title="RSS" href="{self._prefix}{journal.rss}">\n'
            f'<link rel="alternate" type="application/atom+xml" title="Atom" href="{self._prefix}{journal.atom}">\n'
        )

    def _draw_banner(self) -> str:
        return (
            f'<div id="cookie-banner" class="cookie-consent c-{self._build}-bar" role="dialog"><p>We use cookies to '
            "improve your experience and to measure our audience.</p><button>Accept all</button>"
            "<button>Reject</button></div>"
        )

    def _draw_header(self) -> str:
        pages = [path for path in self._site.pages if path != "/" and path.count("/") == 1]
        links = "".join(
            f'<li><a href="{self._prefix}{path}">{escape(self._site.pages[path].title)}</a></li>' for path in pages
        )
        return (
            f'<header><a class="logo" href="{self._prefix}/">{escape(self._site.title)}</a><nav><ul>{links}</ul></nav>'
            f'<form role="search" action="{self._prefix}/search"><input name="q" placeholder="Search"></form></header>'
        )

    def _draw_form(self) -> str:
        token = _mix(self._path, "form", self._count("token"))
        return (
            f'<form method="post" action="{self._prefix}/subscribe"><input type="hidden" name="_csrf" value="{token}">'
            '<label>Your e-mail <input type="email" name="email"></label><button>Subscribe</button></form>'
        )

    def _draw_footer(self) -> str:
        clock, visitors = self._count("clock"), 1204 + 17 * self._count("counters")
        time = f"{9 + clock // 60 % 12:02d}:{clock % 60:02d}:{clock * 7 % 60:02d}"
        return (
            f'<footer><p class="stats">Page generated at {time} UTC in'
            f" {12 + clock % 9} ms. {visitors} people viewed this page today.</p>"
            f"<p>© 2026 {escape(self._site.title)}. All rights reserved.</p>"
            f'<ul><li><a href="{self._prefix}/privacy">Privacy</a></li>'
            f'<li><a href="{self._prefix}/terms">Terms</a></li>'
            f'<li><a href="{self._prefix}/contact">Contact</a></li></ul></footer>'
        )

    def _advert(self, place: int) -> str:
        return ADVERTS[(self._count("adverts") + place * 2) % len(ADVERTS)]

    def _order(self, items: Sequence[str]) -> list[str]:
        turn = self._count("shuffle")
        return sorted(items, key=lambda item: _mix(item, "order", turn)) if turn else list(items)

    def _count(self, kind: str) -> int:
        return self._noise.get(kind, 0)


def _choose_wording(paragraph: str | tuple[str, ...], turn: int) -> str:
    return paragraph if isinstance(paragraph, str) else paragraph[turn % len(paragraph)]


def _mix(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]
