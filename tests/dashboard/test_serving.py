"""How the gateway serves a built dashboard: its files, its index for pages, nothing else, and with which headers."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest
from httpx2 import ASGITransport, AsyncClient

from headwater.app import create_app
from headwater.app.dashboard import RESERVED
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from tests.fixtures.gateway import Gateway, cast, gateway, owner

__all__ = ["cast", "gateway", "owner"]

INDEX = "<!doctype html><title>Headwater</title>" + " " * 2_000
SCRIPT = "export const water = 'head';\n" * 100
NAVIGATION = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT_PATH = "/assets/index-3f2a.js"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built dashboard, with what must never be served beside and inside it."""
    folder = tmp_path / "dist"
    for name, text in {
        "index.html": INDEX,
        "favicon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "assets/index-3f2a.js": SCRIPT,
        "assets/index-3f2a.js.map": "{}",
        ".sources": "digest",
        ".vite/manifest.json": "{}",
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    for name in ("index.html", "assets/index-3f2a.js"):
        file = folder / name
        file.with_name(f"{file.name}.br").write_bytes(brotli.compress(file.read_bytes()))
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
    (tmp_path / "secret.txt").write_text("keep this", "utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def client(resources: Resources, dist: Path) -> AsyncClient:
    """A client of an application that serves it; it asks for nothing compressed by itself."""
    transport = ASGITransport(app=create_app(resources, routers=[], dashboard=dist))
    return AsyncClient(transport=transport, base_url="http://gateway.test", headers={"accept-encoding": "identity"})


async def test_the_index_is_asked_for_anew_each_time(client: AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-request-id"]
    again = await client.get("/", headers={"if-none-match": f'W/{answer.headers["etag"]}, "other"'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert (await client.get("/", headers={"if-none-match": '"other"'})).status_code == 200


async def test_a_hashed_file_is_kept_forever(client: AsyncClient) -> None:
    answer = await client.get(SCRIPT_PATH)
    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    icon = await client.get("/favicon.svg")
    assert (icon.headers["content-type"], icon.headers["cache-control"]) == ("image/svg+xml", "no-cache")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0", None),
        ("BR", "br"),
        ("br;q=much", None),
        ("identity", None),
        ("", None),
    ],
)
async def test_the_body_is_compressed_as_the_browser_asks(
    client: AsyncClient, accepted: str, chosen: str | None
) -> None:
    answer = await client.get(SCRIPT_PATH, headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == chosen
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.text == SCRIPT
    plain = await client.get(SCRIPT_PATH)
    assert (answer.headers["etag"] == plain.headers["etag"]) == (chosen is None)


async def test_head_says_what_get_would(client: AsyncClient) -> None:
    for path in ("/", SCRIPT_PATH, "/watch"):
        got, head = await client.get(path, headers=NAVIGATION), await client.head(path, headers=NAVIGATION)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag", "cache-control"):
            assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("path", ["/watch", "/watch/sources/0190", "/settings/members", "/authors", "/api-keys"])
async def test_pages_are_drawn_by_the_index(client: AsyncClient, path: str) -> None:
    assert (await client.get(path, headers=NAVIGATION)).text == INDEX
    # A program that asks for no page is told that there is none.
    refused = await client.get(path, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert (await client.post(path, headers=NAVIGATION)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone-1a2b.js",
        "/assets/gone",
        "/assets/index-3f2a.js.map",
        "/assets/index-3f2a.js.br",
        "/missing.png",
        "/robots.txt",
        "/.sources",
        "/.vite/manifest.json",
        "/link.txt",
        *(f"{prefix}/nowhere" for prefix in RESERVED),
    ],
)
async def test_what_is_missing_is_missing(client: AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=NAVIGATION)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
        "//secret.txt",
        "/secret.txt%00.js",
        "/assets//index-3f2a.js",
        "/./index.html",
    ],
)
async def test_no_path_leads_outside(resources: Resources, dist: Path, path: str) -> None:
    app = create_app(resources, routers=[], dashboard=dist)
    # As a server hands it over: decoded, and with nothing taken out of it.
    for decoded in (path, path.replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\").replace("%00", "\0")):
        started: list[dict[str, object]] = []

        async def send(message: dict[str, object], started: list[dict[str, object]] = started) -> None:
            started.append(message)

        scope = {"type": "http", "method": "GET", "path": decoded, "raw_path": path.encode(), "query_string": b""}
        scope |= {"headers": [(b"host", b"gateway.test")], "http_version": "1.1", "scheme": "http", "root_path": ""}
        await app({**scope, "server": ("gateway.test", 80), "client": ("127.0.0.1", 1)}, receive, send)  # type: ignore[arg-type]
        body = b"".join(bytes(one.get("body", b"")) for one in started)  # type: ignore[call-overload]
        assert started[0]["status"] == 404
        assert b"keep this" not in body


async def receive() -> dict[str, object]:
    """Return a request without a body."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def test_every_answer_is_guarded(client: AsyncClient) -> None:
    for path in ("/", "/watch", SCRIPT_PATH):
        headers = (await client.get(path, headers=NAVIGATION)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        policy = read_policy(headers["content-security-policy"])
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
        assert policy["script-src"] == ["'self'"]


@pytest.mark.parametrize(
    ("project", "public", "expected"),
    [
        (None, None, ["'self'", "ws://127.0.0.1:8000"]),
        (None, "https://headwater.example.com", ["'self'", "wss://headwater.example.com"]),
        (
            "https://project.supabase.co",
            "https://headwater.example.com",
            [
                "'self'",
                "wss://headwater.example.com",
                "https://project.supabase.co",
                "wss://project.supabase.co",
            ],
        ),
    ],
)
async def test_the_dashboard_may_call_itself_and_the_project(
    resources: Resources, dist: Path, project: str | None, public: str | None, expected: list[str]
) -> None:
    given = resources.get(Settings).model_copy(update={"supabase_url": project, "public_url": public})
    tools = Resources()
    tools.provide(Settings, given)
    transport = ASGITransport(app=create_app(tools, routers=[], dashboard=dist))
    async with AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        policy = read_policy((await client.get("/")).headers["content-security-policy"])
    assert policy["connect-src"] == expected


def read_policy(text: str) -> dict[str, list[str]]:
    """Read a Content-Security-Policy into its directives."""
    return {parts[0]: parts[1:] for parts in (directive.split() for directive in text.split(";"))}


async def test_without_a_dashboard_the_address_leads_to_the_documentation(resources: Resources) -> None:
    transport = ASGITransport(app=create_app(resources, routers=[]))
    async with AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        answer = await client.get("/", headers=NAVIGATION)
        assert (answer.status_code, answer.headers["location"]) == (307, "/api/docs")
        assert (await client.get("/watch", headers=NAVIGATION)).status_code == 404


async def test_every_path_of_the_gateway_is_reserved(gateway: Gateway) -> None:
    async with gateway.client() as client:
        paths = (await client.get("/api/openapi.json")).json()["paths"]
        assert [path for path in paths if not path.startswith(RESERVED)] == []
        for path in ("/health", "/metrics", "/api/docs"):
            assert (await client.get(path, headers=NAVIGATION)).status_code != 404
