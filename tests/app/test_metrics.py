"""Metrics: what is measured, and who may read it."""

from __future__ import annotations

import pytest
from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr

from headwater.app import create_app
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from tests.fixtures.gateway import Gateway


async def test_every_request_is_measured_by_its_route_and_not_by_its_path(gateway: Gateway) -> None:
    async with gateway.client("admin") as client:
        await client.get(f"/api/v1/workspaces/{gateway.cast.workspace_id}/members")
        await client.get("/api/v1/a-path-that-nobody-has")
        written = (await client.get("/metrics")).text
    assert 'route="/api/v1/workspaces/{workspace_id}/members"' in written
    assert str(gateway.cast.workspace_id) not in written
    assert "a-path-that-nobody-has" not in written


@pytest.mark.parametrize(
    ("client", "given", "expected", "status"),
    [
        ("127.0.0.1", None, None, 200),
        ("::1", None, None, 200),
        ("192.0.2.7", None, None, 401),
        ("testclient", None, None, 401),
        ("192.0.2.7", "scrape", "scrape", 200),
        ("192.0.2.7", "guess", "scrape", 401),
        ("127.0.0.1", None, "scrape", 401),
        ("127.0.0.1", "\u00e9", "scrape", 401),
    ],
)
async def test_metrics_are_for_whom_they_are_for(
    settings: Settings, resources: Resources, client: str, given: str | None, expected: str | None, status: int
) -> None:
    token = SecretStr(expected) if expected else None
    resources.provide(Settings, Settings.model_validate({**settings.model_dump(), "metrics_token": token}))
    transport = ASGITransport(app=create_app(resources, routers=[]), client=(client, 1))
    async with AsyncClient(transport=transport, base_url="http://gateway.test") as asking:
        headers = {"authorization": f"Bearer {given}".encode("latin-1")} if given else {}
        answer = await asking.get("/metrics", headers=headers)  # type: ignore[arg-type]  # bytes are taken too
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["content-type"].startswith("text/plain")
        assert "# TYPE headwater_" in answer.text
