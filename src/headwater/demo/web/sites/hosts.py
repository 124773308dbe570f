"""Hosts that behave badly, each in one way: slow, limiting, failing, forbidding, redirecting, or full of traps."""

from headwater.demo.web.hazards import MODES
from headwater.demo.web.text import PageText, Section, Site

NOTICE = PageText(
    title="Notice board",
    sections=(
        Section(
            "Notices", ("The council meets on the first Tuesday of each month.", "The library is open on Sundays.")
        ),
    ),
    spare=("The swimming pool is closed until further notice.",),
)
PAGES = {"/": NOTICE, "/page": NOTICE, "/open/page": NOTICE, "/private/page": NOTICE}
TRAPS = [mode for mode in MODES if mode != "normal"]

#: Where the redirector leads, by path: the status and the Location as it is sent.
REDIRECTS: dict[str, tuple[int, str]] = {
    "/private": (302, "http://10.0.0.1/admin"),
    "/private-192": (301, "http://192.168.1.1/"),
    "/loopback": (302, "http://127.0.0.1:8080/"),
    "/localhost": (302, "http://localhost:8080/"),
    "/ipv6-loopback": (302, "http://[::1]:8080/"),
    "/ipv6-mapped": (302, "http://[::ffff:10.0.0.1]/"),
    "/decimal": (307, "http://2130706433/"),
    "/octal": (302, "http://0177.0.0.1/"),
    "/metadata": (302, "http://169.254.169.254/latest/meta-data/iam/security-credentials/"),
    "/metadata-name": (308, "http://metadata.google.internal/computeMetadata/v1/"),
    "/file": (302, "file:///etc/passwd"),
    "/gopher": (302, "gopher://127.0.0.1:6379/_INFO"),
    "/script": (302, "javascript:alert(1)"),
    "/credentials": (302, "http://user:secret@127.0.0.1:8080/"),
    "/nowhere": (302, ""),
    "/loop": (302, "/loop"),
    "/ping": (302, "/pong"),
    "/pong": (301, "/ping"),
    "/moved": (301, "/page"),
    "/moved-relative": (308, "page"),
}

sites: tuple[Site, ...] = (
    Site("slow", "Slow", "A host that takes its time", PAGES, mode="slow", mode_seconds=3.0),
    Site(
        "limited", "Limited", "Answers 429 twice and then 200", PAGES, mode="rate_limited", mode_times=2, mode_seconds=1
    ),
    Site("failing", "Failing", "Answers 503", PAGES, mode="unavailable", mode_seconds=30),
    Site("redirector", "Redirector", "Leads to where no crawler should go", PAGES, redirects=REDIRECTS),
    Site("forbidding", "Forbidding", "A robots.txt that forbids", PAGES, robots="forbidding"),
    Site("robots-missing", "No robots.txt", "A robots.txt that is not there", PAGES, robots="missing"),
    Site("robots-failing", "Failing robots.txt", "A robots.txt that answers 500", PAGES, robots="failing"),
    Site("robots-huge", "Huge robots.txt", "A robots.txt of 700 KiB", PAGES, robots="huge"),
    Site("robots-moved", "Moved robots.txt", "A robots.txt behind a redirect", PAGES, robots="redirecting"),
    Site("polite", "Polite", "Asks for two seconds between requests", PAGES, robots="crawl_delay"),
    Site(
        "hazards",
        "Hazards",
        "One trap on each page",
        {"/": NOTICE, **{f"/{mode.replace('_', '-')}": NOTICE for mode in TRAPS}},
        page_modes={f"/{mode.replace('_', '-')}": mode for mode in TRAPS},
    ),
)
