"""What a browser is told before anybody has signed in: enough to sign in, and no secret."""

from __future__ import annotations

from typing import Any

from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr

import headwater
from headwater.catalogue import list_products
from headwater.core.auth import StaticKeySource, TokenVerifier
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.embedded.secrets import load_or_make_secrets
from headwater.kit.controls import RequestBudgets
from headwater.kit.workspaces.request_limits import RequestLimits
from headwater.local.keys import load_or_make_keys
from headwater.services import create_gateway
from tests.fixtures.gateway import Gateway


async def test_tells_the_public_key_of_the_local_data_plane(gateway: Gateway, settings: Settings) -> None:
    keys, kept = load_or_make_keys(settings.data_folder), load_or_make_secrets(settings.data_folder)
    async with gateway.client() as client:
        answer = await client.get("/api/v1/config")
    assert answer.status_code == 200
    assert answer.json() == {
        "supabase_url": None,
        "supabase_key": keys.publishable_key,
        "version": headwater.__version__,
        "products": [{"name": one.name, "title": one.title, "promise": one.promise} for one in list_products()],
    }
    own = (kept.service_secret, kept.encryption_key, keys.address_key)
    for secret in (keys.secret_key, keys.service_role_key, keys.jwt_secret, *own):
        assert secret not in answer.text


async def ask_hosted(**given: Any) -> tuple[int, dict[str, Any]]:
    """Ask a gateway that stands before a Supabase project."""
    database_url = SecretStr("postgresql://postgres@db.example.test/postgres")
    resources = Resources()
    resources.provide(
        Settings,
        Settings(_env_file=None, supabase_url="https://project.example.test", database_url=database_url, **given),
    )
    resources.provide(Database, Database("postgresql://postgres@db.example.test/postgres"))
    resources.provide(TokenVerifier, TokenVerifier(StaticKeySource([])))
    resources.provide(RequestBudgets, RequestBudgets(None))
    resources.provide(RequestLimits, RequestLimits(resources))
    transport = ASGITransport(app=create_gateway(resources))
    async with AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        answer = await client.get("/api/v1/config")
    return answer.status_code, answer.json()


async def test_tells_the_address_and_the_anon_key_of_a_project() -> None:
    status, body = await ask_hosted(
        supabase_anon_key=SecretStr("sb_publishable_example"), supabase_service_role_key=SecretStr("sb_secret_example")
    )
    assert (status, body["supabase_url"], body["supabase_key"]) == (
        200,
        "https://project.example.test",
        "sb_publishable_example",
    )
    assert "sb_secret_example" not in str(body)


async def test_says_which_setting_is_missing() -> None:
    status, body = await ask_hosted()
    assert (status, body["code"]) == (503, "unavailable")
    assert "SUPABASE_ANON_KEY" in body["hint"]
