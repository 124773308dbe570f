"""Makes the application from the products' tables of contents."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

import headwater
from headwater.app.errors import ERROR_RESPONSES, install_error_handlers
from headwater.app.health import router as health_router
from headwater.app.middleware import BoundRequest, CrossOrigin
from headwater.core.resources import Resources
from headwater.core.settings import Settings

_DESCRIPTION = (
    "Collects signals from the outside world, works on them with durable jobs and AI, keeps them in a Postgres that you"
    " own, and acts. Sign in with an access token of your Supabase project (or of the local data plane), or send an API"
    " key; both go into `Authorization: Bearer`."
)


def create_app(resources: Resources, *, routers: Sequence[APIRouter], title: str = "Headwater") -> FastAPI:
    """Make an application that serves `routers` with the tools in `resources`, which the caller opens and closes."""
    settings = resources.get(Settings)
    app = FastAPI(
        title=title,
        version=headwater.__version__,
        description=_DESCRIPTION,
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_name_operation,
        responses=ERROR_RESPONSES,
        redirect_slashes=False,
    )
    app.state.resources = resources
    for router in (health_router, *routers):
        app.include_router(router)
    install_error_handlers(app)
    app.add_middleware(
        CrossOrigin,
        allow_origins=settings.allowed_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["authorization", "content-type", "apikey", "x-workspace-id", "x-client-info"],
        expose_headers=["x-request-id", "retry-after"],
        max_age=600,
    )
    app.add_middleware(BoundRequest)
    return app


def _name_operation(route: APIRoute) -> str:
    """Name operations as the functions are named, so that generated clients read well."""
    return f"{str(route.tags[0]).replace(': ', '_').replace(' ', '_')}_{route.name}" if route.tags else route.name
