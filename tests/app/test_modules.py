"""What a module brings to the gateway beside its routers: raw applications, public addresses, larger bodies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from httpx2 import ASGITransport, AsyncClient
from starlette.types import ASGIApp, Receive, Scope, Send

from headwater.app import create_app
from headwater.app.middleware import API_BODY_LIMIT_BYTES
from headwater.catalogue import list_modules
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.module import Module, Mount
from headwater.services import create_gateway
from tests.app.answers.answers import read_error

NAVIGATION = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
INDEX = "<!doctype html><title>Headwater</title>"
LARGEST = 3 * 1024 * 1024


def make_raw(resources: Resources) -> ASGIApp:
    """Make an application that says where it was called, with the tools that were open when it was made."""
    host = resources.get(Settings).host

    async def raw(scope: Scope, receive: Receive, send: Send) -> None:
        text = f"{host} {scope['root_path']} {scope['path']}"
        await PlainTextResponse(text)(scope, receive, send)

    return raw


def list_routers() -> list[APIRouter]:
    """Make endpoints at a public address and below the API."""
    router = APIRouter(tags=["sponsors"])

    @router.get("/v/{slug}")
    async def follow_link(slug: str) -> PlainTextResponse:
        return PlainTextResponse(slug)

    @router.post("/api/v1/sponsors/{what}")
    async def count_bytes(what: str, request: Request) -> int:
        return len(await request.body())

    return [router]


SPONSORS = Module(
    name="sponsors",
    routers=list_routers,
    mounts=[Mount("/hooks", make_raw), Mount("/hooks/inner", make_raw)],
    public_prefixes=["/v"],
    body_limits={"/api/v1/sponsors/batches": LARGEST, "/api/v1/sponsors/small": 1024},
)


@pytest.fixture
def client(resources: Resources, tmp_path: Path) -> AsyncClient:
    """A client of a gateway with the module and a built dashboard."""
    (tmp_path / "index.html").write_text(INDEX, "utf-8")
    transport = ASGITransport(app=create_app(resources, modules=[SPONSORS], dashboard=tmp_path))
    return AsyncClient(transport=transport, base_url="http://gateway.test")


async def test_a_browser_at_a_public_address_reaches_the_product(client: AsyncClient) -> None:
    assert (await client.get("/v/summer", headers=NAVIGATION)).text == "summer"
    assert (await client.get("/v/summer.png", headers=NAVIGATION)).text == "summer.png"
    for path in ("/v", "/v/a/b"):
        assert (await client.get(path, headers=NAVIGATION)).status_code == 404
    for path in ("/", "/visits", "/watch"):
        assert (await client.get(path, headers=NAVIGATION)).text == INDEX


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/hooks", "127.0.0.1 /hooks /hooks"),
        ("/hooks/a/b", "127.0.0.1 /hooks /hooks/a/b"),
        ("/hooks/inner/c", "127.0.0.1 /hooks/inner /hooks/inner/c"),
    ],
)
async def test_a_mount_answers_before_every_layer_of_the_api(client: AsyncClient, path: str, said: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        answer = await client.request(method, path, headers={**NAVIGATION, "origin": "https://elsewhere.test"})
        assert (answer.status_code, answer.text) == (200, said)
        assert not {"x-request-id", "access-control-allow-origin", "content-security-policy"} & set(answer.headers)


async def test_what_only_looks_like_a_mount_is_the_api(client: AsyncClient) -> None:
    assert (await client.get("/hooksmith")).status_code == 404
    assert (await client.get("/health")).headers["x-request-id"]


@pytest.mark.parametrize(
    ("what", "limit"), [("batches", LARGEST), ("small", 1024), ("batchesmith", API_BODY_LIMIT_BYTES)]
)
async def test_a_body_is_limited_by_its_prefix(client: AsyncClient, what: str, limit: int) -> None:
    async def pour(length: int) -> AsyncIterator[bytes]:
        yield b" " * length

    path = f"/api/v1/sponsors/{what}"
    assert (await client.post(path, content=b" " * limit)).json() == limit
    assert (await client.post(path, content=pour(limit))).json() == limit
    for content in (b" " * (limit + 1), pour(limit + 1)):
        refused = await client.post(path, content=content)
        assert (refused.status_code, read_error(refused)["code"]) == (413, "too_large")
    size = {LARGEST: "3 MB", 1024: "1 KB"}.get(limit, "2 MB")
    assert size in refused.json()["message"]


@pytest.mark.parametrize("prefix", ["", "/", "hooks", "/hooks/"])
def test_a_prefix_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="slash"):
        Mount(prefix, make_raw)
    with pytest.raises(ValueError, match="slash"):
        Module(name="sponsors", public_prefixes=[prefix])
    with pytest.raises(ValueError, match="slash"):
        Module(name="sponsors", body_limits={prefix: 1})


def test_the_routes_of_modules_are_worked_out_once_however_many_applications_there_are(resources: Resources) -> None:
    first, second = (create_gateway(resources).router.routes for _ in range(2))
    shared = [route for route in first if any(route is other for other in second)]
    assert len(shared) >= sum(len(module.routers()) for module in list_modules())
