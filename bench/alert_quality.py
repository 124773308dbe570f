"""Alert quality on labelled pairs of pages: `python bench/alert_quality.py [--pairs FOLDER|FILE.jsonl]`.

Prints one JSON line: recall, precision, counts for each group, failures, time for a pair. Without `--pairs` it takes
the repository's own sets. Others' pairs come as `<group>/<name>/old.html` and `new.html`, as
JSON lines `{"group", "old", "new"}`, or as the repository's own form (`.html` with `.edits`). One comparison of two
versions, no history, default threshold. The baseline is what a text diff of the visible words would do.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.products.watch.pairs.loading import ALERTING, FOLDER, Pair, read_pairs

from headwater.products.watch.compare.compare import Comparison, compare
from headwater.products.watch.compare.noise.reasons import Noise
from headwater.products.watch.compare.severity import judge
from headwater.products.watch.page.extract import extract_page

Embed = Callable[[list[str]], np.ndarray]


def find_embedder() -> Embed:
    """The kit's own lexical embedder."""
    try:
        from headwater.kit.ai.embeddings import HashingEmbedder
    except ImportError:
        return embed_ngrams
    return HashingEmbedder().embed_texts


def embed_ngrams(texts: list[str]) -> np.ndarray:
    """Hashed counts of three and four letters, normalised."""
    vectors = np.zeros((len(texts), 384), dtype=np.float32)
    for row, text in enumerate(texts):
        for size in (3, 4):
            for start in range(len(text) - size + 1):
                digest = hashlib.blake2b(text[start : start + size].lower().encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(digest, "big") % 384] += 1.0
        vectors[row] /= max(float(np.linalg.norm(vectors[row])), 1e-9)
    return vectors


def load_pairs(source: Path) -> Iterator[Pair]:
    """Pairs in any of the three forms."""
    if source.is_file():
        for number, line in enumerate(source.read_text(encoding="utf-8").splitlines()):
            if line.strip():
                record = json.loads(line)
                yield Pair(record["group"], str(record.get("name", number)), record["old"], record["new"])
        return
    if any((*source.glob("*.edits"), *source.glob("*.txt"))):
        yield from read_pairs(source)
        return
    for old in sorted(source.glob("*/*/old.html")):
        yield Pair(
            old.parent.parent.name,
            old.parent.name,
            old.read_text(encoding="utf-8"),
            (old.parent / "new.html").read_text(encoding="utf-8"),
        )


def compare_pair(pair: Pair, *, embed: Embed) -> tuple[bool, Comparison]:
    """Does the pair alert, and why."""
    pages = [
        extract_page(text.encode("utf-8"), content_type="text/html; charset=utf-8", url="https://example.com/page")
        for text in (pair.old, pair.new)
    ]
    if not pages[1].usable:
        # A check notes that there was no page to compare with, and waits for the next.
        return False, Comparison(noise=(Noise("signs", pages[1].unusable_reason or ""),))
    comparison = compare(pages[0].passages, pages[1].passages, embed=embed, language=pages[1].language)
    return judge(comparison).alert, comparison


def would_text_diff_alert(pair: Pair) -> bool:
    """What a watcher does that compares the visible text as it is."""
    texts = [
        re.sub(r"\s+", " ", re.sub(r"(?s)<script.*?</script>|<style.*?</style>|<!--.*?-->|<[^>]+>", " ", text)).strip()
        for text in (pair.old, pair.new)
    ]
    return texts[0] != texts[1]


def measure_pairs(pairs: list[Pair], *, embed: Embed) -> dict[str, object]:
    """Recall, precision and failures of our rules and of the baseline."""
    groups: dict[str, dict[str, int]] = defaultdict(lambda: {"pairs": 0, "alerts": 0})
    failures: list[dict[str, object]] = []
    baseline = {"hit": 0, "false": 0}
    started = time.perf_counter()
    results = [(pair, *compare_pair(pair, embed=embed)) for pair in pairs]
    spent = time.perf_counter() - started
    for pair, alert, comparison in results:
        groups[pair.group]["pairs"] += 1
        groups[pair.group]["alerts"] += alert
        if would_text_diff_alert(pair):
            baseline["hit" if pair.group in ALERTING else "false"] += 1
        if alert != (pair.group in ALERTING):
            failures.append(
                {
                    "group": pair.group,
                    "name": pair.name,
                    "score": comparison.score,
                    "reasons": list(comparison.reasons[:4]),
                }
            )
    wanted = sum(1 for pair in pairs if pair.group in ALERTING)
    hits = sum(count["alerts"] for group, count in groups.items() if group in ALERTING)
    false = sum(count["alerts"] for group, count in groups.items() if group not in ALERTING)
    return {
        "pairs": len(pairs),
        "recall": round(hits / wanted, 4) if wanted else None,
        "precision": round(hits / (hits + false), 4) if hits + false else None,
        "groups": dict(groups),
        "baseline_recall": round(baseline["hit"] / wanted, 4) if wanted else None,
        "baseline_precision": round(baseline["hit"] / max(1, baseline["hit"] + baseline["false"]), 4),
        "ms_per_pair": round(1000 * spent / max(1, len(pairs)), 2),
        "failures": failures,
    }


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=None, help="a folder of pairs or a file of JSON lines")
    parser.add_argument("--quiet", action="store_true", help="leave out the failures")
    arguments = parser.parse_args()
    sources = (
        [arguments.pairs]
        if arguments.pairs
        else sorted(
            path for path in FOLDER.iterdir() if path.is_dir() and any((*path.glob("*.edits"), *path.glob("*.txt")))
        )
    )
    embed = find_embedder()
    report: dict[str, object] = {"benchmark": "alert_quality"}
    report["sets"] = {source.name: measure_pairs(list(load_pairs(source)), embed=embed) for source in sources}
    if arguments.quiet:
        for measured in report["sets"].values():  # type: ignore[attr-defined]
            del measured["failures"]
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
