"""The products there are, and what they and the rooms beneath them do. A sixth one is a folder and a line here."""

from __future__ import annotations

from typing import Any

from headwater.kit import notify
from headwater.kit.jobs import JobDefinition, Schedule
from headwater.kit.jobs.overview import read_overview as read_jobs_overview
from headwater.kit.notify.overview import read_overview as read_notify_overview
from headwater.kit.overview import Contribution
from headwater.kit.product import Product
from headwater.kit.workspaces import retention
from headwater.products.watch.product import product as watch

PRODUCTS: tuple[Product, ...] = (watch,)


def list_jobs() -> tuple[JobDefinition[Any], ...]:
    """Give every durable job there is."""
    return (*notify.jobs, *(job for product in PRODUCTS for job in product.jobs))


def list_schedules() -> tuple[Schedule, ...]:
    """Give everything that runs by the clock."""
    products = (schedule for product in PRODUCTS for schedule in product.schedules)
    return (*retention.schedules, *notify.schedules, *products)


def list_contributions() -> tuple[Contribution, ...]:
    """Give what the overview is made of: the products first, then the rooms beneath all of them."""
    products = (
        Contribution(product.name, product.title.partition(":")[0], product.overview)
        for product in PRODUCTS
        if product.overview is not None
    )
    return (
        *products,
        Contribution("jobs", "Jobs", read_jobs_overview),
        Contribution("notifications", "Notifications", read_notify_overview),
    )
