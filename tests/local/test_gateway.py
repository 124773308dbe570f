"""The gateway before the data plane: which key becomes which token, who is refused, and what browsers may do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest
import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from headwater.core.clock import MovableClock
from headwater.local.gateway import Gateway
from headwater.local.keys import (
    DEVELOPMENT_PUBLISHABLE_KEY,
    DEVELOPMENT_SECRET_KEY,
    LocalKeys,
    development_keys,
    make_keys,
)
from tests.fixtures.loopback import NO_TLS, bind_loopback

KEYS = make_keys()
USER = jwt.encode(
    {"sub": str(uuid4()), "role": "authenticated", "aud": "authenticated", "exp": 4_000_000_000},
    KEYS.jwt_secret,
    "HS256",
)
REST = "/rest/v1/things"


async def echo(request: Request) -> JSONResponse:
    """Tell what reached the service behind the gateway."""
    return JSONResponse(
        {"authorization": request.headers.get("authorization"), "path": request.url.path},
        headers={"access-control-allow-origin": "the service's own", "content-range": "0-1/2"},
    )


async def echo_socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json({"authorization": socket.headers.get("authorization"), "query": dict(socket.query_params)})
    await socket.close()


@asynccontextmanager
async def open_gateway(keys: LocalKeys = KEYS, **settings: Any) -> AsyncIterator[httpx2.AsyncClient]:
    services = Starlette(
        routes=[
            WebSocketRoute("/realtime/v1/websocket", echo_socket),
            Route("/{path:path}", echo, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        ]
    )
    app = Gateway(services, keys=keys, **settings)
    with bind_loopback() as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="websockets-sansio"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110 - uvicorn gives no event to wait for
                await asyncio.sleep(0.005)
        try:
            async with httpx2.AsyncClient(base_url=address, verify=NO_TLS) as client:
                yield client
        finally:
            server.should_exit = True
            await running


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"apikey": KEYS.publishable_key}, f"Bearer {KEYS.anon_key}"),
        ({"apikey": KEYS.secret_key}, f"Bearer {KEYS.service_role_key}"),
        ({"apikey": KEYS.anon_key}, f"Bearer {KEYS.anon_key}"),
        ({"apikey": KEYS.service_role_key}, f"Bearer {KEYS.service_role_key}"),
        ({"apikey": KEYS.publishable_key, "authorization": f"Bearer {USER}"}, f"Bearer {USER}"),
        ({"apikey": KEYS.secret_key, "authorization": f"Bearer {USER}"}, f"Bearer {USER}"),
        (
            {"apikey": KEYS.publishable_key, "authorization": f"Bearer {KEYS.publishable_key}"},
            f"Bearer {KEYS.anon_key}",
        ),
        (
            {"apikey": KEYS.publishable_key, "authorization": f"Bearer {KEYS.secret_key}"},
            f"Bearer {KEYS.anon_key}",
        ),
        ({"authorization": f"Bearer {KEYS.secret_key}"}, f"Bearer {KEYS.service_role_key}"),
        ({"apikey": KEYS.anon_key, "authorization": "Basic abc"}, "Basic abc"),
    ],
)
async def test_keys_become_tokens(headers: dict[str, str], expected: str) -> None:
    async with open_gateway() as client:
        answer = await client.get(REST, headers=headers)
        assert (answer.status_code, answer.json()["authorization"]) == (200, expected)


async def test_a_key_in_the_query() -> None:
    async with open_gateway() as client:
        answer = await client.get(f"{REST}?apikey={KEYS.publishable_key}")
        assert answer.json()["authorization"] == f"Bearer {KEYS.anon_key}"


async def test_legacy_keys_are_no_users_for_auth() -> None:
    async with open_gateway() as client:
        answer = await client.get("/auth/v1/user", headers={"apikey": KEYS.anon_key})
        assert answer.json()["authorization"] is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": f"Bearer {USER}"},
        {"apikey": ""},
        {"apikey": "rubbish"},
        {"apikey": USER},
        {"apikey": KEYS.publishable_key[:-1]},
        {"apikey": KEYS.secret_key[:-1]},
        {"apikey": "sb_secret_unknown"},
        {"apikey": DEVELOPMENT_PUBLISHABLE_KEY},
        {"apikey": DEVELOPMENT_SECRET_KEY},
        {"apikey": development_keys().anon_key},
        {"apikey": development_keys().service_role_key},
        {"apikey": jwt.encode({"role": "service_role"}, KEYS.jwt_secret, "HS256")},
        {"apikey": jwt.encode({"role": "service_role", "exp": 1}, KEYS.jwt_secret, "HS256")},
        {"apikey": jwt.encode({"role": "postgres", "exp": 4_000_000_000}, KEYS.jwt_secret, "HS256")},
    ],
)
async def test_strangers_are_refused(headers: dict[str, str]) -> None:
    async with open_gateway() as client:
        answer = await client.get(REST, headers=headers)
        assert (answer.status_code, set(answer.json())) == (401, {"message", "hint"})
        expected = "Invalid API key" if headers.get("apikey") else "No API key found in request"
        assert answer.json()["message"] == expected


async def test_keyless_as_anonymous() -> None:
    async with open_gateway(keyless="anon") as client:
        assert (await client.get(REST)).json()["authorization"] is None
        bearer = {"authorization": f"Bearer {USER}"}
        assert (await client.get(REST, headers=bearer)).json()["authorization"] == f"Bearer {USER}"
        opaque = await client.get(REST, headers={"apikey": KEYS.secret_key})
        assert opaque.json()["authorization"] == f"Bearer {KEYS.service_role_key}"
        unknown = await client.get(REST, headers={"apikey": "rubbish"})
        assert unknown.json()["authorization"] == "Bearer rubbish"


async def test_paths_that_need_no_key() -> None:
    async with open_gateway() as client:
        for path in (
            "/auth/v1/verify?token=x",
            "/auth/v1/authorize",
            "/auth/v1/.well-known/jwks.json",
            "/storage/v1/object/public/bucket/file.png",
            "/storage/v1/object/sign/bucket/file.png?token=x",
            "/storage/v1/render/image/public/bucket/file.png",
            "/storage/v1/object/upload/sign/bucket/file.png?token=x",
            "/api/v1/health",
            "/",
            "/rest/v10/things",
            "/resting/v1",
        ):
            assert (await client.get(path)).status_code == 200, path
        for path in (
            "/auth/v1/verify/../user",
            "/auth/v1/signup",
            "/storage/v1/object/bucket/x",
            "/rest/v1",
            "/rest/v1/",
        ):
            assert (await client.get(path)).status_code == 401, path
        uploading = await client.get("/storage/v1/object/bucket/x", headers={"authorization": f"Bearer {USER}"})
        assert uploading.status_code == 200


async def test_preflight() -> None:
    async with open_gateway() as client:
        asked = {
            "origin": "https://app.example.com",
            "access-control-request-method": "PATCH",
            "access-control-request-headers": "apikey, X-My-Trace,  bad header, x=1",
        }
        answer = await client.options(REST, headers=asked)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "PATCH" in answer.headers["access-control-allow-methods"]
        allowed = [name.strip() for name in answer.headers["access-control-allow-headers"].split(",")]
        assert {"authorization", "apikey", "x-client-info", "x-upsert", "tus-resumable", "x-my-trace"} <= set(allowed)
        plain = await client.options(REST, headers={"apikey": KEYS.anon_key})
        assert plain.json()["path"] == REST


async def test_cross_origin_answers() -> None:
    async with open_gateway() as client:
        headers = {"apikey": KEYS.anon_key, "origin": "https://app.example.com"}
        answer = await client.get(REST, headers=headers)
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert "Content-Range" in answer.headers["access-control-expose-headers"]
        refused = await client.get(REST, headers={"origin": "https://app.example.com"})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")


async def test_named_origins_only() -> None:
    async with open_gateway(allowed_origins=["https://app.example.com"]) as client:
        for origin, allowed in (("https://app.example.com", True), ("https://evil.example.com", False)):
            asked = {"origin": origin, "access-control-request-method": "POST"}
            answer = await client.options(REST, headers=asked)
            assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
            assert answer.headers["vary"] == "Origin"


async def test_web_sockets() -> None:
    async with open_gateway() as client:
        base = f"ws://127.0.0.1:{client.base_url.port}/realtime/v1/websocket"
        for key, token in ((KEYS.publishable_key, KEYS.anon_key), (KEYS.service_role_key, KEYS.service_role_key)):
            async with websockets.connect(f"{base}?apikey={key}&vsn=1.0.0") as opened:
                told = json.loads(await opened.recv())
            assert told == {"authorization": f"Bearer {token}", "query": {"apikey": token, "vsn": "1.0.0"}}
        for query in ("", "?apikey=rubbish"):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await websockets.connect(f"{base}{query}")
            assert refused.value.response.status_code == 401


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"apikey": "hw_one"}, "Bearer hw_one"),
        ({"authorization": "Bearer hw_one"}, "Bearer hw_one"),
        ({"apikey": "hw_one", "authorization": "Bearer hw_two"}, "Bearer hw_two"),
        ({"apikey": KEYS.publishable_key, "authorization": "Bearer hw_one"}, "Bearer hw_one"),
        ({"apikey": KEYS.anon_key, "authorization": f"Bearer {USER}"}, f"Bearer {USER}"),
    ],
)
async def test_keys_of_a_workspace_are_rests_to_read(headers: dict[str, str], expected: str) -> None:
    async with open_gateway(workspace_keys="hw_") as client:
        answer = await client.get(REST, headers=headers)
        assert (answer.status_code, answer.json()["authorization"]) == (200, expected)
        # Beside a person's token they let nobody in.
        mixed = await client.get(REST, headers={"apikey": "hw_one", "authorization": f"Bearer {USER}"})
        assert mixed.status_code == 401


@pytest.mark.parametrize("path", ["/auth/v1/user", "/storage/v1/object/list/papers", "/storage/v1/object/papers/a"])
@pytest.mark.parametrize("keyless", ["refuse", "anon"])
async def test_nothing_but_rest_takes_keys_of_a_workspace(path: str, keyless: str) -> None:
    async with open_gateway(workspace_keys="hw_", keyless=keyless) as client:
        for headers in (
            {"apikey": "hw_one"},
            {"apikey": KEYS.publishable_key, "authorization": "Bearer hw_one"},
        ):
            answer = await client.post(path, headers=headers)
            assert answer.status_code == 401
            assert "/rest/v1 alone" in answer.json()["message"]
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(f"ws://127.0.0.1:{client.base_url.port}/realtime/v1/websocket?apikey=hw_one")
        assert refused.value.response.status_code == 401


async def test_a_project_key_that_ran_out() -> None:
    clock = MovableClock()
    async with open_gateway(clock=clock) as client:
        assert (await client.get(REST, headers={"apikey": KEYS.anon_key})).status_code == 200
        clock.advance(timedelta(days=4000))
        assert (await client.get(REST, headers={"apikey": KEYS.anon_key})).status_code == 401


async def test_development_keys_need_leave() -> None:
    known = development_keys()
    with pytest.raises(ValueError, match="development keys"):
        Gateway(Starlette(), keys=known)
    async with open_gateway(known, allow_development_keys=True) as client:
        answer = await client.get(REST, headers={"apikey": DEVELOPMENT_SECRET_KEY})
        assert answer.json()["authorization"] == f"Bearer {known.service_role_key}"
