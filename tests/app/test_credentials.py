"""Credentials that hold, and those that only look so."""

from __future__ import annotations

import pytest

from tests.app.answers.answers import read_error
from tests.fixtures.gateway import Gateway
from tests.fixtures.workspaces import make_token


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
