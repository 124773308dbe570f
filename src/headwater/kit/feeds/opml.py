"""OPML 2.0: lists of feeds and pages in and out (http://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from headwater.core.errors import InvalidInput, TooLarge
from headwater.core.text import clean_xml


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed (type rss) or a page (type link), with attributes of our own by name."""

    text: str
    url: str
    kind: Literal["feed", "page"]
    attributes: Mapping[str, str] = field(default_factory=dict)


def write_opml(outlines: Iterable[Outline], *, title: str) -> bytes:
    """Write outlines; what XML has no place for is left out."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean_xml(title)
    body = etree.SubElement(root, "body")
    for outline in outlines:
        written = etree.SubElement(body, "outline", text=clean_xml(outline.text))
        kind, address = ("rss", "xmlUrl") if outline.kind == "feed" else ("link", "url")
        written.set("type", kind)
        written.set(address, clean_xml(outline.url))
        for name, value in outline.attributes.items():
            written.set(name, clean_xml(value))
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return document


def read_opml(document: bytes, *, max_outlines: int) -> list[Outline]:
    """Read the outlines that have an address, from groups as well. For foreign documents: entities aren't resolved.

    Raises:
        InvalidInput: it is no OPML.
        TooLarge: there are more than `max_outlines`.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidInput(f"This is no OPML file: {error.msg}", code="invalid_opml") from None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise InvalidInput("This is no OPML file: its root isn't <opml>.", code="invalid_opml")
    found: list[Outline] = []
    for outline in root.iter("outline"):
        feed, page = outline.get("xmlUrl"), outline.get("url") or outline.get("htmlUrl")
        if not (feed or page):
            continue
        if len(found) == max_outlines:
            raise TooLarge(f"An import takes {max_outlines} outlines at most; split the file.")
        text = outline.get("text") or outline.get("title") or ""
        found.append(Outline(text, feed or page, "feed" if feed else "page", dict(outline.attrib)))
    return found
