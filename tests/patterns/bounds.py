"""How much text each regular expression meets at most, where that is less than anybody may send."""

from __future__ import annotations

from headwater.products.watch.page.passages import LONGEST_PASSAGE
from tests.patterns.collecting import Found

#: What is pumped where nothing bounds the text.
UNBOUNDED = 65_536

#: Read passages, which are cut to LONGEST_PASSAGE, and only in a process of the pool.
OF_PASSAGES = frozenset(
    f"headwater.products.watch.{room}.{name}"
    for room, names in {
        "compare": ("residue", "summarise"),
        "compare.noise": (
            "edge_counts",
            "learning",
            "periphery",
            "rotating_content",
            "running_values",
            "volatile",
        ),
        "diffs": ("word_marks",),
        "language": ("dates", "facts", "idioms", "names", "numbers", "stamps", "states", "weight", "words"),
    }.items()
    for name in names
)

#: Bounds of single patterns, each with what keeps to it.
BOUNDS = {
    "headwater.products.watch.sources.config:line": (300, "a pattern to ignore has at most 300 signs, checked before"),
    "headwater.products.watch.compare.noise.volatile:_SEPARATOR_BEFORE": (4, "the four signs before a counter"),
    "headwater.products.watch.page.selectors:": (300, "a selector has at most 300 characters, checked before"),
    "headwater.local.rest.grammar.scanner:": (0, "Scanner.take looks at one place alone"),
}


def bound_of(found: Found) -> int:
    """Return the longest text that a pattern meets, in characters; 0 where it is read at one place alone."""
    for name, (bound, _) in BOUNDS.items():
        if str(found).startswith(name):
            return bound
    return LONGEST_PASSAGE if found.module in OF_PASSAGES else UNBOUNDED
