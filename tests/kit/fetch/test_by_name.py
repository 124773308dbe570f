"""Fetches by a host's name, as they are made outside: no proxy, no cookies kept, credentials for one origin alone."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from headwater.kit.fetch.visits import _SECRETS
from tests.kit.fetch.certificates import write_certificate
from tests.kit.fetch.servers import Names, Site, fetching, greet, serve

NAME = "shop.example.com"
# Written out, so that one that is forgotten in the code is missed here.
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
SENT = dict.fromkeys(CREDENTIALS, "of the first origin")


@asynccontextmanager
async def serve_both(monkeypatch: pytest.MonkeyPatch, folder: Path, *, leads_to: str) -> AsyncIterator[dict[str, Site]]:
    """Serve `NAME` at ports 80 and 443 of the loopback's own kind; each redirects its path `/go` to `leads_to`."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/go":
            return web.Response(status=302, headers={"Location": leads_to})
        return await greet(request)

    certificate = write_certificate(folder, NAME)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    async with serve(answer) as plain, serve(answer, encryption=context) as encrypted:
        sites = {"http": plain, "https": encrypted}
        ports = {80: plain.port, 443: encrypted.port}
        loop = asyncio.get_running_loop()
        connect = loop.sock_connect

        async def translate(opened: socket.socket, address: Any) -> None:
            await connect(opened, (address[0], ports.get(address[1], address[1])))

        # Ports below 1024 aren't everybody's, and only schemes at their own ports share a host's whole name.
        monkeypatch.setattr(loop, "sock_connect", translate)
        yield sites


def test_list_of_credentials_is_the_one_that_is_tested() -> None:
    assert _SECRETS == CREDENTIALS


@pytest.mark.parametrize("secret", sorted(CREDENTIALS))
async def test_every_credential_stays_when_another_host_is_led_to(secret: str) -> None:
    async def leave(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": other.url("/x")})

    async with serve(greet) as other, serve(leave) as site, fetching(site, other) as fetcher:
        await fetcher.fetch(site.url("/"), headers={secret.title(): "secret", "X-Kept": "1"})
    assert site.seen[-1].headers[secret] == "secret"
    assert secret not in other.seen[-1].headers
    assert other.seen[-1].headers["X-Kept"] == "1"


@pytest.mark.parametrize(("first", "second"), [("https", "http"), ("http", "https")])
async def test_credentials_stay_with_the_scheme(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: str, second: str
) -> None:
    async with (
        serve_both(monkeypatch, tmp_path, leads_to=f"{second}://{NAME}/x") as sites,
        fetching(names=[NAME], resolver=Names({NAME: [["127.0.0.1"]]})) as fetcher,
    ):
        response = await fetcher.fetch(f"{first}://{NAME}/go", headers={**SENT, "X-Kept": "1"})
    assert response.url_final == f"{second}://{NAME}/x"
    asked, led_to = sites[first].seen[-1], sites[second].seen[-1]
    assert (asked.path, led_to.path, led_to.headers["X-Kept"]) == ("/go", "/x", "1")
    assert {name for name in CREDENTIALS if name in asked.headers} == CREDENTIALS
    assert not {name for name in CREDENTIALS if name in led_to.headers}


async def test_credentials_go_on_within_the_origin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with (
        serve_both(monkeypatch, tmp_path, leads_to="/x") as sites,
        fetching(names=[NAME], resolver=Names({NAME: [["127.0.0.1"]]})) as fetcher,
    ):
        await fetcher.fetch(f"https://{NAME}/go", headers=SENT)
    assert {name for name in CREDENTIALS if name in sites["https"].seen[-1].headers} == CREDENTIALS


@pytest.mark.parametrize("trusted", [False, True])
async def test_no_cookie_is_kept_from_one_fetch_to_the_next(trusted: bool) -> None:
    async def give(_: web.Request) -> web.StreamResponse:
        answer = web.Response(text="<p>hello</p>", content_type="text/html")
        answer.set_cookie("visitor", "of one workspace")
        return answer

    async with serve(give) as site:
        address = f"http://{NAME}:{site.port}/page"
        async with fetching(names=[f"{NAME}:{site.port}"], resolver=Names({NAME: [["127.0.0.1"]]})) as fetcher:
            for _ in range(2):
                await fetcher.fetch(address)
                await fetcher.request("GET", address, trusted=trusted)
    assert len(site.paths) == 4
    assert not [request for request in site.seen if "Cookie" in request.headers]


@pytest.mark.parametrize("trusted", [False, True])
async def test_neither_proxy_nor_netrc_of_the_machine_is_used(unasked_proxy: str, trusted: bool) -> None:
    async with serve(greet) as site:
        address = f"http://{NAME}:{site.port}/page"
        names = Names({NAME: [["127.0.0.1"]]})
        async with fetching(names=[f"{NAME}:{site.port}"], resolver=names) as fetcher:
            await fetcher.fetch(address)
            await fetcher.request("POST", address, json={}, trusted=trusted)
    assert unasked_proxy.startswith("http://127.0.0.1:")
    assert site.paths == ["/page", "/page"], "asked itself, not through the proxy"
    assert not [request for request in site.seen if "Authorization" in request.headers]
    assert set(names.asked) == {NAME}, "the name is resolved, and so checked, here"
