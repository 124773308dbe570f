"""What every answer has, right or wrong: its shape, its id, its headers, and nothing from inside."""

from __future__ import annotations

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from headwater.app import create_app
from headwater.app.middleware import API_BODY_LIMIT_BYTES
from headwater.core.errors import CLOSED_SET, HeadwaterError, RateLimited
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from tests.app.answers.answers import open_app, open_failing, read_error
from tests.fixtures.gateway import Gateway

ORIGIN = "https://app.example.com"


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
    with capture_logs() as logged:
        async with open_failing(resources, error) as client:
            answer = await client.get("/fail")
    assert answer.status_code == 500
    assert [one["exc_info"] for one in logged if one["event"] == "request_crashed"] == [error]
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
    assert {"x-request-id", "link"} <= set(answer.headers["access-control-expose-headers"].lower().split(", "))
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


async def test_fault_can_be_read_by_a_browser_and_found_in_the_log(resources: Resources) -> None:
    with capture_logs(processors=[merge_contextvars]) as logged:
        async with open_failing(resources, RuntimeError("crash")) as client:
            answer = await client.get("/fail", headers={"origin": ORIGIN, "x-request-id": "find-me-again"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-request-id"] == "find-me-again"
    (crash,) = [one for one in logged if one["event"] == "request_crashed"]
    assert crash["request_id"] == "find-me-again"
