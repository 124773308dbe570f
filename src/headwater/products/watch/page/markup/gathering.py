"""Gathers the text that a walk over a page meets into blocks: rows, items, pairs of term and definition, lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from headwater.products.watch.language.states import find_state_words
from headwater.products.watch.page.markup.boilerplate import ADVERT_LABEL, CONTROL_TEXT, NOISE_HEADING
from headwater.products.watch.page.passages import Block

_LINE_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "marquee",
        "select",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CONTAINERS = frozenset(
    [
        "div",
        "section",
        "aside",
        "ul",
        "ol",
        "dl",
        "figure",
        "article",
        "header",
        "footer",
        "form",
        "fieldset",
        "details",
        "li",
        "blockquote",
        "ins",
        "p",
        "a",
        "span",
        "tr",
    ]
)
_WORD = re.compile(r"\w")
_INLINE_NOISE = ("counter", "clock", "advert", "advertlink", "widget")
# What runs by itself is no definition of a term.
_RUNNING = frozenset(("counter", "clock", "widget", "meta"))
_LONGEST_ADVERT = 600


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the page a piece of text stands."""

    region: str = "main"
    hints: tuple[str, ...] = ()
    in_section: bool = False
    layout: bool = False
    tables: int = 0
    outside: bool = False


@dataclass(slots=True)
class _Open:
    """An element that is being walked through."""

    tag: str
    place: Place
    first_block: int
    label: bool = False


@dataclass(slots=True)
class _Scope:
    """From here to the end of the container of depth `depth`, or to a heading of `level` or above, all is noise."""

    depth: int
    level: int


