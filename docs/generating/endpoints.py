"""The page of endpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from generating.markdown import code, end_page, make_table, start_page
from headwater.core.resources import Resources
from headwater.core.settings import Settings
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
    document = app.openapi()
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            name = method.upper()
            needs_caller = bool(said.get("security", document["security"]))
            yield Endpoint(name, path, _find_group(said), said.get("description", ""), needs_caller)
    yield Endpoint("GET", "/metrics", "health", "Metrics for Prometheus: to loopback, or with METRICS_TOKEN.", False)


def make_app() -> FastAPI:
    """Make the gateway with default settings and nothing open behind it."""
    tools = Resources()
    tools.provide(Settings, Settings(_env_file=None))
    return create_gateway(tools)


def _find_group(said: dict[str, Any]) -> str:
    tags: list[str] = said.get("tags") or ["other"]
    return tags[0]
