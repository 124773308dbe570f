"""Where the server sends people to is a page of the dashboard."""

from __future__ import annotations

import re

import pytest

from tests.dashboard.building import DASHBOARD, ROOT

_ROUTE = re.compile(r"path: '(/[^']*)'")
# In what the API answers (`link=`), in mails (`page=`, `make_page_link`), and constants for them.
_LINK = re.compile(r"""(?:link=|page=|make_page_link\(|page_link\(|_LOG = )f?"(/[^"?]*)""")


def list_links() -> list[str]:
    """Return the paths that the server's code links to; what is filled in is `*`."""
    files = [file for file in sorted((ROOT / "src" / "headwater").rglob("*.py")) if "demo" not in file.parts]
    found = {re.sub(r"\{[^}]*\}", "*", link) for file in files for link in _LINK.findall(file.read_text("utf-8"))}
    return sorted(found)


def list_routes() -> set[str]:
    """Return the paths of the dashboard's pages; parameters are `*`."""
    files = [*(DASHBOARD / "src").rglob("*.tsx"), *(DASHBOARD / "src").rglob("*.ts")]
    routes = {route for file in files for route in _ROUTE.findall(file.read_text("utf-8"))}
    return {re.sub(r"\$\w+", "*", route) for route in routes}


@pytest.mark.parametrize("link", list_links())
def test_the_page_exists(link: str) -> None:
    assert link in list_routes()


def test_there_are_links() -> None:
    assert {"/watch/alerts/*", "/invitations/*", "/settings/notifications"} <= set(list_links())
