"""Reading answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from httpx2 import ASGITransport, AsyncClient, Response

from headwater.app import create_app
from headwater.core.resources import Resources


def read_error(answer: Response) -> dict[str, Any]:
    """Return the body of an error after looking at its shape."""
    body: dict[str, Any] = answer.json()
    assert set(body) == {"code", "message", "details", "hint"}, body
    assert body["code"].replace("_", "").isalnum()
    assert body["message"]
    assert answer.headers["x-request-id"]
    return body


def open_app(app: Any) -> AsyncClient:
    """Open a client of an application in process."""
    return AsyncClient(transport=ASGITransport(app=app, raise_app_exceptions=False), base_url="http://gateway.test")


def open_failing(resources: Resources, error: Exception) -> AsyncClient:
    """Open a client of an application with an endpoint that fails."""
    router = APIRouter()

    @router.get("/fail")
    async def fail() -> None:
        raise error

    return open_app(create_app(resources, routers=[router]))
