"""What the pages name exists: files, headings, commands, options, targets, settings, endpoints, metrics."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from headwater.products.watch.retention import keeps
from headwater.products.watch.settings import WatchSettings
from tests.docs.pages import ROOT, list_pages, read_anchors, read_blocks, read_code, read_links
from tests.lint.service_role import ALLOWED

_METRIC = re.compile(r"\bheadwater_[a-z_]+")
_SETTING = re.compile(r"(?:export )?(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=.*)?")
_ENDPOINT = re.compile(r"(?P<method>GET|POST|PUT|PATCH|DELETE) (?P<path>/(?:api|health|metrics)[^\s?`]*)")
_PROGRAM = re.compile(r"(?<![\w/.-])headwater (?P<words>[a-z][^#|\n`\")]*)")
_LIST_METRICS = """
from generating.errors import import_rooms
from headwater.core.telemetry import REGISTRY
import_rooms()
for metric in REGISTRY.collect():
    print(metric.name + "_total" if metric.type == "counter" else metric.name)
"""
# Of the examples, and of the build of the dashboard.
_MADE_UP = {"API_KEY", "VITE_API_URL", "VITE_SUPABASE_URL"}
# What the journey's test is pointed at a project with: settings, the person to sign in as, and the project's key.
_JOURNEY = "JOURNEY_"

by_page = pytest.mark.parametrize("page", list_pages(), ids=lambda page: str(page.relative_to(ROOT)))


@cache
def load_generator(name: str) -> Any:
    """Return a module of the generator of the reference, which lists what there is."""
    if str(ROOT / "docs") not in sys.path:
        sys.path.insert(0, str(ROOT / "docs"))
    return import_module(f"generating.{name}")


@cache
def list_endpoints() -> frozenset[tuple[str, str]]:
    """Return method and path of everything that the gateway serves."""
    return frozenset((one.method, one.path) for one in load_generator("endpoints").list_endpoints())


@by_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in read_links(page):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{target} leads nowhere"
        if anchor:
            assert anchor in read_anchors(file), f"{target} names no heading"


@by_page
def test_commands_and_options_exist(page: Path) -> None:
    commands = dict(load_generator("commands").list_commands())
    for text in list_program_calls(page):
        words = text.split()
        depth = 2 if f"headwater {' '.join(words[:2])}" in commands else 1
        name = f"headwater {' '.join(words[:depth])}"
        groups = {full.rpartition(" ")[0] for full in commands}
        assert name in commands or name in groups, f"there is no `{name}`"
        options = {option for one in commands[name].params for option in one.opts} if name in commands else set()
        for word in words[depth:]:
            if word.startswith("--"):
                assert word.partition("=")[0] in options | {"--help"}, f"`{name}` has no {word}"


def list_program_calls(page: Path) -> Iterator[str]:
    """Yield what stands after `headwater` in the code of a page, up to the end of the command."""
    shell = [block.text for block in read_blocks(page) if block.language == "sh"]
    for text in (*read_code(page), *shell):
        for match in _PROGRAM.finditer(text):
            yield match["words"]


@by_page
def test_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    shell = [block.text for block in read_blocks(page) if block.language == "sh"]
    for text in (*read_code(page), *shell):
        for target in re.findall(r"^(?:[A-Z]+=\S+ )?make ([a-z]+)", text, re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"there is no `make {target}`"


@by_page
def test_settings_exist(page: Path) -> None:
    names = set(load_generator("settings").list_names()) | _MADE_UP
    names |= {_JOURNEY + name for name in {*names, "EMAIL", "PASSWORD"}}
    shell = [line for block in read_blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    exported = [line for line in shell if line.startswith("export ")]
    for text in (*read_code(page), *exported):
        named = _SETTING.fullmatch(text)
        if named and not named["name"].endswith("_"):
            assert named["name"] in names, f"there is no setting {named['name']}"


def test_the_readme_names_the_settings_that_matter() -> None:
    named = {text.partition("=")[0] for text in read_code(ROOT / "README.md")}
    assert {"HEADWATER_DATA", "PUBLIC_URL", "SMTP_HOST", "OPENAI_API_KEY", "ENCRYPTION_KEY"} - named <= {
        "ENCRYPTION_KEY"
    }


@by_page
def test_endpoints_exist(page: Path) -> None:
    known = list_endpoints()
    paths = {path for _, path in known}
    for text in read_code(page):
        for match in _ENDPOINT.finditer(text):
            if "bookmarks" in match["path"] or "…" in match["path"]:
                continue
            assert (match["method"], match["path"]) in known, f"there is no {match[0]}"
        if text.startswith("/api/v1/") and " " not in text:
            assert text in paths, f"there is no {text}"


def test_the_metrics_are_those_that_there_are() -> None:
    # In a process of its own: what other tests have imported brings metrics of the local stand-in along.
    listed = subprocess.run(
        [sys.executable, "-c", _LIST_METRICS], check=True, capture_output=True, text=True, cwd=ROOT / "docs"
    )
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert set(_METRIC.findall(page)) == set(listed.stdout.split())


def test_the_decision_names_everybody_who_acts_past_the_policies() -> None:
    page = ROOT / "docs" / "decisions" / "0008-service-role-callers.md"
    named = {text for text in read_code(page) if text.endswith(".py") and not text.startswith("tests/")}
    assert named == set(ALLOWED) - {"core/database/database.py"}


def test_the_guide_says_how_long_everything_is_kept() -> None:
    page = (ROOT / "docs" / "watch.md").read_text("utf-8")
    kept = {name: field for name, field in WatchSettings.model_fields.items() if name.startswith("keep_")}
    assert len(kept) == len(keeps)
    for name, field in kept.items():
        assert f"`{name.upper()}`, {field.default} by default" in page
