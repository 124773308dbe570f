"""Reads the labelled pairs: a page in `<site>.html` and what was done to it in `<site>.edits`.

An edit starts with `# group name`; `- old` is replaced by `+ new` (which may go on over several `+` lines), and
`> anchor` is followed by what `+` says. Each anchor stands once in the page. Every site also gives pairs that need no
writing by hand: the same bytes twice, and the page served by another template engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.products.watch.pairs.sentences import read_sentences

GROUPS = ("unchanged", "markup_only", "clocks_counters_adverts", "paraphrase", "one_fact_changed", "new_paragraph")
ALERTING = frozenset(("one_fact_changed", "new_paragraph"))
FOLDER = Path(__file__).parent


class Pair(NamedTuple):
    """Two versions of one page and the group that says whether the second one is worth an alert."""

    group: str
    name: str
    old: str
    new: str


def read_pairs(folder: Path) -> Iterator[Pair]:
    """All pairs of a folder of `.html` and `.edits`, in the order of their names."""
    for page in sorted(folder.glob("*.html")):
        base = page.read_text(encoding="utf-8")
        site = page.stem
        yield Pair("unchanged", f"{site}/same-bytes", base, base)
        yield Pair("unchanged", f"{site}/line-ends", base, base.replace("\n", "\r\n") + "\n")
        yield Pair(
            "unchanged",
            f"{site}/indented",
            base,
            re.sub(r"\n(?=<(?:p|h[12]|ul|div|table)\b)", "\n\n    ", base) + "<!-- end -->",
        )
        yield Pair("markup_only", f"{site}/classes", base, rename_classes(base))
        yield Pair("markup_only", f"{site}/wrapped", base, wrap_paragraphs(base))
        yield from read_edits(page.with_suffix(".edits"), site=site, base=base)
    for path in sorted(folder.glob("*.txt")):
        for record in read_sentences(path):
            yield Pair(*record)


def read_edits(path: Path, *, site: str, base: str) -> Iterator[Pair]:
    """The pairs that one file of edits describes. Raises ValueError where an anchor is not there exactly once."""
    for block in re.split(r"^# ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("\n")
        group, _, name = head.strip().partition(" ")
        if group not in GROUPS:
            raise ValueError(f"{path.name}: unknown group {group}")
        new = base
        for sign, anchor, text in read_steps(body):
            if new.count(anchor) != 1:
                raise ValueError(f"{path.name}: {name}: {anchor!r} stands {new.count(anchor)} times")
            new = new.replace(anchor, text if sign == "-" else f"{anchor}\n{text}")
        yield Pair(group, f"{site}/{name}", base, new)


def read_steps(body: str) -> Iterator[tuple[str, str, str]]:
    """(`-` or `>`, anchor, text) of each step of one edit."""
    step: tuple[str, str] | None = None
    texts: list[str] = []
    for line in [*body.splitlines(), ""]:
        if line[:2] == "+ ":
            texts.append(line[2:])
            continue
        if step is not None and (line[:2] in ("- ", "> ") or not line):
            yield (*step, "\n".join(texts))
            step, texts = None, []
        if line[:2] in ("- ", "> "):
            step = (line[0], line[2:])


def rename_classes(page: str) -> str:
    """What a build tool does: other class names for the layout, attributes in another order, hashed scripts."""
    page = re.sub(r'<p class="([^"]+)">', r'<p data-testid="b1" class="\1 css-1x9f0q">', page)
    page = re.sub(r"<h2>", '<h2 class="sc-bdVaJa kXyZ" id="s">', page)
    return page.replace(
        "</body>", '<script src="/static/js/main.8f3a2b1c.js" nonce="r4nd0m"></script>\n</body>'
    ).replace("<li>", '<li class="li-v2">')


def wrap_paragraphs(page: str) -> str:
    """What a redesign does: more boxes, other emphasis, a tracking pixel."""
    page = re.sub(
        r"<p>([^<]{20,})</p>", r'<div class="row"><div class="col-12"><p><span>\1</span></p></div></div>', page
    )
    return (
        page.replace("<h1>", '<div class="title-row"><h1>')
        .replace("</h1>", "</h1></div>")
        .replace("</body>", '<img src="/p.gif?u=881" width=1 height=1 alt=""></body>')
    )
