"""What every answer tells a browser: not to guess, not to frame, not to keep, not to tell on."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import urlsplit

import pytest
from httpx2 import Response

from headwater.core.clock import now
from headwater.core.settings import Settings
from headwater.kit.notify import NotifyTools
from headwater.kit.signed_links import LinkClaims, Purpose
from tests.app.routes import list_requests
from tests.fixtures.gateway import Gateway, open_gateway
from tests.fixtures.workspaces import Cast


def check_headers(answer: Response) -> None:
    """See that an answer has what all answers have, each once."""
    told = answer.headers
    assert told.get_list("x-content-type-options") == ["nosniff"], answer.request.url
    assert told.get_list("x-frame-options") == ["DENY"], answer.request.url
    assert told["referrer-policy"] in {"no-referrer", "same-origin"}, answer.request.url
    (policy,) = told.get_list("content-security-policy")
    assert "frame-ancestors 'none'" in policy, answer.request.url
    assert "default-src 'none'" in policy, answer.request.url
    assert len(told.get_list("cache-control")) == 1, answer.request.url


@pytest.mark.parametrize("caller", ["anonymous", "owner", "key_read"])
async def test_every_route_answers_with_them(gateway: Gateway, caller: str) -> None:
    async with gateway.client(caller) as client:
        for method, path in list_requests(gateway.app):
            answer = await client.request(method, path)
            check_headers(answer)
            if caller != "anonymous" and path.startswith("/api/v1"):
                assert answer.headers["cache-control"] == "no-store", path
            assert "strict-transport-security" not in answer.headers


async def test_https_is_kept_to_where_users_come_by_it(settings: Settings, cast: Cast) -> None:
    served = settings.model_copy(update={"public_url": "https://headwater.example.com"})
    async with open_gateway(served, cast=cast) as gateway, gateway.client() as client:
        for path in ("/health", "/api/docs", "/nothing", "/"):
            answer = await client.get(path, headers={"accept": "text/html"})
            assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"], path


async def test_a_crash_and_a_refused_body_have_them_too(gateway: Gateway) -> None:
    @gateway.app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("of this test")

    async with gateway.client() as client:
        crashed = await client.get("/crash")
        assert crashed.status_code == 500
        check_headers(crashed)
        large = await client.post("/api/v1/auth/verify-token", headers={"content-length": str(10**9)}, content=b"{}")
        check_headers(large)


def list_inline(page: str, tag: str) -> list[str]:
    """Return the hashes of what stands in a page's own scripts or styles."""
    found = re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", page, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in found if one]


async def test_page_of_the_documentation_runs_its_own_scripts_alone(gateway: Gateway) -> None:
    async with gateway.client() as client:
        answer = await client.get("/api/docs")
        policy = answer.headers["content-security-policy"]
        rule = next(one for one in policy.split("; ") if one.startswith("script-src"))
        (script,) = list_inline(answer.text, "script")
        assert rule == f"script-src 'self' {script}"
        for address in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
            assert address.startswith("/api/docs/static/"), address
            assert (await client.get(address)).status_code == 200, address


@pytest.mark.parametrize("purpose", ["unsubscribe", "verify"])
async def test_pages_behind_links_of_mail_have_their_style_and_no_script(
    gateway: Gateway, cast: Cast, purpose: Purpose
) -> None:
    links = gateway.resources.get(NotifyTools).links
    claims = LinkClaims(cast.workspace_id, cast["viewer"].user_id, "viewer@example.com")
    link = urlsplit(links.make_link(purpose, claims, at=now()))
    async with gateway.client() as client:
        answer = await client.get(f"{link.path}?{link.query}")
    assert answer.headers["content-type"].startswith("text/html"), answer.text
    check_headers(answer)
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy
    assert f"style-src {list_inline(answer.text, 'style')[0]}" in policy
    assert answer.headers["cache-control"] == "no-store"
