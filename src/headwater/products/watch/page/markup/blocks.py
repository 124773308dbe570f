"""HTML to blocks: one walk over the tree that keeps what is said and where, and drops boilerplate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from headwater.products.watch.page.markup.boilerplate import DROPPED_TAGS, name_element, split_names
from headwater.products.watch.page.markup.gathering import Gatherer, Place
from headwater.products.watch.page.markup.hints import (
    add_attribute_hints,
    add_name_hints,
    find_named_region,
    is_dropped,
)
from headwater.products.watch.page.markup.main_content import find_main_content, mark_tail
from headwater.products.watch.page.passages import MAX_PASSAGES, Block

MAX_TAGS = 300_000
DEEPEST = 400
DEEPEST_PARSED = 5_000
MAX_ATTRIBUTES = 500
MAX_TAG_CHARACTERS = 2_000_000

# What nests without end where nobody closes it; paragraphs, items and cells close each other.
_NESTING_TAG = re.compile(
    r"<(/?)(?!(?:p|li|td|tr|th|dt|dd|option|br|hr|img|input|meta|link|col|wbr|source|area|base|param|track|embed)\b)[a-z]",
    re.IGNORECASE,
)
# One attribute as the tokenizer reads it (WHATWG HTML, 13.2.5.32 to 13.2.5.39), and a tag made of such.
_ATTRIBUTE = re.compile(r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?)?""")
_TAG = re.compile(rf"</?+[a-zA-Z][^\s/>]*+((?:[\s/]++|{_ATTRIBUTE.pattern})*+)")
_ROLES = {
    "navigation": "drop",
    "search": "drop",
    "dialog": "drop",
    "alertdialog": "drop",
    "complementary": "aside",
    "contentinfo": "footer",
}
_REGION_TAGS = {"header": "header", "footer": "footer", "aside": "aside"}
_SECTION_TAGS = frozenset(("main", "article", "section"))


class Tangle(ValueError):
    """Markup that is too large to walk or a selector that is none; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class ReadPage:
    """What one walk over a page's tree gives."""

    title: str = ""
    language: str = ""
    has_password_field: bool = False
    blocks: list[Block] = field(default_factory=list)


def read_blocks(text: str, *, watch_selectors: Sequence[str], ignore_selectors: Sequence[str], url: str) -> ReadPage:
    """Walk a page. Raises `Tangle` with more than `MAX_TAGS` tags or a selector that does not parse."""
    parser = parse_markup(text)
    read = ReadPage()
    root = parser.root
    if root is None:
        return read
    read.language = (root.attributes.get("lang") or root.attributes.get("xml:lang") or "")[:2].lower()
    title = parser.css_first("title")
    read.title = " ".join((title.text() if title is not None else "").split())[:300]
    read.has_password_field = parser.css_first("input[type=password]") is not None
    starts = _select(parser, watch_selectors, ignore_selectors) or [root]
    gatherer = Gatherer(
        own_host=(urlsplit(url).hostname or "").removeprefix("www."),
        main_content=0 if watch_selectors else find_main_content(parser, size=len(text)),
    )
    for start in starts:
        _walk(start, gatherer, watched=bool(watch_selectors))
    read.blocks = gatherer.finish() if watch_selectors else mark_tail(gatherer.finish())
    return read


def parse_markup(text: str) -> LexborHTMLParser:
    """Parse HTML whose tags, depth and attributes are bounded. Raises `Tangle`.

    The parser compares each attribute with all before it in its tag, and each end tag with all open elements.
    """
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise Tangle("too_many_nodes")
    if tags > DEEPEST_PARSED and _is_too_deep(text):
        raise Tangle("too_deep")
    _check_tags(text)
    return LexborHTMLParser(text)


def _check_tags(text: str) -> None:
    """See that no tag is endless. Raises `Tangle`."""
    for tag in _TAG.finditer(text):
        length = tag.end() - tag.start()
        # Each attribute takes two characters at least.
        if length > 2 * MAX_ATTRIBUTES and len(_ATTRIBUTE.findall(tag.group(1))) > MAX_ATTRIBUTES:
            raise Tangle("too_many_attributes")
        if length > MAX_TAG_CHARACTERS:
            raise Tangle("tag_too_long")


def _is_too_deep(text: str) -> bool:
    """Are more elements open at once than the parser can bear? Its time grows with the square of the depth."""
    depth = 0
    for match in _NESTING_TAG.finditer(text):
        depth += -1 if match.group(1) else 1
        if depth > DEEPEST_PARSED:
            return True
        depth = max(depth, 0)
    return False