@dataclass(slots=True)
class Gatherer:
    """The state of one walk. `enter`, `add_text` and `leave` in document order, then `finish`."""

    own_host: str = ""
    main_content: int = 0
    content_begun: bool = False
    blocks: list[Block] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _noise: list[str] = field(default_factory=list)
    _noise_starts: list[tuple[int, int]] = field(default_factory=list)
    _linked: int = 0
    _link_depth: int = 0
    _outbound: int = 0
    _closed_inline: bool = False
    _heading: str = ""
    _term: str = ""
    _term_said: bool = False
    _term_used: bool = False
    _term_place: Place = field(default_factory=Place)
    _row_depth: int = 0
    _scope: _Scope | None = None

    def enter(self, tag: str, place: Place) -> None:
        """An element starts."""
        if tag in _LINE_TAGS and not (self._row_depth and tag != "tr"):
            self._flush()
        elif tag in ("td", "th"):
            self._add_cell()
        elif tag == "br" and not self._row_depth:
            self._flush()
        elif tag in _LINE_TAGS or tag == "br" or (self._closed_inline and tag not in ("wbr", "sup", "sub")):
            self._parts.append(" ")
        self._closed_inline = False
        self._open.append(_Open(tag=tag, place=place, first_block=len(self.blocks)))
        if tag == "tr":
            self._row_depth = len(self._open)
        if tag == "dd":
            self._term_said = False
        if tag == "a":
            self._link_depth += 1
        if self._is_inline_noise(tag, place):
            self._noise_starts.append((len(self._open), len(self._parts)))

    def _is_inline_noise(self, tag: str, place: Place) -> bool:
        if tag in _LINE_TAGS or not place.hints:
            return False
        outer = self._open[-2].place.hints if len(self._open) > 1 else ()
        noise = _INLINE_NOISE if place.region == "main" else (*_INLINE_NOISE, "personal")
        return any(hint in noise for hint in place.hints if hint not in outer)

    def add_text(self, text: str) -> None:
        """Text within the element that was entered last."""
        if not text:
            return
        if self._parts or not text.isspace():
            self._parts.append(text)
        self._closed_inline = False
        if self._link_depth:
            self._linked += len(text)
            if self._open and "outbound" in self._open[-1].place.hints:
                self._outbound += len(text)

    def add_state_image(self, text: str) -> None:
        """The text of a picture or an empty badge counts where it names a state (sold out, operational …)."""
        if 0 < len(text) <= 60 and find_state_words(text):
            self._parts.append(f" {text} ")

    def leave(self, tag: str) -> None:
        """The element that was entered last ends."""
        depth = len(self._open)
        if self._noise_starts and self._noise_starts[-1][0] == depth:
            _, start = self._noise_starts.pop()
            piece = "".join(self._parts[start:]).strip()
            if piece:
                self._noise.append(piece)
        if tag == "tr" and self._row_depth == depth:
            self._row_depth = 0
            self._flush()
        elif tag in _LINE_TAGS and not self._row_depth:
            self._flush()
        elif self._row_depth and tag in _LINE_TAGS:
            self._parts.append(" ")
        if tag == "a":
            self._link_depth -= 1
        if tag == "dl":
            self._say_term()
            self._term = ""
        opened = self._open.pop()
        self._close_scopes(opened, depth)
        self._closed_inline = tag not in _LINE_TAGS and tag not in ("td", "th", "br", "wbr", "sup", "sub")

    def finish(self) -> list[Block]:
        """All blocks; call once, after the last element was left."""
        self._flush()
        return self.blocks

    def _add_cell(self) -> None:
        if any(_WORD.search(part) for part in self._parts):
            self._parts.append(" | ")

    def _flush(self) -> None:
        parts, noise, linked, outbound = self._parts, self._noise, self._linked, self._outbound
        if not parts:
            return
        self._parts, self._noise, self._linked, self._outbound, self._closed_inline = [], [], 0, 0, False
        for index, (depth, _) in enumerate(self._noise_starts):
            self._noise_starts[index] = (depth, 0)
        text = " ".join("".join(parts).split())
        if not text or not self._open:
            return
        tag, place = self._tag_of(), self._open[-1].place
        if any(opened.tag == "dt" for opened in self._open):
            self._add_term(text, place)
            return
        said = self._term and not self._term_said and any(opened.tag == "dd" for opened in self._open)
        if said and not _RUNNING.intersection(place.hints):
            text = f"{self._term.rstrip(': ')}: {text}"
            tag, self._term_said, self._term_used = "dd", True, True
        if tag in _HEADINGS:
            self._note_heading(text, int(tag[1]))
        elif self._scope is None and len(text) < 60 and NOISE_HEADING.match(text):
            self._scope = _Scope(depth=len(self._open) - 1, level=7)
        hints = self._find_hints(place, linked=linked, outbound=outbound, signs=0.8 * len(text.replace(" ", "")))
        if tag in ("button", "option", "summary", "legend") or len(text) < 40:
            if CONTROL_TEXT.match(text):
                return
            if tag in ("button", "option") and not find_state_words(text) and not any(sign.isdigit() for sign in text):
                return
        self.blocks.append(
            Block(
                text=text,
                tag=tag,
                region=self._region_of(place),
                hints=hints,
                heading="" if tag == "h1" else self._heading,
                volatile=tuple(noise),
            )
        )

    def _find_hints(self, place: Place, *, linked: int, outbound: int, signs: float) -> tuple[str, ...]:
        """What the containers say, and whether nearly all of the text (`characters` of it) is links, or links away."""
        hints = place.hints
        if self._scope is not None and "related" not in hints:
            hints = (*hints, "related")
        if linked >= signs:
            hints = (*(hint for hint in hints if hint != "outbound"), "link")
            if outbound >= signs:
                hints = (*hints, "outbound")
        return hints

    def _region_of(self, place: Place) -> str:
        """Before the main content began, its edge is the header."""
        early = place.outside and place.region == "aside" and not self.content_begun
        return "header" if early else place.region

    def _add_term(self, text: str, place: Place) -> None:
        """Keep a term for what it is the name of; of several lines of one term none is lost."""
        if self._term and not self._term_used and any(opened.tag == "dt" and opened.label for opened in self._open):
            self._term = f"{self._term} {text}"
            return
        self._say_term()
        self._term, self._term_said, self._term_used, self._term_place = text, False, False, place
        for opened in self._open:
            if opened.tag == "dt":
                opened.label = True

    def _say_term(self) -> None:
        """A term that no definition followed, or only counts, stands for itself."""
        if self._term and not self._term_used:
            place, self._term_used = self._term_place, True
            self.blocks.append(
                Block(text=self._term, tag="dt", region=place.region, hints=place.hints, heading=self._heading)
            )

    def _tag_of(self) -> str:
        for opened in reversed(self._open):
            if opened.tag in _LINE_TAGS:
                return opened.tag if opened.tag not in ("ul", "ol", "body", "html") else "p"
        return "p"

    def _note_heading(self, text: str, level: int) -> None:
        if self._scope is not None and level <= self._scope.level:
            self._scope = None
        if NOISE_HEADING.match(text):
            self._scope = _Scope(depth=len(self._open) - 1, level=level)
        self._heading = text[:120]

    def _close_scopes(self, opened: _Open, depth: int) -> None:
        scope = self._scope
        if scope is not None and depth <= scope.depth:
            only_heading = len(self.blocks) - opened.first_block <= 1
            if only_heading and opened.tag in ("div", "header", "hgroup", "span", "summary"):
                scope.depth = depth - 1
            else:
                self._scope = None
        if opened.tag in _CONTAINERS:
            self._mark_labelled_adverts(opened)

    def _mark_labelled_adverts(self, opened: _Open) -> None:
        """A small box whose first or last line says "Advertisement" is one, whatever its class is called."""
        start, end = opened.first_block, len(self.blocks)
        if not 2 <= end - start <= 8:
            return
        inside = self.blocks[start:end]
        if sum(len(block.text) for block in inside) > _LONGEST_ADVERT:
            return
        if ADVERT_LABEL.match(inside[0].text) or ADVERT_LABEL.match(inside[-1].text):
            self.blocks[start:end] = [replace(block, hints=(*block.hints, "advert")) for block in inside]
