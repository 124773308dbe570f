"""The main content of a page: the smallest box around the title that holds most of what is said.

Names of classes differ from site to site and from language to language; that a page speaks of what its title names does
not. What stands outside of that box is the edge: bars, side columns, rotating offers, what visitors do. There a changed
fact still counts, while one saying that took the place of another does not (`periphery`).
"""

from __future__ import annotations

from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from headwater.products.watch.page.passages import Block

# A main element with less of the text than this is a slip of the author; a title's box with less is only a heading.
SMALLEST_MAIN = 0.3
SMALLEST_BOX = 0.5
HIGHEST_CLIMB = 20
# Each step of the climb reads what is below it; on a larger page that would take longer than all the rest.
LARGEST_PAGE = 1_500_000
LONGEST_HEAD = 0.25
# Nobody reads these as text, or they belong to no page in particular.
_UNREAD = ("script", "style", "noscript", "template", "nav")
_EDGES = "header, footer, aside"


def find_main_content(parser: LexborHTMLParser, *, size: int) -> int:
    """The `mem_id` of the element that holds the main content; 0 where all of the page does, or nobody can tell.

    `size`: characters of markup.
    """
    body = parser.body
    if body is None or size > LARGEST_PAGE:
        return 0
    titles = body.css("h1")
    scope = body
    mains = body.css("main, [role=main]")
    if len(mains) == 1 and len(titles) - len(mains[0].css("h1")) == 0:
        whole = _count_text(body)
        if _count_text(mains[0]) >= SMALLEST_MAIN * whole:
            scope = mains[0]
    inside = scope.css("h1")
    if len(inside) == 1:
        scope = _climb(inside[0], scope)
    return 0 if scope.mem_id == body.mem_id else scope.mem_id


def _climb(title: LexborNode, scope: LexborNode) -> LexborNode:
    """The smallest box around the title that holds most of the scope's text, apart from its edges."""
    edges = sum(_count_text(node) for node in scope.css(_EDGES)[:50] if not node.css("h1"))
    wanted = SMALLEST_BOX * max(1, _count_text(scope) - edges)
    node = title.parent
    for _ in range(HIGHEST_CLIMB):
        if node is None or node.mem_id == scope.mem_id:
            return scope
        if _count_text(node) >= wanted:
            return node
        node = node.parent
    return scope


def _count_text(node: LexborNode) -> int:
    """Characters of text in an element, without white space and without what nobody reads."""
    unread = sum(_count_characters(inner) for inner in node.css(", ".join(_UNREAD))[:200])
    return max(0, _count_characters(node) - unread)


def _count_characters(node: LexborNode) -> int:
    return sum(map(len, node.text().split()))


def mark_tail(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with links at the end of the main content put to its edge: "more from us" under whatever heading.

    Only where the page says more than its links do: on a front page or a list of results the links are the content.
    """
    blocks = _mark_head(blocks)
    main = [block for block in blocks if block.region == "main"]
    plain = sum(len(block.text) for block in main if "link" not in block.hints)
    linked = sum(len(block.text) for block in main if "link" in block.hints)
    if plain < 2 * linked or linked == 0:
        return list(blocks)
    tail: set[int] = set()
    waiting: list[int] = []
    for block, index in ((blocks[index], index) for index in range(len(blocks) - 1, -1, -1)):
        if block.region != "main":
            continue
        if "link" in block.hints and block.tag not in ("tr", "h1", "dd"):
            tail.update((*waiting, index))
            waiting = []
        elif block.tag in ("h2", "h3", "h4", "h5", "h6") and not waiting and tail:
            waiting.append(index)
        else:
            break
    return [_put(block, "aside") if index in tail and len(tail) >= 2 else block for index, block in enumerate(blocks)]


def _mark_head(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with what stands before the one title put to the page's head, unless it is much of the page."""
    titles = [index for index, block in enumerate(blocks) if block.tag == "h1"]
    if len(titles) != 1:
        return list(blocks)
    early = sum(len(block.text) for block in blocks[: titles[0]])
    if early > LONGEST_HEAD * sum(len(block.text) for block in blocks):
        return list(blocks)
    return [
        _put(block, "header") if index < titles[0] and block.region == "main" and block.tag != "tr" else block
        for index, block in enumerate(blocks)
    ]


def _put(block: Block, region: str) -> Block:
    return Block(
        text=block.text,
        tag=block.tag,
        region=region,
        hints=block.hints,
        heading=block.heading,
        volatile=block.volatile,
    )
