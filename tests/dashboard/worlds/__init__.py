"""What each feature's pages have to show: a module a feature, by the feature's name, where its pages need something.

`make_world` makes it and returns what stands in the place of the parameters of its addresses; `VIEWS` names further
views of a page by the search parameters that lead to them.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from headwater.catalogue import PRODUCTS

# What belongs to no product comes last: the jobs, say, are those of the products.
_ALWAYS_THERE = ("jobs", "workspace")


def list_worlds() -> list[ModuleType]:
    """Return the modules that there are, in the order in which they are to be made."""
    names = [f"{__name__}.{feature}" for feature in (*PRODUCTS, *_ALWAYS_THERE)]
    return [import_module(name) for name in names if find_spec(name)]
