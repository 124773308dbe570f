"""The document that clients are made from: valid, whole, and true about who may call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import schemathesis
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from tests.fixtures.gateway import Gateway

# What answers without credentials, and why.
PUBLIC = {
    ("GET", "/health"): "a load balancer asks",
    ("GET", "/health/ready"): "a load balancer asks",
    ("POST", "/api/v1/auth/verify-token"): "says of the token in its body whether it holds",
    ("GET", "/api/v1/config"): "the dashboard asks before anybody signs in",
    ("POST", "/api/v1/workspaces/read-invitation"): "the token of the invitation in the body is the key",
    ("GET", "/api/v1/alerts/feed.xml"): "the token in the address is the key",
    ("GET", "/api/v1/notifications/unsubscribe"): "the signed link in a mail is the key",
    ("POST", "/api/v1/notifications/unsubscribe"): "the signed link in a mail is the key",
    ("GET", "/api/v1/notifications/verify"): "the signed link in a mail is the key",
    ("POST", "/api/v1/notifications/verify"): "the signed link in a mail is the key",
}
# What people open in a browser or machines scrape, outside the document.
HIDDEN = {"/", "/metrics", "/api/v1/health/", "/api/docs"}


def list_operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every operation."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), path, operation


async def test_document_is_valid_and_served(gateway: Gateway) -> None:
    async with gateway.client() as client:
        document = (await client.get("/api/openapi.json")).json()
        page = await client.get("/api/docs")
    assert schemathesis.openapi.from_dict(document).validate() is None
    assert document["info"]["title"] == "Headwater"
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]


async def test_documentation_needs_no_other_host(gateway: Gateway) -> None:
    async with gateway.client() as client:
        page = (await client.get("/api/docs")).text
    assert "//cdn" not in page
    assert 'src="http' not in page


async def test_every_operation_is_documented(gateway: Gateway) -> None:
    names = []
    for method, path, operation in list_operations(gateway.app.openapi()):
        where = f"{method} {path}"
        assert operation.get("tags"), where
        assert len(operation.get("description", "")) > 15, where
        assert operation["description"].rstrip().endswith("."), where
        names.append(operation["operationId"])
        succeeded = [status for status in operation["responses"] if status.startswith("2")]
        assert succeeded, where
        for status in succeeded:
            assert status == "204" or operation["responses"][status].get("content"), where
        for status, answer in operation["responses"].items():
            assert answer.get("description"), f"{where} {status}"
    assert len(set(names)) == len(names) > 50


async def test_every_route_is_in_the_document_or_hidden_on_purpose(gateway: Gateway) -> None:
    documented = {(method, path) for method, path, _ in list_operations(gateway.app.openapi())}
    served = {
        (method, route.path)
        for route in list_routes(gateway.app)
        if isinstance(route, APIRoute)
        for method in route.methods or ()
        if route.path not in HIDDEN
    }
    assert served == documented


async def test_everything_but_what_is_public_asks_for_credentials(gateway: Gateway) -> None:
    asked = []
    document = gateway.app.openapi()
    async with gateway.client() as client:
        for method, path, operation in list_operations(document):
            parameters = [part["name"] for part in operation.get("parameters", []) if part["in"] == "path"]
            address = path.format(**{name: uuid4() for name in parameters})
            answer = await client.request(method, address)
            # What the document says, and the page of endpoints after it, is what the route does.
            assert bool(operation.get("security", document["security"])) == (answer.status_code == 401), (method, path)
            if answer.status_code == 401:
                asked.append((method, path))
            else:
                assert (method, path) in PUBLIC, f"{method} {path} answered {answer.status_code}"
    assert len(asked) > 45
    assert not set(asked) & set(PUBLIC)


async def test_errors_are_described_once(gateway: Gateway) -> None:
    document = gateway.app.openapi()
    assert set(document["components"]["schemas"]["ErrorBody"]["properties"]) == {"code", "message", "details", "hint"}
    for method, path, operation in list_operations(document):
        for status in ("401", "403", "404", "422", "429"):
            (content,) = operation["responses"][status]["content"].values()
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorBody"}, f"{method} {path} {status}"


def list_routes(router: Any) -> Iterator[BaseRoute]:
    """Yield every route, those of included routers too."""
    for route in router.routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from list_routes(included)
