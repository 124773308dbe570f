"""RSS 2.0, written (https://www.rssboard.org/rss-specification)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from headwater.core.text import clean_xml


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `guid` is an id and no address; `published` is aware of its zone."""

    guid: str
    title: str
    link: str
    published: datetime
    category: str
    description: str


def write_rss(items: Iterable[Item], *, title: str, link: str, description: str) -> bytes:
    """Write a channel with its items, in the order that they come in; what XML has no place for is left out."""
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")
    for name, text in (("title", title), ("link", link), ("description", description)):
        etree.SubElement(channel, name).text = clean_xml(text)
    for item in items:
        written = etree.SubElement(channel, "item")
        etree.SubElement(written, "title").text = clean_xml(item.title)
        etree.SubElement(written, "link").text = clean_xml(item.link)
        etree.SubElement(written, "guid", isPermaLink="false").text = clean_xml(item.guid)
        etree.SubElement(written, "pubDate").text = format_datetime(item.published)
        etree.SubElement(written, "category").text = clean_xml(item.category)
        etree.SubElement(written, "description").text = clean_xml(item.description)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return document
