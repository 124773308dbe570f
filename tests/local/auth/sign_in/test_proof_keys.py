"""Links and codes with a proof key (PKCE, RFC 7636): only who asked can use them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from datetime import timedelta

import pytest

from tests.local.auth.conftest import (
    PASSWORD,
    AuthService,
    ServiceMaker,
    read_fragment,
    read_query,
    unique_email,
)


def make_proof() -> tuple[str, dict[str, str]]:
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return verifier, {"code_challenge": challenge, "code_challenge_method": "s256"}


@pytest.mark.parametrize("kind", ["signup", "magiclink", "recovery"])
async def test_proof_key_flows(make_service: ServiceMaker, kind: str) -> None:
    service = await make_service(email={"enable_confirmations": kind == "signup", "max_frequency": "0s"})
    email = unique_email()
    verifier, proof = make_proof()
    if kind == "signup":
        await service.post("/signup", {"email": email, "password": PASSWORD, **proof})
    else:
        await service.sign_up(email)
        await service.post({"magiclink": "/otp", "recovery": "/recover"}[kind], {"email": email, **proof})
    auth_email = await service.inbox.wait(email)
    assert "token=pkce_" in auth_email.link
    location = (await service.http.get(auth_email.link)).headers["location"]
    code = read_query(location)["code"]
    assert "access_token" not in location
    exchange = "/token?grant_type=pkce"
    wrong = await service.post(exchange, {"auth_code": code, "code_verifier": "x" * 43})
    assert (wrong.status_code, wrong.json()["error_code"]) == (400, "bad_code_verifier")
    answers = await asyncio.gather(
        *(service.post(exchange, {"auth_code": code, "code_verifier": verifier}) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]
    assert {answer.json().get("error_code") for answer in answers} == {None, "flow_state_not_found"}


async def test_proof_key_codes_grow_old(service: AuthService) -> None:
    email = unique_email()
    verifier, proof = make_proof()
    await service.post("/otp", {"email": email, **proof})
    auth_email = await service.inbox.wait(email)
    service.clock.advance(timedelta(minutes=30))
    code = read_query((await service.http.get(auth_email.link)).headers["location"])["code"]
    service.clock.advance(timedelta(minutes=6))
    late = await service.post("/token?grant_type=pkce", {"auth_code": code, "code_verifier": verifier})
    assert (late.status_code, late.json()["error_code"]) == (422, "flow_state_expired")


async def test_plain_proof_keys_and_typed_codes(service: AuthService) -> None:
    email, verifier = unique_email(), "v" * 50
    await service.post("/otp", {"email": email, "code_challenge": verifier, "code_challenge_method": "plain"})
    auth_email = await service.inbox.wait(email)
    answer = await service.post("/verify", {"type": "email", "email": email, "token": auth_email.code})
    assert answer.status_code == 200


async def test_errors_of_proof_key_links_are_in_the_query_too(service: AuthService) -> None:
    answer = await service.get("/verify?type=magiclink&token=pkce_unknown&redirect_to=http://app.example.com/in?a=1")
    location = answer.headers["location"]
    assert read_query(location)["error_code"] == read_fragment(location)["error_code"] == "otp_expired"
    assert read_query(location)["a"] == "1"
