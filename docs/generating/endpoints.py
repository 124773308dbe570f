"""The page of endpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from generating.markdown import code, end_page, make_table, start_page
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.http.caller import identify_caller, open_raw_transaction
from headwater.services import create_gateway

_ABOUT = (
    "What the gateway serves. *Sign-in* says whether a caller must show a token or an API key; the others are open, or"
    " have a proof of their own that their line names. The same with all its models is the OpenAPI document at"
    " `/api/openapi.json`, and `/api/docs` lets you try it. In the embedded mode the gateway also serves `/auth/v1`"
    " and more, as Supabase does."
)


@dataclass(frozen=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    group: str
    about: str
    needs_caller: bool


def write_endpoints() -> str:
    """Return the page."""
    groups: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in list_endpoints():
        groups[endpoint.group].append(endpoint)
    lines = start_page("Endpoints", _ABOUT)
    for group, endpoints in groups.items():
        rows = [(one.method, code(one.path), "yes" if one.needs_caller else "no", one.about) for one in endpoints]
        lines += [f"## {group}", "", *make_table(("method", "path", "sign-in", "what"), rows)]
    return end_page(lines)


def list_endpoints() -> Iterator[Endpoint]:
    """Yield every endpoint of the OpenAPI document, in its order, then `/metrics`, which it leaves out."""
    app = make_app()
    guarded = {(name, one.path): _is_guarded(one) for one in _list_routes(app) for name in one.methods or ()}
    for path, methods in app.openapi()["paths"].items():
        for method, said in methods.items():
            name = method.upper()
            yield Endpoint(name, path, _find_group(said), said.get("description", ""), guarded[name, path])
    yield Endpoint("GET", "/metrics", "health", "Metrics for Prometheus: to loopback, or with METRICS_TOKEN.", False)


def make_app() -> FastAPI:
    """Make the gateway with default settings and nothing open behind it."""
    tools = Resources()
    tools.provide(Settings, Settings(_env_file=None))
    return create_gateway(tools)


def _list_routes(app: FastAPI) -> Iterator[APIRoute]:
    waiting: list[Any] = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            waiting.extend(route.original_router.routes)


def _is_guarded(route: APIRoute) -> bool:
    # The busiest reads identify the caller and open their transaction inside, in one call.
    if open_raw_transaction.__name__ in route.endpoint.__code__.co_names:
        return True
    waiting: list[Dependant] = [route.dependant]
    while waiting:
        one = waiting.pop()
        if one.call is identify_caller:
            return True
        waiting.extend(one.dependencies)
    return False


def _find_group(said: dict[str, Any]) -> str:
    tags: list[str] = said.get("tags") or ["other"]
    return tags[0]
