"""The outlines of an OPML file that somebody uploads. It runs in a process of the pool."""

from __future__ import annotations

from typing import Any

from lxml import etree
from pydantic import ValidationError

from headwater.core.errors import InvalidInput, TooLarge
from headwater.products.watch.sources.schemas import NewSource

MAX_OUTLINES = 2_000
INTERVAL = "headwaterCheckInterval"


def read_opml(document: bytes) -> list[NewSource | str]:
    """Read the outlines that have an address; a text in place of a source says why it can't be one.

    Raises:
        InvalidInput: it is no OPML.
        TooLarge: too many outlines.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidInput(f"This is no OPML file: {error.msg}", code="invalid_opml") from None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise InvalidInput("This is no OPML file: its root isn't <opml>.", code="invalid_opml")
    found: list[NewSource | str] = []
    for outline in root.iter("outline"):
        feed, page = outline.get("xmlUrl"), outline.get("url") or outline.get("htmlUrl")
        if not (feed or page):
            continue
        if len(found) == MAX_OUTLINES:
            raise TooLarge(f"An import takes {MAX_OUTLINES} outlines at most; split the file.")
        found.append(_read_outline(outline, url=feed or page, kind="rss" if feed else "website"))
    return found


def _read_outline(outline: Any, *, url: str, kind: str) -> NewSource | str:
    name = (outline.get("text") or outline.get("title") or "").strip()[:200]
    values = {"url": url, "kind": kind, "name": name or None}
    if (outline.get(INTERVAL) or "").isdecimal():
        values["check_interval"] = min(max(int(outline.get(INTERVAL)[:9]), 60), 2_592_000)
    try:
        return NewSource.model_validate(values)
    except ValidationError as error:
        return f"{url[:200]}: {error.errors(include_url=False)[0]['msg']}"
