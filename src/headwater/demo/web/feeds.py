"""RSS 2.0, Atom (RFC 4287) and sitemaps of the simulated sites."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate
from xml.sax.saxutils import escape

from headwater.demo.web.page import Page
from headwater.demo.web.text import Entry, Site

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write_rss(site: Site, page: Page, *, home: str) -> str:
    """Write the journal as RSS 2.0; `home` is the site's absolute address without a closing slash."""
    journal = page.journal
    if journal is None:
        return ""
    ttl = f"<ttl>{journal.ttl_minutes}</ttl>" if journal.ttl_minutes else ""
    hours = "".join(f"<hour>{hour}</hour>" for hour in journal.skip_hours)
    ttl += f"<skipHours>{hours}</skipHours>" if hours else ""
    items = "\n".join(_write_rss_item(entry, home=home, page=journal.page) for entry in page.list_entries())
    return (
        f'{XML}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>\n'
        f"<title>{escape(site.title)}</title><link>{home}{journal.page}</link>"
        f"<description>{escape(site.tagline)}</description><language>en</language>{ttl}\n"
        f"<lastBuildDate>{formatdate(page.modified, usegmt=True)}</lastBuildDate>"
        f'<atom:link href="{home}{journal.rss}" rel="self" type="application/rss+xml"/>\n'
        f"{items}\n</channel></rss>\n"
    )


def write_atom(site: Site, page: Page, *, home: str) -> str:
    """Write the journal as Atom."""
    journal = page.journal
    if journal is None:
        return ""
    updated = datetime.fromtimestamp(page.modified, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    entries = "\n".join(_write_atom_entry(entry, site=site, home=home) for entry in page.list_entries())
    return (
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom">\n<title>{escape(site.title)}</title>'
        f'<link href="{home}{journal.page}"/><link rel="self" href="{home}{journal.atom}"/>'
        f"<updated>{updated}</updated><id>tag:{site.name}.test,2026:feed</id>\n{entries}\n</feed>\n"
    )


def write_sitemap(pages: Iterable[Page], *, home: str) -> str:
    """Write the sitemap of one site (sitemaps.org 0.9)."""
    urls = "\n".join(
        f"<url><loc>{home}{escape(page.path)}</loc>"
        f"<lastmod>{datetime.fromtimestamp(page.modified, UTC).strftime('%Y-%m-%d')}</lastmod></url>"
        for page in pages
    )
    return f'{XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}\n</urlset>\n'


def write_sitemap_index(homes: Iterable[str]) -> str:
    """Write the index of the sitemaps of all sites."""
    maps = "\n".join(f"<sitemap><loc>{home}/sitemap.xml</loc></sitemap>" for home in homes)
    return f'{XML}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{maps}\n</sitemapindex>\n'


def _write_rss_item(entry: Entry, *, home: str, page: str) -> str:
    published = format_datetime(datetime.fromisoformat(entry.published), usegmt=True)
    return (
        f"<item><title>{escape(entry.title)}</title><link>{home}{page}/{entry.slug}</link>"
        f'<guid isPermaLink="false">{entry.slug}</guid><pubDate>{published}</pubDate>'
        f"<description>{escape(f'<p>{entry.text}</p>')}</description></item>"
    )


def _write_atom_entry(entry: Entry, *, site: Site, home: str) -> str:
    page = site.journal.page if site.journal else ""
    return (
        f"<entry><title>{escape(entry.title)}</title><id>tag:{site.name}.test,2026:{entry.slug}</id>"
        f'<link href="{home}{page}/{entry.slug}"/><updated>{entry.published}</updated>'
        f"<author><name>{escape(entry.author)}</name></author>"
        f'<summary type="html">{escape(f"<p>{entry.text}</p>")}</summary></entry>'
    )
