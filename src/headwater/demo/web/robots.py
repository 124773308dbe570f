"""How the hosts of the simulated web answer /robots.txt (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.demo.web.text import RobotsKind

HUGE_BYTES = 700 * 1024


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """A status with a body or a place to look instead."""

    status: int
    body: str = ""
    location: str | None = None


def answer_robots(kind: RobotsKind, *, sitemap: str) -> RobotsAnswer:
    """Answer /robots.txt of a host of that kind; `sitemap` is an absolute URL."""
    closing = f"\nSitemap: {sitemap}\n"
    if kind == "missing":
        return RobotsAnswer(404)
    if kind == "failing":
        return RobotsAnswer(500, "internal error\n")
    if kind == "redirecting":
        return RobotsAnswer(301, location="/moved/robots.txt")
    if kind == "forbidding":
        rules = (
            "User-agent: *\nDisallow: /\nAllow: /open/\nAllow: /$\n"
            "\nUser-agent: BadBot\nDisallow: /\n"
            "\n# The longest match wins, and Allow wins a tie.\n"
        )
        return RobotsAnswer(200, rules + closing)
    if kind == "crawl_delay":
        return RobotsAnswer(200, "User-agent: *\nCrawl-delay: 2\nDisallow: /private/\n" + closing)
    if kind == "huge":
        return RobotsAnswer(200, _write_huge_rules() + closing)
    return RobotsAnswer(200, "User-agent: *\nDisallow: /cart/\nDisallow: /*?sort=\n" + closing)


def _write_huge_rules() -> str:
    """Write more than the 500 KiB that a crawler has to parse: one rule before that line and one after it."""
    line = "Disallow: /filler/{:08d}/\n"
    head = "User-agent: *\nDisallow: /early/\n"
    filler = "".join(line.format(number) for number in range(HUGE_BYTES // len(line.format(0))))
    return head + filler + "Disallow: /late/\n"
