"""A fetched body to a page: its title, language, passages and text, or why it cannot be used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.core.errors import InvalidInput
from headwater.core.text import clean_text
from headwater.kit.feeds.parsing import looks_like_feed, parse_feed
from headwater.kit.feeds.sitemaps import looks_like_sitemap
from headwater.kit.text.charset import decode_body
from headwater.kit.text.sniff import looks_like_text
from headwater.products.watch.page.entries import list_address_passages, list_entry_passages
from headwater.products.watch.page.ignoring import remove_patterns
from headwater.products.watch.page.markup.blocks import MAX_ATTRIBUTES, MAX_TAGS, Tangle, read_blocks
from headwater.products.watch.page.passages import Block, Passage, cut_passages
from headwater.products.watch.page.unusable import find_unusable_reason

LARGEST_BODY = 5_000_000
LARGEST_HARD_PAGE = 400_000

_HTML_START = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|h1|table|section|main|article|meta|title)\b", re.IGNORECASE
)
# A page whose last tag has no end was cut on its way here.
_CUT_IN_A_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?$", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n[ \t]*\n+")
_TANGLES = {
    "too_many_nodes": f"The page has more than {MAX_TAGS:,} tags.",
    "too_deep": "The page nests its elements too deeply.",
    "tag_too_long": "The page has a tag of more than two million characters.",
    "too_many_attributes": f"The page has a tag with more than {MAX_ATTRIBUTES} attributes.",
    "bad_selector": "A selector of this source can't be used on this page.",
}


class ExtractionFailed(InvalidInput):
    """No passages can be read from a body.

    `reason`: too_large, too_many_nodes, too_deep, tag_too_long, too_many_attributes, not_text, bad_selector,
    bad_pattern.
    """

    default_code = "extraction_failed"

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or f"The page cannot be read: {reason}.", details={"reason": reason})
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Page:
    """What a body says. `kind`: html, feed, sitemap, text, json or xml. `unusable_reason` is None where `usable`."""

    title: str
    language: str
    passages: tuple[Passage, ...]
    text: str
    kind: str
    usable: bool
    unusable_reason: str | None


def extract_page(
    body: bytes,
    *,
    content_type: str,
    url: str,
    watch_selectors: Sequence[str] = (),
    ignore_selectors: Sequence[str] = (),
    ignore_patterns: Sequence[str] = (),
) -> Page:
    """Read a body. Raises `ExtractionFailed` where it is too large, too tangled or no text."""
    if len(body) > LARGEST_BODY:
        raise ExtractionFailed("too_large", f"The page has {len(body)} bytes; at most {LARGEST_BODY} are read.")
    if not looks_like_text(body):
        raise ExtractionFailed("not_text", "The address has no text.")
    text = decode_body(body, content_type=content_type)
    kind = _find_kind(text, content_type=content_type)
    title, language, login = "", "", False
    if kind == "feed":
        feed = parse_feed(body, content_type=content_type, url=url)
        title, language = feed.title, feed.language
        passages = list_entry_passages(feed)
    elif kind == "sitemap":
        passages = list_address_passages(text)
    else:
        blocks: list[Block]
        if kind == "html":
            try:
                read = read_blocks(text, watch_selectors=watch_selectors, ignore_selectors=ignore_selectors, url=url)
            except Tangle as tangle:
                raise ExtractionFailed(tangle.reason, _TANGLES.get(tangle.reason, "")) from tangle
            title, language, login, blocks = read.title, read.language, read.has_password_field, read.blocks
        else:
            blocks = list(_read_json(text)) if kind == "json" else _read_plain(text)
        passages = cut_passages(blocks)
        if kind == "html" and not passages and 2_000 < len(text) < LARGEST_HARD_PAGE and not watch_selectors:
            passages = cut_passages(_read_hard_page(text))
    if ignore_patterns:
        try:
            passages = remove_patterns(passages, patterns=ignore_patterns)
        except ValueError as error:
            raise ExtractionFailed("bad_pattern", str(error)) from error
    joined = "\n".join(passage.text for passage in passages)
    reason = (
        None
        if kind in ("feed", "sitemap")
        else "truncated"
        if kind == "html" and _CUT_IN_A_TAG.search(text, max(0, len(text) - 2_000))
        else find_unusable_reason(title=title, text=joined, has_password_field=login)
    )
    return Page(
        title=title,
        language=language,
        passages=passages,
        text=joined,
        kind=kind,
        usable=reason is None,
        unusable_reason=reason,
    )


def _find_kind(text: str, *, content_type: str) -> str:
    media = content_type.partition(";")[0].strip().lower()
    head = text[:2000].lstrip("\ufeff \t\r\n")
    if "html" in media and not head.startswith("<?xml"):
        return "html"
    if looks_like_feed(head):
        return "feed"
    if looks_like_sitemap(head):
        return "sitemap"
    if media.endswith("json") or (media in ("", "text/plain", "application/octet-stream") and head[:1] in ("{", "[")):
        return "json"
    if "html" in media or _HTML_START.search(head) is not None:
        return "html"
    if media.endswith("xml"):
        return "html" if "<html" in head.lower() else "xml"
    return "text"


def _read_plain(text: str) -> list[Block]:
    text = re.sub(r"<[^<>]{1,500}>", " ", text) if text.lstrip().startswith("<") else text
    blocks: list[Block] = []
    for paragraph in _BLANK_LINES.split(text.replace("\r\n", "\n")):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        if not lines:
            continue
        if len(lines) > 1 and sum(len(line) for line in lines) / len(lines) < 45:
            blocks.extend(Block(text=line, tag="li") for line in lines)
        else:
            blocks.append(Block(text=" ".join(lines)))
    return blocks


def _read_json(text: str) -> Iterator[Block]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        yield from _read_plain(text)
        return
    stack: list[tuple[str, Any]] = [("", value)]
    count = 0
    while stack and count < 5_000:
        path, item = stack.pop()
        if isinstance(item, dict):
            names = ((clean_text(str(name)), inner) for name, inner in reversed(item.items()))
            stack.extend((f"{path}.{name}" if path else name, inner) for name, inner in names)
        elif isinstance(item, list):
            stack.extend((path, inner) for inner in reversed(item))
        else:
            count += 1
            # The text of the body was cleaned; what stands in it as an escape wasn't.
            shown = json.dumps(item) if not isinstance(item, str) else clean_text(item)
            yield Block(text=f"{path}: {shown}" if path else shown, tag="dd")


def _read_hard_page(text: str) -> list[Block]:
    import trafilatura
    from trafilatura.meta import reset_caches

    try:
        found = trafilatura.extract(text, include_tables=True, favor_recall=True, no_fallback=False)
    finally:
        reset_caches()
    return _read_plain(found) if found else []
