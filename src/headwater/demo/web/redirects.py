"""Where redirects of the simulated web lead: fixed ones, chains of any length, and the caller's choice."""

from __future__ import annotations

import re
from collections.abc import Mapping

CHAIN = re.compile(r"/chain/(\d{1,3})")


def find_redirect(
    path: str, query: Mapping[str, str], *, prefix: str, fixed: Mapping[str, tuple[int, str]]
) -> tuple[int, str] | None:
    """Return the status and Location for a path, or None where it is an ordinary page.

    `/chain/7` takes seven hops to `/page`; `/to?url=…&status=307` leads anywhere. The site's own paths get its prefix.
    """
    if path in fixed:
        status, location = fixed[path]
    elif chain := CHAIN.fullmatch(path):
        left = int(chain[1])
        status, location = 302, f"/chain/{left - 1}" if left > 1 else "/page"
    elif path == "/to" and "url" in query:
        return int(query.get("status", "302")), query["url"]
    else:
        return None
    return status, f"{prefix}{location}" if location.startswith("/") else location
