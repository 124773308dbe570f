"""The outlines of an OPML file as sources to watch. Reading runs in a process of the pool."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from headwater.kit.feeds import opml
from headwater.kit.feeds.opml import Outline
from headwater.products.watch.sources.rows import SourceRow
from headwater.products.watch.sources.schemas import NewSource

MAX_OUTLINES = 2_000
INTERVAL = "headwaterCheckInterval"


def write_outlines(sources: Sequence[SourceRow]) -> bytes:
    """Write sources as OPML. Feeds are of type rss, pages of type link."""
    outlines = (
        Outline(
            source.name,
            source.url,
            "feed" if source.kind == "rss" else "page",
            {INTERVAL: str(source.check_interval)},
        )
        for source in sources
    )
    return opml.write_opml(outlines, title="Headwater sources")


def read_outlines(document: bytes) -> list[NewSource | str]:
    """Read the outlines that have an address; a text in place of a source says why it can't be one.

    Raises:
        InvalidInput: it is no OPML.
        TooLarge: too many outlines.
    """
    return [_read_outline(outline) for outline in opml.read_opml(document, max_outlines=MAX_OUTLINES)]


def _read_outline(outline: Outline) -> NewSource | str:
    kind = "rss" if outline.kind == "feed" else "website"
    values: dict[str, object] = {"url": outline.url, "kind": kind, "name": outline.text.strip()[:200] or None}
    interval = outline.attributes.get(INTERVAL, "")
    if interval.isdecimal():
        values["check_interval"] = min(max(int(interval[:9]), 60), 2_592_000)
    try:
        return NewSource.model_validate(values)
    except ValidationError as error:
        return f"{outline.url[:200]}: {error.errors(include_url=False)[0]['msg']}"
