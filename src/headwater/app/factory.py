"""Makes the application from the products' tables of contents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.routing import BaseRoute

import headwater
from headwater.app.dashboard import Dashboard
from headwater.app.documentation import DOCUMENT, PAGE, STATIC, add_documentation
from headwater.app.errors import ERROR_RESPONSES, complete_errors, complete_parameters, install_error_handlers
from headwater.app.health import router as health_router
from headwater.app.limiting import LimitedRequest
from headwater.app.middleware import BoundRequest, CrossOrigin, GuardedRequest
from headwater.app.mounts import Mounts
from headwater.core.answer_headers import AnswerHeaders, list_answer_headers
from headwater.core.reporting import trace_requests
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.module import Module

_DESCRIPTION = (
    "Collects signals from the outside world, works on them with durable jobs and AI, keeps them in a Postgres that you"
    " own, and acts. Sign in with an access token of your Supabase project (or of the local data plane), or send an API"
    " key; both go into `Authorization: Bearer`."
)

# By the router's identity: it has no hash. The router is kept so that no other gets its identity.
_included: dict[int, tuple[APIRouter, list[BaseRoute]]] = {}
_COUNTED = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")


def create_app(
    resources: Resources,
    *,
    routers: Sequence[APIRouter] = (),
    modules: Sequence[Module] = (),
    title: str = "Headwater",
    dashboard: Path | None = None,
    limited: bool = False,
) -> FastAPI:
    """Make an application that serves `routers` and what `modules` bring with the tools in `resources`.

    The caller opens and closes the tools.

    `dashboard` is the folder of the built dashboard; without one the bare address leads to the documentation. Where
    it isn't `limited`, requests aren't counted, which is for services that only our own gateway calls.
    """
    settings = resources.get(Settings)
    app = FastAPIOffline(
        title=title,
        version=headwater.__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        static_url=STATIC,
        openapi_url=DOCUMENT,
        generate_unique_id_function=_name_operation,
        responses=ERROR_RESPONSES,
        redirect_slashes=False,
    )
    app.state.resources = resources
    for router in (health_router, *routers):
        app.include_router(router)
    for module in modules:
        for router in module.routers():
            app.router.routes.extend(_include(router))
    add_documentation(app)
    app.get("/", include_in_schema=False)(show_documentation)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # how the framework lets its schema be extended
    install_error_handlers(app)
    # The layer that is added last is the outermost. Files of the dashboard come from memory and aren't counted.
    if limited:
        app.add_middleware(LimitedRequest, resources=resources)
    if dashboard is not None:
        public = [prefix for module in modules for prefix in module.public_prefixes]
        app.add_middleware(Dashboard, folder=dashboard, settings=settings, public_prefixes=public)
    body_limits = {prefix: limit for module in modules for prefix, limit in module.body_limits.items()}
    app.add_middleware(GuardedRequest, body_limits=body_limits)
    app.add_middleware(
        CrossOrigin,
        allow_origins=settings.resolved_allowed_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["authorization", "content-type", "apikey", "x-workspace-id", "x-client-info"],
        expose_headers=["link", "x-request-id", "retry-after", *_COUNTED],
        max_age=600,
    )
    app.add_middleware(BoundRequest)
    app.add_middleware(AnswerHeaders, headers=list_answer_headers(settings))
    trace_requests(app, settings)
    mounted = {mount.prefix: mount.make(resources) for module in modules for mount in module.mounts}
    if mounted:
        app.add_middleware(Mounts, mounted=mounted)
    return app


def _include(router: APIRouter) -> list[BaseRoute]:
    """Return the routes of a module's router as an application of ours has them.

    The framework works out each route's parameters and models anew for each application that includes it, which takes
    0.1 seconds of a core for all of ours. A gateway is one application; the tests make a thousand in a process.
    """
    if id(router) not in _included:
        whole = APIRouter(responses=ERROR_RESPONSES, generate_unique_id_function=_name_operation)
        whole.include_router(router)
        _included[id(router)] = (router, whole.routes)
    return _included[id(router)][1]


async def show_documentation() -> RedirectResponse:
    """Lead somebody who opens the bare address to the documentation."""
    return RedirectResponse(PAGE)


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the one way to authenticate."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        schema["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An access token, or an API key (hw_live_…)."}
        }
        schema["security"] = [{"bearer": []}]
        complete_errors(schema)
        complete_parameters(schema)
    return app.openapi_schema or {}


def _name_operation(route: APIRoute) -> str:
    """Name operations as the functions are named, so that generated clients read well."""
    return f"{str(route.tags[0]).replace(': ', '_').replace(' ', '_')}_{route.name}" if route.tags else route.name
