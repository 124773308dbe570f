"""What a browser must know before anybody has signed in: where Supabase is, under which key, and what there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter
from pydantic import BaseModel, Field

import headwater
from headwater.core.errors import Unavailable
from headwater.core.settings import Settings
from headwater.kit.http.caller import OPEN_TO_ALL, RequestResources
from headwater.kit.module import Product


class ProductSummary(BaseModel):
    """A product of this installation."""

    name: str
    title: str
    promise: str = Field(description="One sentence: what it does for people.")


class PublicConfig(BaseModel):
    """What anybody may know of this installation. Supabase Auth's own settings say who may sign up and how."""

    supabase_url: str | None = Field(description="The Supabase project; null = the address of this API serves it too.")
    supabase_key: str = Field(description="The project's publishable (or anon) key: public by design.")
    version: str
    products: list[ProductSummary]


def create_config_router(*, find_publishable_key: Callable[[], str | None], products: Sequence[Product]) -> APIRouter:
    """Make the one endpoint; the key is looked for when it is asked for."""
    router = APIRouter(prefix="/api/v1", tags=["config"])

    @router.get("/config", response_model=PublicConfig, openapi_extra=OPEN_TO_ALL)
    async def read_config(resources: RequestResources) -> PublicConfig:
        """Say where Supabase is and with which public key to call it, for clients that run in a browser."""
        key = find_publishable_key()
        if key is None:
            raise Unavailable(
                "This installation doesn't know the public key of its Supabase project.",
                hint="Set SUPABASE_ANON_KEY to the project's publishable key.",
            )
        return PublicConfig(
            supabase_url=resources.get(Settings).supabase_url,
            supabase_key=key,
            version=headwater.__version__,
            products=[
                ProductSummary(name=product.name, title=product.title, promise=product.promise) for product in products
            ],
        )

    return router
