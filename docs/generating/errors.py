"""The page of errors."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import headwater
from generating.markdown import code, end_page, make_table, start_page
from headwater.core.errors import CLOSED_SET, HeadwaterError
from headwater.kit.fetch.errors import BlockedAddress, FetchFailed, FetchKind, UnknownHost

_ABOUT = (
    "Every error of the API is JSON: `code` for programs, `message` for people, `details` and `hint` where there is"
    " more to say. The classes are a closed set; a class has one status. Anything unexpected is a 500 `internal_error`"
    " that tells nothing of the inside. The embedded sign-in under `/auth/v1` answers errors in Supabase's own form."
)
_ROOMS = ("core", "kit", "products", "app")


def write_errors() -> str:
    """Return the page."""
    lines = start_page("Errors", _ABOUT)
    lines += make_table(
        ("status", "code", "when"), ((str(one.status), code(one.default_code), _about(one)) for one in CLOSED_SET)
    )
    lines += ["## Narrower codes", "", "Some errors of a class have a code of their own:", ""]
    narrower = sorted({one for one in _list_codes() if one[1] not in {kind.default_code for kind in CLOSED_SET}})
    lines += make_table(("status", "code"), ((str(status), code(name)) for status, name in narrower))
    return end_page(lines)


def _about(kind: type[HeadwaterError]) -> str:
    return (kind.__doc__ or "").split("\n", 1)[0]


def _list_codes() -> Iterator[tuple[int, str]]:
    import_rooms()
    kinds = {kind.__name__: kind for kind in _list_kinds(HeadwaterError)}
    for kind in kinds.values():
        if kind.__module__.split(".")[1] in _ROOMS and kind is not HeadwaterError:
            yield kind.status, kind.default_code
    fetched = [FetchFailed("", kind=kind) for kind in get_args(FetchKind) if kind != "blocked_address"]
    for error in (*fetched, BlockedAddress("", reason=""), UnknownHost(url="")):
        yield error.status, error.code
    for file in _list_files():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
                for word in node.keywords:
                    if word.arg == "code" and isinstance(word.value, ast.Constant):
                        yield kinds[node.func.id].status, str(word.value.value)


def _list_kinds(kind: type[HeadwaterError]) -> Iterator[type[HeadwaterError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _list_kinds(one)


def import_rooms() -> None:
    """Import every module that may define an error, or a metric."""
    for room in _ROOMS:
        package = importlib.import_module(f"headwater.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"headwater.{room}."):
            importlib.import_module(found.name)


def _list_files() -> Iterator[Path]:
    package = Path(headwater.__file__).parent
    for room in _ROOMS:
        # What is a part of the demo is never part of an answer.
        yield from (
            file for file in sorted((package / room).rglob("*.py")) if "demo" not in file.relative_to(package).parts
        )