def _select(parser: LexborHTMLParser, watch: Sequence[str], ignore: Sequence[str]) -> list[LexborNode]:
    chosen: list[LexborNode] = []
    try:
        for selector in ignore:
            for node in parser.css(selector):
                if node.tag not in ("html", "body"):
                    node.decompose()
        for selector in watch:
            chosen.extend(parser.css(selector))
    except (ValueError, SelectolaxError) as error:
        raise Tangle("bad_selector") from error
    if watch and not chosen:
        return [_empty_node()]
    picked = {node.mem_id: node for node in chosen}
    return [node for node in picked.values() if not _has_parent_in(node, set(picked))]


def _empty_node() -> LexborNode:
    root = LexborHTMLParser("<html></html>").root
    assert root is not None  # noqa: S101 — the parser always makes a root for an html element
    return root


def _has_parent_in(node: LexborNode, identities: set[int]) -> bool:
    parent = node.parent
    for _ in range(DEEPEST):
        if parent is None:
            return False
        if parent.mem_id in identities:
            return True
        parent = parent.parent
    return False


def _walk(start: LexborNode, gatherer: Gatherer, *, watched: bool) -> None:
    """Depth first with a stack of its own: a page nested 100,000 deep must not overflow Python's."""
    place = Place(region="aside", outside=True) if gatherer.main_content else Place()
    first = start.child
    gatherer.enter(start.tag or "html", place)
    stack: list[tuple[LexborNode | None, str, Place]] = (
        [(None, start.tag or "html", place), (first, "", place)] if first is not None else []
    )
    while stack and len(gatherer.blocks) <= MAX_PASSAGES:
        node, closing, place = stack.pop()
        if node is None:
            gatherer.leave(closing)
            continue
        following = node.next
        if following is not None:
            stack.append((following, "", place))
        tag = node.tag or ""
        if tag == "-text":
            gatherer.add_text(node.text_content or "")
            continue
        if tag in DROPPED_TAGS or tag[0] in "-!":
            if tag == "select":
                gatherer.add_text(" ")
            continue
        inner = _place_of(node, tag, place, gatherer, watched=watched)
        if inner is None:
            gatherer.add_text(" ")
            continue
        child = node.child
        if len(stack) >= DEEPEST * 2:
            if child is not None:
                stack.append((child, "", place))
            continue
        if inner.layout and tag in ("tr", "td", "th"):
            tag = "div"
        gatherer.enter(tag, inner)
        stack.append((None, tag, place))
        if child is not None:
            stack.append((child, "", inner))


def _place_of(node: LexborNode, tag: str, place: Place, gatherer: Gatherer, *, watched: bool) -> Place | None:
    """Where the text inside this element stands; None where nobody should read it."""
    attributes = node.attributes
    if tag == "img":
        gatherer.add_state_image(attributes.get("alt") or "")
        return None
    if attributes and _is_hidden(attributes, tag):
        return None
    if place.outside and node.mem_id == gatherer.main_content:
        gatherer.content_begun = True
        place = replace(place, region="main", outside=False)
    region, hints = _region_of_tag(tag, place), place.hints
    if attributes:
        role = _ROLES.get(attributes.get("role") or "")
        if role == "drop" and not watched:
            return None
        if role is not None and role != "drop" and (region == "main" or place.outside):
            region = role
        names = name_element(attributes)
        if len(names) > 1:
            words = split_names(names)
            if not watched and is_dropped(node, tag, words):
                return None
            hints = add_name_hints(node, tag, words, hints)
            if (region == "main" or place.outside) and not watched:
                region = find_named_region(node, tag, words) or region
        hints = add_attribute_hints(attributes, tag, hints, own_host=gatherer.own_host, node=node)
        if node.child is None:
            gatherer.add_state_image(attributes.get("aria-label") or "")
    if tag == "table":
        place = replace(place, layout=_is_layout(node, place), tables=place.tables + 1)
    in_section = place.in_section or tag in _SECTION_TAGS
    if region == place.region and hints == place.hints and in_section == place.in_section:
        return place
    return replace(place, region=region, hints=hints, in_section=in_section)


def _region_of_tag(tag: str, place: Place) -> str:
    """The region that an element's tag begins; the header of an article is none of the page's."""
    if tag in _REGION_TAGS and (place.outside or (place.region == "main" and (tag == "aside" or not place.in_section))):
        return _REGION_TAGS[tag]
    return place.region


def _is_hidden(attributes: dict[str, str | None], tag: str) -> bool:
    if "hidden" in attributes and tag != "details":
        return True
    style = attributes.get("style") or ""
    return "display" in style and style.replace(" ", "").lower().partition("display:")[2].startswith("none")


def _is_layout(node: LexborNode, place: Place) -> bool:
    """Does a table only arrange the page? Then its cells hold headings, lists, tables or several paragraphs."""
    if place.tables >= 4:
        return True
    if node.attributes.get("role") in ("presentation", "none"):
        return True
    found = node.css("td h1, td h2, td h3, td table, td p ~ p, td ul + p, td p + ul, td form, td hr, td article")
    return any(match.mem_id != node.mem_id for match in found)
