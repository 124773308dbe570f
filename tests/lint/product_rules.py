"""Every product has the same shape, so that whoever opens a second one knows their way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.lint.findings import ROOT, SOURCE, Finding

_FILES = ("__init__.py", "product.py", "schemas.py", "tables.py", "jobs.py")


def check_products(products: Path = SOURCE / "products") -> list[Finding]:
    """Return what is missing in each product's folder."""
    folders = [path for path in sorted(products.iterdir()) if path.is_dir() and path.name != "__pycache__"]
    catalogue = products.parent / "catalogue.py"
    listed = _read_names(catalogue)
    return [finding for folder in folders for finding in _check_product(folder, listed=listed)]


def _check_product(folder: Path, *, listed: set[str]) -> Iterator[Finding]:
    where = folder.relative_to(ROOT).as_posix() if folder.is_relative_to(ROOT) else folder.name
    for name in _FILES:
        if not (folder / name).is_file():
            yield Finding(f"{where}/{name}", 1, "every product has this file")
    if not ((folder / "routes.py").is_file() or (folder / "routes" / "__init__.py").is_file()):
        yield Finding(f"{where}/routes.py", 1, "every product has routes.py, or a folder routes")
    if folder.name not in listed:
        yield Finding(f"{where}/product.py", 1, "the product isn't in headwater/catalogue.py")
    opening = folder / "__init__.py"
    if opening.is_file():
        tree = ast.parse(opening.read_text("utf-8"))
        if ast.get_docstring(tree) is None:
            yield Finding(f"{where}/__init__.py", 1, "a docstring says what the product is")
        if len(tree.body) > 1:
            yield Finding(f"{where}/__init__.py", tree.body[1].lineno, "nothing but the docstring stands here")
    contents = folder / "product.py"
    if contents.is_file() and "product" not in _assigned(contents):
        yield Finding(f"{where}/product.py", 1, "`product = Product(…)` is what the doors read")


def _read_names(catalogue: Path) -> set[str]:
    """Read the names that `PRODUCTS` lists."""
    tree = ast.parse(catalogue.read_text("utf-8") if catalogue.exists() else "")
    lists = [node.value for node in tree.body if isinstance(node, ast.Assign) and "PRODUCTS" in _name_targets(node)]
    return {name for one in lists for name in ast.literal_eval(one)}


def _name_targets(node: ast.Assign) -> set[str]:
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def _assigned(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    targets += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    return {target.id for target in targets if isinstance(target, ast.Name)}
