"""Every route that an application has, as requests that can be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from starlette.routing import Mount, Route

SOMETHING = str(UUID(int=7))


def list_requests(app: FastAPI, *, workspace_id: UUID | None = None) -> list[tuple[str, str]]:
    """Return a method and a path for each route, those that the document leaves out too, and for a path that is none.

    Paths speak of things that there aren't, and of `workspace_id` where one is given.
    """
    found = sorted({*_walk(app.routes, ""), ("GET", "/api/v1/nothing-here"), ("POST", "/nothing-here")})
    assert len(found) > 70, "the routes of the gateway weren't found"
    named = str(workspace_id or SOMETHING)
    return [(method, path.replace(f"/workspaces/{SOMETHING}", f"/workspaces/{named}")) for method, path in found]


def _walk(routes: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield "GET", f"{before}{route.path}/swagger-ui.css"
        elif isinstance(route, Route):
            path = before + re.sub(r"\{[^}]+\}", SOMETHING, route.path)
            for method in route.methods or ():
                if method != "HEAD":
                    yield method, path
        else:
            # FastAPI keeps a router that it includes as it was.
            yield from _walk(route.original_router.routes, before)
