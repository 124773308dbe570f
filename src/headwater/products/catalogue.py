"""The products there are. A sixth one is a folder and a line here."""

from __future__ import annotations

from headwater.kit.product import Product
from headwater.products.watch.product import product as watch

PRODUCTS: tuple[Product, ...] = (watch,)
