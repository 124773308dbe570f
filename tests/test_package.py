"""The package itself: quick to import, and open to what products export."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from operator import itemgetter
from types import ModuleType

import pytest

import headwater
from headwater import catalogue
from headwater.kit.module import load_place

AddProduct = Callable[[str, dict[str, str]], None]


def list_imported(program: str) -> set[str]:
    """Run a program in an interpreter of its own; return the modules of ours that it imported."""
    show = "import json, sys; print(json.dumps([name for name in sys.modules if name.startswith('headwater')]))"
    command = [sys.executable, "-c", f"{program}\n{show}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(done.stdout))


def test_importing_the_package_reads_nothing_else() -> None:
    assert list_imported("import headwater") == {"headwater"}
    assert list_imported("import headwater; assert headwater.__version__") == {"headwater"}


def test_importing_a_part_of_the_package_reads_no_product() -> None:
    found = list_imported("from headwater import core, process\nassert not hasattr(core, 'nothing')")
    assert not [name for name in found if name.startswith(("headwater.products", "headwater.catalogue"))]


def test_asking_for_an_export_reads_no_product_but_its_own() -> None:
    found = list_imported("import headwater\nassert not hasattr(headwater, 'nothing')")
    assert "headwater.products.watch.product" not in found
    assert not [name for name in found if name.startswith(("headwater.kit.jobs", "headwater.core.database"))]


def test_what_nobody_exports_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        headwater.nothing  # noqa: B018
    assert not hasattr(headwater, "_nothing")


def test_every_export_is_there() -> None:
    for place in catalogue.list_exports().values():
        assert load_place(place) is not None


@pytest.fixture
def add_product(monkeypatch: pytest.MonkeyPatch) -> Iterator[AddProduct]:
    """Add products that have `exports.py` alone."""

    def add(name: str, exports: dict[str, str]) -> None:
        for part in (name, f"{name}.exports"):
            module = ModuleType(f"headwater.products.{part}")
            module.__spec__ = ModuleSpec(module.__name__, None, is_package=part == name)
            content: dict[str, object] = {"__path__": []} if part == name else {"exports": exports}
            module.__dict__.update(content)
            monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(catalogue, "PRODUCTS", (*catalogue.PRODUCTS, name))
        catalogue.list_exports.cache_clear()

    yield add
    catalogue.list_exports.cache_clear()


def test_what_a_product_exports_is_the_packages(add_product: AddProduct) -> None:
    add_product("datasets", {"largest_column": "operator:itemgetter"})
    assert headwater.largest_column is itemgetter


@pytest.mark.parametrize("name", ["services", "_hidden", "catalogue"])
def test_a_name_that_is_taken_is_no_products_to_export(add_product: AddProduct, name: str) -> None:
    add_product("datasets", {name: "operator:itemgetter"})
    with pytest.raises(ValueError, match=r"datasets: .* another's name"):
        catalogue.list_exports()


def test_two_products_export_no_name_twice(add_product: AddProduct) -> None:
    add_product("datasets", {"largest_column": "operator:itemgetter"})
    add_product("replies", {"largest_column": "operator:attrgetter"})
    with pytest.raises(ValueError, match=r"replies: .* another's name"):
        catalogue.list_exports()
