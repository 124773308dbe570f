"""The rule about a product's shape finds what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.product_rules import check_products

FILES = {
    "../catalogue.py": "PRODUCTS = ('sixth',)\n",
    "sixth/__init__.py": '"""Sixth: an example."""\n',
    "sixth/product.py": "product = Product(name='sixth')\n",
    "sixth/routes.py": "",
    "sixth/schemas.py": "",
    "sixth/tables.py": "",
    "sixth/jobs.py": "",
}


def lay(folder: Path, files: dict[str, str]) -> Path:
    """Write files into a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_whole_product_is_left_alone(tmp_path: Path) -> None:
    assert check_products(lay(tmp_path / "products", FILES)) == []


@pytest.mark.parametrize("missing", [name for name in FILES if name != "sixth/__init__.py"])
def test_missing_file_is_found(tmp_path: Path, missing: str) -> None:
    assert check_products(lay(tmp_path / "products", {name: text for name, text in FILES.items() if name != missing}))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sixth/__init__.py", ""),
        ("sixth/__init__.py", '"""Sixth."""\nimport os\n'),
        ("sixth/product.py", "contents = Product(name='sixth')\n"),
        ("../catalogue.py", "PRODUCTS = ()\n"),
    ],
)
def test_wrong_file_is_found(tmp_path: Path, name: str, text: str) -> None:
    assert len(check_products(lay(tmp_path / "products", {**FILES, name: text}))) == 1
