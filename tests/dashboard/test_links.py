"""Where the server sends people to is a page of the dashboard."""

from __future__ import annotations

import re

import pytest

from tests.dashboard.building import ROOT
from tests.dashboard.pictures import CHOSEN
from tests.dashboard.routes import FEATURES, list_pages, list_paths

# In what the API answers (`link=`), in mails (`page=`, `make_page_link`), and constants for them.
_LINK = re.compile(r"""(?:link=|page=|make_page_link\(|page_link\(|_LOG = )f?"(/[^"?]*)""")


def list_links() -> list[str]:
    """Return the paths that the server's code links to; what is filled in is `*`."""
    files = [file for file in sorted((ROOT / "src" / "headwater").rglob("*.py")) if "demo" not in file.parts]
    found = {re.sub(r"\{[^}]*\}", "*", link) for file in files for link in _LINK.findall(file.read_text("utf-8"))}
    return sorted(found)


def list_routes() -> set[str]:
    """Return the paths of the dashboard's pages; parameters are `*`."""
    return {re.sub(r"\$\w+", "*", path) for path in list_paths()}


@pytest.mark.parametrize("link", list_links())
def test_the_page_exists(link: str) -> None:
    assert link in list_routes()


def test_there_are_links() -> None:
    assert {"/watch/alerts/*", "/invitations/*", "/settings/notifications"} <= set(list_links())


def test_every_feature_has_pages() -> None:
    folders = {folder.name for folder in FEATURES.iterdir() if folder.is_dir()}
    assert {page.feature for page in list_pages()} == folders
    declared = sum(file.read_text("utf-8").count("address(") for file in FEATURES.glob("*/links.ts"))
    assert len(list_pages()) == declared
    labels = [page.label for page in list_pages()]
    assert len(labels) == len(set(labels))


def test_the_documentation_shows_pages_that_there_are() -> None:
    pages = {f"{page.label}-{screen}.png" for page in list_pages() for screen in ("tour-light", "pocket-dark")}
    assert set(CHOSEN) <= pages
