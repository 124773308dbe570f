"""The tree is the architecture: imports run one way, and the rules of the house hold."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tomllib
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from headwater.app.dashboard import RESERVED
from headwater.app.mounts import find_prefix
from headwater.catalogue import PRODUCTS, list_modules, list_processes, list_products
from headwater.kit.notify import EventKind
from tests.lint.__main__ import find_all
from tests.lint.findings import ROOT, SOURCE

_PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
_CONTRACTS: list[dict[str, Any]] = _PROJECT["tool"]["importlinter"]["contracts"]


def test_import_contracts_hold() -> None:
    program = Path(sysconfig.get_path("scripts")) / "lint-imports"
    command = [sys.executable, str(program), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout


def test_house_rules_hold() -> None:
    assert [str(finding) for finding in find_all()] == []


def test_tokens_are_verified_in_one_place() -> None:
    verifying = re.compile(
        r"jwt\.decode|\bPyJWS\b|api_jws|api_jwt|from jwt import|get_unverified_header|decode_complete"
    )
    found = {
        str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if verifying.search(path.read_text("utf-8"))
    }
    assert found == {"core/auth/signatures.py"}


def test_every_product_is_in_the_catalogue() -> None:
    (contract,) = [one for one in _CONTRACTS if one["type"] == "independence"]
    assert contract["modules"] == ["headwater.products.*"]
    assert set(PRODUCTS) == _list_folders("products")
    assert tuple(product.name for product in list_products()) == PRODUCTS


def test_every_room_of_the_kit_has_its_place_in_the_order() -> None:
    (contract,) = [one for one in _CONTRACTS if one.get("containers") == ["headwater.kit"]]
    placed = {room.strip(" ()") for layer in contract["layers"] for room in layer.split("|")}
    assert _list_folders("kit") <= placed


def test_a_new_room_or_product_is_held_by_every_contract_but_the_order_of_rooms() -> None:
    """The order says which room may know which, so a new room chooses its place there; nothing else names rooms."""
    for contract in _CONTRACTS:
        named = [name for key in ("source_modules", "modules") for name in contract.get(key, ())]
        assert [name for name in named if name.count(".") > 1 and not name.endswith(".*")] == [], contract["name"]


def test_products_names_are_their_folders_and_their_promises_are_one_short_sentence() -> None:
    for product in list_products():
        assert product.name == product.name.lower()
        assert re.fullmatch(r"[A-Z][\w ]{1,30}", product.title)
        assert re.fullmatch(r"[A-Z][^.!?]{10,110}\.", product.promise)
        assert product.routers()
        assert len({job.kind for job in product.jobs}) == len(product.jobs)


def test_modules_claim_no_address_twice() -> None:
    modules = list_modules()
    taken = [prefix for one in modules for prefix in (*(mount.prefix for mount in one.mounts), *one.public_prefixes)]
    assert len(taken) == len(set(taken))
    assert [prefix for prefix in taken if find_prefix(prefix, RESERVED)] == []
    limited = [prefix for one in modules for prefix in one.body_limits]
    assert len(limited) == len(set(limited))
    processes = [process.name for process in list_processes()]
    assert len(processes) == len(set(processes))
    assert "gateway" not in processes


def test_every_kind_of_event_in_a_product_is_declared_by_it() -> None:
    for product in list_products():
        package = import_module(f"headwater.products.{product.name}")
        names = [one.name for one in walk_packages(package.__path__, f"{package.__name__}.")]
        found = [one for name in names for one in vars(import_module(name)).values() if isinstance(one, EventKind)]
        assert {kind.key for kind in found} <= {kind.key for kind in product.event_kinds}


def _list_folders(layer: str) -> set[str]:
    return {path.name for path in (SOURCE / layer).iterdir() if (path / "__init__.py").is_file()}
