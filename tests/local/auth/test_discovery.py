"""What anybody may ask, what is left out, and bodies that nobody should send."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg
import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.core.auth import JwksKeySource, TokenVerifier
from headwater.local.auth import install_auth_schema
from headwater.local.auth.app import _ROUTES
from tests.local.auth.conftest import AuthService, ServiceMaker, unique_email

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = (
    "email phone password data token token_hash type code_challenge code_challenge_method refresh_token auth_code"
    " code_verifier channel create_user new_email id ban_duration user_metadata app_metadata role aud factor_type"
    " friendly_name issuer challenge_id code"
)
NAMES = st.sampled_from(WORDS.split())
VALUES = JSON | st.sampled_from(
    ["ada@example.com", "49151234567", "long enough", "\x00", "signup", "email", "totp", "s256", "x" * 300, "24h"]
)


async def test_settings_and_health(make_service: ServiceMaker) -> None:
    service = await make_service(enable_anonymous_sign_ins=True, sms={"enable_signup": True})
    told = (await service.get("/settings")).json()
    assert (told["external"]["email"], told["external"]["phone"], told["external"]["anonymous_users"]) == (True,) * 3
    assert not any(told["external"][name] for name in ("github", "google", "apple"))
    assert (told["disable_signup"], told["mailer_autoconfirm"], told["saml_enabled"]) == (False, True, False)
    assert (await service.get("/health")).json()["name"] == "GoTrue"


async def test_public_keys_and_nothing_else(service: AuthService) -> None:
    answer = await service.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=600"
    [key] = answer.json()["keys"]
    assert (key["kty"], key["alg"], key["kid"]) == ("EC", "ES256", service.keys.signing_key["kid"])
    assert "d" not in key
    assert service.keys.signing_key["d"] not in answer.text
    assert service.keys.jwt_secret not in answer.text
    source = JwksKeySource(f"{service.url}/auth/v1/.well-known/jwks.json")
    session = await service.sign_up()
    assert (await TokenVerifier(source).verify(session["access_token"])).email == session["user"]["email"]
    await source.close()


async def test_openid_configuration(service: AuthService) -> None:
    told = (await service.get("/.well-known/openid-configuration")).json()
    assert told["issuer"] == f"{service.url}/auth/v1"
    assert told["jwks_uri"] == f"{service.url}/auth/v1/.well-known/jwks.json"


async def test_what_is_left_out(service: AuthService) -> None:
    for method, path, status, code in (
        ("POST", "/sso", 404, "saml_provider_disabled"),
        ("GET", "/sso/saml/metadata", 404, "saml_provider_disabled"),
        ("POST", "/passkeys/authentication/options", 404, "passkey_disabled"),
        ("GET", "/admin/oauth/clients", 404, "feature_disabled"),
        ("GET", "/authorize?provider=github", 400, "validation_failed"),
        ("GET", "/authorize?provider=nonsense", 400, "validation_failed"),
        ("POST", "/token?grant_type=id_token", 400, "validation_failed"),
        ("POST", "/token?grant_type=web3", 422, "web3_provider_disabled"),
    ):
        answer = await service.http.request(method, path, json={})
        assert (answer.status_code, answer.json()["error_code"]) == (status, code), path
    assert (await service.get("/nothing-here")).json()["error_code"] == "not_found"
    assert (await service.get("/signup")).json()["code"] == 405


async def test_bodies_that_are_refused(service: AuthService) -> None:
    large = json.dumps({"email": "x" * (1 << 20)}).encode()
    for content, status, code in (
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b"null", 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b'{"email": NaN}', 400, "bad_json"),
        (b'{"email": "\\ud800@example.com", "password": "long enough"}', 400, "bad_json"),
        (b'{"data": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400, "bad_json"),
        (b'{"email": "a@example.com", "data": {"a": ' + b"[" * 300 + b"]" * 300 + b"}}", 400, "bad_json"),
        (large, 413, "request_entity_too_large"),
    ):
        answer = await service.http.post("/signup", content=content)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code), content[:40]


async def test_characters_that_postgres_refuses(service: AuthService) -> None:
    for body in (
        {"email": "a@example.com", "password": "long enough", "data": {"a": "\x00"}},
        {"email": "a@example.com", "password": "long enough", "data": {"\x00": 1}},
    ):
        answer = await service.post("/signup", body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed"), body
    assert (await service.log_in("\x00", "x")).status_code == 400
    assert await service.pool.fetchval("select count(*) from auth.users") == 0


async def test_no_body_makes_it_fail(make_service: ServiceMaker) -> None:
    service = await make_service(enable_anonymous_sign_ins=True, sms={"enable_signup": True})
    session = await service.sign_up()
    tokens = [None, session["access_token"], service.keys.service_role_key]
    fill = {"factor_id": session["user"]["id"], "user_id": session["user"]["id"], "identity_id": "x", "rest": "x"}
    routes = [(method, path.replace(":path", "").format(**fill)) for method, path, _ in _ROUTES if method != "*"]

    async def ask(method: str, path: str, token: str | None, body: Any) -> httpx2.Response:
        content = json.dumps(body).encode("utf-8", "replace")
        return await service.http.request(method, path, content=content, headers=service.bearer(token))

    loop = asyncio.get_running_loop()

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(routes), st.sampled_from(tokens), JSON | st.dictionaries(NAMES, VALUES, max_size=6))
    def no_fault(route: tuple[str, str], token: str | None, body: Any) -> None:
        answer = asyncio.run_coroutine_threadsafe(ask(*route, token, body), loop).result(30)
        assert answer.status_code < 500, (route, body, answer.text)

    await asyncio.to_thread(no_fault)


async def test_the_schema_is_laid_once(service: AuthService) -> None:
    await service.sign_up()
    await asyncio.gather(*(install_auth_schema(service.dsn) for _ in range(4)))
    assert await service.pool.fetchval("select count(*) from auth.sessions") == 1


async def test_others_see_no_row(service: AuthService) -> None:
    await service.sign_up()
    tables = await service.pool.fetch(
        "select c.relname, c.relrowsecurity from pg_class c"
        " where c.relnamespace = 'auth'::regnamespace and c.relkind = 'r'"
    )
    assert {row["relname"] for row in tables if not row["relrowsecurity"]} == set()
    for role in ("anon", "authenticated", "service_role"):
        for row in tables:
            async with service.pool.acquire() as connection, connection.transaction():
                await connection.execute(f"set local role {role}")
                try:
                    assert await connection.fetchval(f"select count(*) from auth.{row['relname']}") == 0
                except asyncpg.InsufficientPrivilegeError:
                    continue


async def test_lost_connections_are_replaced(service: AuthService) -> None:
    email = unique_email()
    await service.sign_up(email)
    await asyncio.gather(*(service.log_in(email) for _ in range(8)))
    async with service.pool.acquire() as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    async with asyncio.timeout(20):
        while (status := (await service.log_in(email)).status_code) != 200:
            assert status == 503


async def test_the_database_is_away(service: AuthService) -> None:
    await service.pool.close()
    for answer in (await service.get("/health"), await service.log_in("a@example.com")):
        assert (answer.status_code, answer.json()["error_code"]) == (503, "unexpected_failure")
