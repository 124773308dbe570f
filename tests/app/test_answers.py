"""What every answer has, right or wrong: its shape, its id, its headers, and nothing from inside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import APIRouter
from httpx2 import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from headwater.app import create_app
from headwater.app.middleware import API_BODY_LIMIT_BYTES
from headwater.core.errors import CLOSED_SET, HeadwaterError, RateLimited
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from tests.fixtures.gateway import Gateway
from tests.fixtures.workspaces import make_token

ORIGIN = "https://app.example.com"


def read_error(answer: Response) -> dict[str, Any]:
    """Give the body of an error after looking at its shape."""
    body: dict[str, Any] = answer.json()
    assert set(body) == {"code", "message", "details", "hint"}, body
    assert body["code"].replace("_", "").isalnum()
    assert body["message"]
    assert answer.headers["x-request-id"]
    return body


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("GET", "/api/v1/workspaces/", 404, "not_found"),
        ("DELETE", "/health", 405, "method_not_allowed"),
        ("PUT", "/api/v1/workspaces", 405, "method_not_allowed"),
        ("GET", "/api/v1/workspaces", 401, "unauthenticated"),
        ("POST", "/api/v1/auth/verify-token", 422, "invalid_input"),
    ],
)
async def test_errors_have_one_shape(gateway: Gateway, method: str, path: str, status: int, code: str) -> None:
    async with gateway.client() as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert read_error(answer)["code"] == code
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b'{"token": 5}',
        b'{"token": ""}',
        b'{"token": "x", "more": 1}',
        b"\xff\xfe\x00",
    ],
)
async def test_wrong_body_is_explained(gateway: Gateway, body: bytes) -> None:
    async with gateway.client() as client:
        answer = await client.post(
            "/api/v1/auth/verify-token", content=body, headers={"content-type": "application/json"}
        )
    assert answer.status_code in {400, 422}
    error = read_error(answer)
    assert error["code"] in {"invalid_input", "bad_request"}
    if answer.status_code == 422:
        assert {"where", "problem"} == set(error["details"][0])


@pytest.mark.parametrize("kind", CLOSED_SET, ids=lambda kind: kind.__name__)
async def test_each_error_of_the_closed_set_is_answered_as_itself(
    resources: Resources, kind: type[HeadwaterError]
) -> None:
    async with open_failing(resources, kind("Said to people.", details={"of": ["what"]}, hint="Do this.")) as client:
        answer = await client.get("/fail")
    assert answer.status_code == kind.status
    assert read_error(answer) == {
        "code": kind.default_code,
        "message": "Said to people.",
        "details": {"of": ["what"]},
        "hint": "Do this.",
    }


@pytest.mark.parametrize(("seconds", "header"), [(0.2, "1"), (2.6, "3"), (60, "60")])
async def test_rate_limit_says_when_to_come_back(resources: Resources, seconds: float, header: str) -> None:
    async with open_failing(resources, RateLimited("Later.", retry_after=seconds)) as client:
        assert (await client.get("/fail")).headers["retry-after"] == header


@pytest.mark.parametrize(
    "error",
    [ValueError("postgresql://u:hunter22@db"), RuntimeError("secret plans"), LookupError("no Tool was provided")],
)
async def test_fault_of_ours_tells_nothing(resources: Resources, error: Exception) -> None:
    async with open_failing(resources, error) as client:
        answer = await client.get("/fail")
    assert answer.status_code == 500
    assert read_error(answer)["code"] == "internal_error"
    assert str(error) not in answer.text
    assert "Traceback" not in answer.text


async def test_request_id_is_the_callers_where_it_is_well_formed(gateway: Gateway) -> None:
    async with gateway.client() as client:
        kept = await client.get("/health", headers={"x-request-id": "order-4711.retry_2"})
        made = [
            (await client.get("/health", headers={"x-request-id": given})).headers["x-request-id"]
            for given in ("short", "x" * 65, "with space here", "line\tbreak-here", "<script>alert</script>")
        ]
    assert kept.headers["x-request-id"] == "order-4711.retry_2"
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in made)
    assert len(set(made)) == len(made)


async def test_answer_carries_one_request_id_even_when_refused_early(gateway: Gateway) -> None:
    async with gateway.client() as client:
        answer = await client.post(
            "/api/v1/auth/verify-token",
            content=b"x" * (API_BODY_LIMIT_BYTES + 1),
            headers={"x-request-id": "too-large-1"},
        )
    assert answer.status_code == 413
    assert answer.headers.get_list("x-request-id") == ["too-large-1"]


async def test_browser_of_an_allowed_origin_may_call(settings: Settings, resources: Resources) -> None:
    allowed = Settings.model_validate({**settings.model_dump(), "allowed_origins": [ORIGIN]})
    resources.provide(Settings, allowed)
    async with open_app(create_app(resources, routers=[])) as client:
        asked = {
            "origin": ORIGIN,
            "access-control-request-method": "PATCH",
            "access-control-request-headers": "authorization,content-type,x-workspace-id,apikey",
        }
        preflight = await client.options("/health", headers=asked)
        refused = await client.options("/health", headers={**asked, "origin": "https://evil.example.com"})
        answer = await client.get("/health", headers={"origin": ORIGIN})
        foreign = await client.get("/health", headers={"origin": "https://evil.example.com"})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    assert refused.status_code == 400
    assert "access-control-allow-origin" not in refused.headers
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "x-request-id" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in foreign.headers
    # A cookie is never sent along: tokens are, and only by scripts that have one.
    assert "access-control-allow-credentials" not in answer.headers


async def test_error_can_be_read_by_a_browser(gateway: Gateway) -> None:
    async with gateway.client() as client:
        for method, path in (("GET", "/api/v1/nowhere"), ("GET", "/api/v1/workspaces"), ("POST", "/api/v1/workspaces")):
            content = b"x" * (API_BODY_LIMIT_BYTES + 1) if method == "POST" else b""
            answer = await client.request(method, path, headers={"origin": ORIGIN}, content=content)
            assert answer.status_code in {401, 404, 413}
            assert answer.headers["access-control-allow-origin"] == "*"


async def test_fault_can_be_read_by_a_browser_and_found_in_the_log(
    resources: Resources, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_failing(resources, RuntimeError("crash")) as client:
        answer = await client.get("/fail", headers={"origin": ORIGIN, "x-request-id": "find-me-again"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-request-id"] == "find-me-again"
    (crash,) = [line for line in capsys.readouterr().out.splitlines() if "request_crashed" in line]
    assert "find-me-again" in crash


@pytest.mark.parametrize("length", [API_BODY_LIMIT_BYTES + 1, 10**18, 10**30])
async def test_body_that_says_it_is_too_large_is_not_read(served_gateway: Gateway, length: int) -> None:
    reader, writer = await _connect(served_gateway.url)
    writer.write(
        b"POST /api/v1/auth/verify-token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + f"Content-Length: {length}\r\n\r\n".encode()
    )
    head, body = await _read_answer(reader)
    writer.close()
    # The server itself refuses what no number of bytes can be.
    assert head.split(b" ")[1] in ({b"413"} if length < 2**63 else {b"413", b"400"})
    if b" 413 " in head:
        assert json.loads(body)["code"] == "too_large"


async def test_body_without_a_length_is_counted(served_gateway: Gateway) -> None:
    async def pour() -> AsyncIterator[bytes]:
        for _ in range(API_BODY_LIMIT_BYTES // 65_536 + 2):
            yield b" " * 65_536

    async with served_gateway.client() as client:
        answer = await client.post(
            "/api/v1/auth/verify-token", content=pour(), headers={"content-type": "application/json"}
        )
    assert answer.status_code == 413
    assert read_error(answer)["code"] == "too_large"


async def test_body_up_to_the_limit_is_taken(served_gateway: Gateway) -> None:
    async with served_gateway.client() as client:
        for content in (b" " * (API_BODY_LIMIT_BYTES - 20) + b'{"token": "x"}', b'{"token": "x"}'):
            answer = await client.post(
                "/api/v1/auth/verify-token", content=content, headers={"content-type": "application/json"}
            )
            assert answer.json()["valid"] is False


async def test_caller_who_hangs_up_disturbs_nobody(served_gateway: Gateway) -> None:
    for _ in range(3):
        _, writer = await _connect(served_gateway.url)
        writer.write(b"POST /api/v1/auth/verify-token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        await writer.drain()
        writer.close()
    async with served_gateway.client() as client:
        assert (await client.get("/health")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Basic dXNlcjpwYXNz"},
        {"authorization": "Bearer not.a.token"},
        {"authorization": "Bearer " + "x" * 20_000},
        {"authorization": "Bearer hw_live_unknown"},
        {"apikey": "hw_live_unknown"},
        {"authorization": "Bearer \u00e9".encode("latin-1")},
        {"apikey": "hw_live_\u00ff".encode("latin-1")},
        {"authorization": b"Bearer hw_live_\x00"},
    ],
)
async def test_credentials_that_do_not_hold_are_401(gateway: Gateway, headers: dict[str, str | bytes]) -> None:
    async with gateway.client() as client:
        answer = await client.get("/api/v1/auth/me", headers=headers)  # type: ignore[arg-type]  # bytes are taken too
    assert answer.status_code == 401
    read_error(answer)


@pytest.mark.parametrize("role", ["service_role", "anon"])
async def test_key_of_the_project_is_no_person(gateway: Gateway, role: str) -> None:
    token = gateway.sign(gateway.cast["admin"], role=role)
    async with gateway.client(Authorization=f"Bearer {token}") as client:
        answer = await client.get("/api/v1/auth/me")
    assert answer.status_code == 403
    assert read_error(answer)["code"] == "not_a_person"


async def test_secret_of_another_project_signs_nothing(gateway: Gateway) -> None:
    token = make_token(gateway.cast["owner"], secret="the secret of another project, which is long enough")
    async with gateway.client(Authorization=f"Bearer {token}") as client:
        assert (await client.get("/api/v1/auth/me")).status_code == 401


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


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def _read_answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
    return head, body
