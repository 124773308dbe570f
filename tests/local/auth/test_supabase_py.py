"""The official Python client, unchanged, against the Auth server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from supabase import AsyncClient, AsyncClientOptions, acreate_client
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

from headwater.local.auth.sign_in import totp
from tests.local.auth.conftest import PASSWORD, AuthService, ServiceMaker, read_fragment, unique_email


@pytest.fixture
async def client(service: AuthService) -> AsyncIterator[AsyncGoTrueClient]:
    async with AsyncGoTrueClient(url=f"{service.url}/auth/v1", auto_refresh_token=False) as opened:
        yield opened


async def test_sign_up_in_refresh_and_out(service: AuthService, client: AsyncGoTrueClient) -> None:
    email = unique_email()
    signed_up = await client.sign_up({"email": email, "password": PASSWORD, "options": {"data": {"name": "Ada"}}})
    assert signed_up.session is not None
    assert signed_up.user is not None
    assert signed_up.user.user_metadata["name"] == "Ada"

    signed_in = await client.sign_in_with_password({"email": email, "password": PASSWORD})
    assert signed_in.session is not None
    first = signed_in.session.refresh_token
    refreshed = await client.refresh_session()
    assert refreshed.session is not None
    assert refreshed.session.refresh_token != first

    answer = await client.get_user()
    assert answer is not None
    assert answer.user.email == email
    claims = await client.get_claims()
    assert claims is not None
    assert dict(claims["claims"])["email"] == email
    assert claims["claims"]["iss"] == f"{service.url}/auth/v1"

    await client.sign_out()
    assert await client.get_session() is None
    with pytest.raises(AuthApiError, match="Refresh Token Not Found"):
        await client.refresh_session(first)


async def test_errors_reach_the_client(client: AsyncGoTrueClient) -> None:
    email = unique_email()
    await client.sign_up({"email": email, "password": PASSWORD})
    with pytest.raises(AuthApiError) as wrong:
        await client.sign_in_with_password({"email": email, "password": "not it"})
    assert (wrong.value.status, wrong.value.code) == (400, "invalid_credentials")
    with pytest.raises(AuthApiError) as again:
        await client.sign_up({"email": email, "password": PASSWORD})
    assert (again.value.status, again.value.code) == (422, "user_already_exists")
    with pytest.raises(AuthWeakPasswordError) as weak:
        await client.sign_up({"email": unique_email(), "password": "123"})
    assert weak.value.reasons == ["length"]


async def test_change_user(client: AsyncGoTrueClient) -> None:
    await client.sign_up({"email": unique_email(), "password": PASSWORD})
    changed = await client.update_user({"data": {"colour": "blue"}, "password": "another long one"})
    assert changed.user.user_metadata["colour"] == "blue"


async def test_code_by_mail(service: AuthService, client: AsyncGoTrueClient) -> None:
    email = unique_email()
    await client.sign_in_with_otp({"email": email})
    auth_email = await service.inbox.wait(email)
    answer = await client.verify_otp({"email": email, "token": auth_email.code, "type": "email"})
    assert answer.user is not None
    assert answer.user.email == email


async def test_recovery(service: AuthService, client: AsyncGoTrueClient) -> None:
    email = unique_email()
    await client.sign_up({"email": email, "password": PASSWORD})
    await client.sign_out()
    await client.reset_password_for_email(email, {"redirect_to": "http://app.example.com/new"})
    auth_email = await service.inbox.wait(email)
    followed = await service.http.get(auth_email.link)
    assert followed.status_code == 303
    told = read_fragment(followed.headers["location"])
    assert told["type"] == "recovery"
    await client.set_session(told["access_token"], told["refresh_token"])
    await client.update_user({"password": "a new one, longer"})
    assert (await service.log_in(email, "a new one, longer")).status_code == 200
    assert (await service.log_in(email, PASSWORD)).status_code == 400


async def test_proof_key_flow(service: AuthService) -> None:
    email = unique_email()
    async with AsyncGoTrueClient(url=f"{service.url}/auth/v1", auto_refresh_token=False, flow_type="pkce") as client:
        await client.sign_in_with_otp({"email": email})
        auth_email = await service.inbox.wait(email)
        followed = await service.http.get(auth_email.link)
        code = followed.headers["location"].rpartition("code=")[2]
        answer = await client.exchange_code_for_session({"auth_code": code})
        assert answer.user is not None
        assert answer.user.email == email


async def test_anonymous_becomes_permanent(make_service: ServiceMaker) -> None:
    service = await make_service(enable_anonymous_sign_ins=True)
    async with AsyncGoTrueClient(url=f"{service.url}/auth/v1", auto_refresh_token=False) as client:
        guest = await client.sign_in_anonymously({"options": {"data": {"cart": 3}}})
        assert guest.user is not None
        assert guest.user.is_anonymous
        email = unique_email()
        changed = await client.update_user({"email": email})
        assert changed.user.email == email
        assert not changed.user.is_anonymous
        assert changed.user.id == guest.user.id


async def test_the_whole_client_with_each_kind_of_key(service: AuthService) -> None:
    keys = service.keys
    async with httpx.AsyncClient() as http:
        options = AsyncClientOptions(httpx_client=http, auto_refresh_token=False)
        for public, private in ((keys.publishable_key, keys.secret_key), (keys.anon_key, keys.service_role_key)):
            visitor = await acreate_client(service.url, public, replace(options))
            owner = await acreate_client(service.url, private, replace(options))
            await visit_and_own(visitor, owner)


async def visit_and_own(visitor: AsyncClient, owner: AsyncClient) -> None:
    email = unique_email()
    signed_up = await visitor.auth.sign_up({"email": email, "password": PASSWORD})
    assert signed_up.user is not None
    seen = await visitor.auth.get_user()
    assert seen is not None
    assert seen.user.id == signed_up.user.id
    with pytest.raises(AuthApiError) as refused:
        await visitor.auth.admin.list_users()
    assert refused.value.code == "not_admin"

    assert signed_up.user.id in {user.id for user in await owner.auth.admin.list_users()}
    link = await owner.auth.admin.generate_link({"type": "magiclink", "email": email})
    assert link.properties.email_otp
    invited = await owner.auth.admin.invite_user_by_email(unique_email())
    assert invited.user.invited_at is not None
    await owner.auth.admin.delete_user(signed_up.user.id)
    with pytest.raises(AuthApiError) as gone:
        await visitor.auth.get_user()
    assert gone.value.code == "user_not_found"


async def test_second_factor(service: AuthService, client: AsyncGoTrueClient) -> None:
    await client.sign_up({"email": unique_email(), "password": PASSWORD})
    factor = await client.mfa.enroll({"factor_type": "totp", "friendly_name": "phone"})
    assert factor.totp is not None
    code = totp.make_code(factor.totp.secret, service.clock.now())
    await client.mfa.challenge_and_verify({"factor_id": factor.id, "code": code})
    level = await client.mfa.get_authenticator_assurance_level()
    assert (level.current_level, level.next_level) == ("aal2", "aal2")
    listed = await client.mfa.list_factors()
    assert [item.id for item in listed.totp] == [factor.id]
