"""Signing up and in: what is answered, what is stored, and what strangers can't find out."""

from __future__ import annotations

import asyncio
from typing import Any

import jwt
import pytest

from headwater.core.auth import StaticKeySource, TokenVerifier
from tests.local.auth.conftest import PASSWORD, AuthService, ServiceMaker, unique_email

NEW_SHAPE = {"x-supabase-api-version": "2024-01-01"}
# What may differ between two answers to the same request.
VOLATILE = {"id", "created_at", "updated_at", "confirmation_sent_at", "email"}


async def test_the_session_and_its_token(service: AuthService) -> None:
    email = unique_email()
    answer = await service.post("/signup", {"email": email.upper(), "password": PASSWORD, "data": {"name": "Ada"}})
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "expires_at", "refresh_token", "user"}
    user = body["user"]
    assert (user["email"], user["phone"], user["aud"], user["role"]) == (email, "", "authenticated", "authenticated")
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert user["user_metadata"]["name"] == "Ada"
    assert (user["is_anonymous"], user["email_confirmed_at"][-1]) == (False, "Z")
    [identity] = user["identities"]
    assert (identity["provider"], identity["email"], identity["id"]) == ("email", email, user["id"])
    assert jwt.get_unverified_header(body["access_token"])["kid"] == service.keys.signing_key["kid"]
    claims = await TokenVerifier(StaticKeySource(service.keys.public_keys)).verify(body["access_token"])
    assert (claims["sub"], claims["iss"]) == (user["id"], f"{service.url}/auth/v1")
    assert (claims["aal"], claims["amr"][0]["method"]) == ("aal1", "password")
    assert claims["exp"] - claims["iat"] == 3600
    assert answer.headers["sb-auth-session-id"] == claims["session_id"]


async def test_the_password_is_kept_as_bcrypt(service: AuthService) -> None:
    session = await service.sign_up()
    stored = await service.pool.fetchval(
        "select encrypted_password from auth.users where id = $1::text::uuid", session["user"]["id"]
    )
    assert stored.startswith("$2b$04$")
    assert "password" not in str(session["user"])


async def test_confirmation_comes_before_the_session(confirming: AuthService) -> None:
    email = unique_email()
    answer = await confirming.post("/signup", {"email": email, "password": PASSWORD})
    body = answer.json()
    assert body["email"] == email
    assert "access_token" not in body
    assert "email_confirmed_at" not in body
    refused = await confirming.log_in(email)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "email_not_confirmed")
    auth_email = await confirming.inbox.wait(email)
    verified = await confirming.post("/verify", {"type": "signup", "email": email, "token": auth_email.code})
    assert verified.json()["user"]["email_confirmed_at"]
    assert verified.json()["user"]["identities"][0]["identity_data"]["email_verified"] is True
    assert (await confirming.log_in(email)).status_code == 200


async def test_a_known_address_looks_like_a_new_one(confirming: AuthService) -> None:
    known, fresh = unique_email(), unique_email()
    await confirming.post("/signup", {"email": known, "password": PASSWORD})
    auth_email = await confirming.inbox.wait(known)
    await confirming.post("/verify", {"type": "signup", "email": known, "token": auth_email.code})
    answers = [
        await confirming.post("/signup", {"email": email, "password": "another password"}) for email in (known, fresh)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    bodies = [{name: value for name, value in answer.json().items() if name not in VOLATILE} for answer in answers]
    assert bodies[0].keys() == bodies[1].keys()
    assert bodies[0]["app_metadata"] == bodies[1]["app_metadata"]
    assert bodies[0]["identities"] == []
    assert answers[0].json()["id"] != await confirming.pool.fetchval(
        "select id::text from auth.users where email = $1", known
    )
    assert (await confirming.log_in(known)).status_code == 200


async def test_an_unconfirmed_address_can_be_taken_up_again(confirming: AuthService) -> None:
    email = unique_email()
    first = await confirming.post("/signup", {"email": email, "password": "the squatter's"})
    second = await confirming.post("/signup", {"email": email, "password": PASSWORD})
    assert first.json()["id"] == second.json()["id"]
    await confirming.inbox.wait(email)
    auth_email = await confirming.inbox.wait(email)
    assert (
        await confirming.post("/verify", {"type": "signup", "email": email, "token": auth_email.code})
    ).status_code == 200


REFUSED_SIGN_UPS: list[tuple[Any, int, str, str]] = [
    ({"email": "x@example.com"}, 400, "validation_failed", "Signup requires a valid password"),
    ({"email": "x@example.com", "password": "12345"}, 422, "weak_password", "at least 6 characters"),
    ({"email": "x@example.com", "password": "x" * 73}, 400, "validation_failed", "longer than 72"),
    ({"email": "x@example.com", "password": "ä" * 37}, 400, "validation_failed", "longer than 72"),
    ({"email": "nonsense", "password": PASSWORD}, 400, "validation_failed", "invalid format"),
    ({"email": "a b@example.com", "password": PASSWORD}, 400, "validation_failed", "invalid format"),
    ({"email": "x@exa mple.com", "password": PASSWORD}, 400, "validation_failed", "invalid format"),
    ({"email": "x@example.com\n", "password": PASSWORD}, 400, "validation_failed", "invalid format"),
    ({"email": f"{'x' * 250}@example.com", "password": PASSWORD}, 400, "validation_failed", "too long"),
    ({"email": "x@example.com", "phone": "4912", "password": PASSWORD}, 400, "validation_failed", "Only an email"),
    ({"phone": "491234567", "password": PASSWORD}, 400, "phone_provider_disabled", "Phone signups are disabled"),
    ({}, 422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled"),
    ({"email": 5, "password": PASSWORD}, 400, "bad_json", "email"),
    ({"email": "x@example.com", "password": PASSWORD, "data": "text"}, 400, "bad_json", "data"),
    (
        {"email": "x@example.com", "password": PASSWORD, "code_challenge": "x" * 43},
        400,
        "validation_failed",
        "PKCE flow requires",
    ),
]


async def test_sign_ups_that_are_refused(service: AuthService) -> None:
    for body, status, code, message in REFUSED_SIGN_UPS:
        answer = await service.post("/signup", body)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code), body
        assert message in answer.json()["msg"], body


async def test_both_shapes_of_errors(service: AuthService) -> None:
    body = {"email": unique_email(), "password": "12345"}
    old = await service.post("/signup", body)
    assert old.json() == {
        "code": 422,
        "error_code": "weak_password",
        "msg": "Password should be at least 6 characters.",
        "weak_password": {"reasons": ["length"]},
    }
    new = await service.http.post("/signup", json=body, headers=NEW_SHAPE)
    assert new.json() == {
        "code": "weak_password",
        "message": "Password should be at least 6 characters.",
        "weak_password": {"reasons": ["length"]},
    }
    assert new.headers["x-supabase-api-version"] == "2024-01-01"
    assert "x-supabase-api-version" not in old.headers
    assert old.headers["x-sb-error-code"] == new.headers["x-sb-error-code"] == "weak_password"
    rubbish = await service.http.post("/signup", json=body, headers={"x-supabase-api-version": "soon"})
    assert rubbish.json()["error_code"] == "weak_password"


async def test_password_requirements(make_service: ServiceMaker) -> None:
    service = await make_service(password_requirements="lower_upper_letters_digits_symbols", minimum_password_length=10)
    answer = await service.post("/signup", {"email": unique_email(), "password": "lowercase"})
    assert answer.json()["weak_password"]["reasons"] == ["length", "characters"]
    answer = await service.post("/signup", {"email": unique_email(), "password": "Aa1!Aa1!Aa1!"})
    assert answer.status_code == 200


async def test_a_password_that_became_too_weak_is_told_at_sign_in(make_service: ServiceMaker) -> None:
    lenient, email = await make_service(), unique_email()
    await lenient.sign_up(email, "simple")
    strict = await make_service(minimum_password_length=12)
    assert (await strict.log_in(email, "simple")).json()["weak_password"]["reasons"] == ["length"]


async def test_sign_ups_can_be_closed(make_service: ServiceMaker) -> None:
    service = await make_service(enable_signup=False, enable_anonymous_sign_ins=True)
    for body in ({"email": unique_email(), "password": PASSWORD}, {}):
        answer = await service.post("/signup", body)
        assert (answer.status_code, answer.json()["error_code"]) == (422, "signup_disabled")
    answer = await service.post("/otp", {"email": unique_email()})
    assert answer.json()["error_code"] == "signup_disabled"


async def test_two_at_once_make_one_account(service: AuthService) -> None:
    email = unique_email()
    answers = await asyncio.gather(*(service.post("/signup", {"email": email, "password": PASSWORD}) for _ in range(8)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] + [422] * 7
    assert await service.pool.fetchval("select count(*) from auth.users where email = $1", email) == 1


async def test_sign_in_tells_nothing_about_accounts(service: AuthService) -> None:
    email = unique_email()
    await service.sign_up(email)
    answers = [await service.log_in(email, "not the password"), await service.log_in(unique_email(), PASSWORD)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (400, {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"})
    ] * 2


async def test_a_hash_is_compared_for_strangers_too(service: AuthService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Timing would tell who has an account, were bcrypt skipped for those who have none. Counted, not timed."""
    import bcrypt

    compared: list[bytes] = []
    really = bcrypt.checkpw

    def count(password: bytes, hashed: bytes) -> bool:
        compared.append(hashed)
        return really(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", count)
    await service.log_in(unique_email(), PASSWORD)
    assert len(compared) == 1
    assert compared[0].startswith(b"$2b$04$")


REFUSED_SIGN_INS: list[tuple[Any, str]] = [
    ({}, "validation_failed"),
    ({"email": "x@example.com", "phone": "49123", "password": "x"}, "validation_failed"),
    ({"email": "x@example.com", "password": "\x00"}, "invalid_credentials"),
    ({"email": "x@example.com", "password": "x" * 5000}, "invalid_credentials"),
    ({"email": "x'; drop table auth.users; --", "password": "x"}, "invalid_credentials"),
]


async def test_sign_ins_that_are_refused(service: AuthService) -> None:
    for body, code in REFUSED_SIGN_INS:
        answer = await service.post("/token?grant_type=password", body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, code), body


async def test_unknown_grants(service: AuthService) -> None:
    for grant in ("", "authorization_code", "PASSWORD"):
        answer = await service.post(f"/token?grant_type={grant}", {})
        assert (answer.status_code, answer.json()["msg"]) == (400, "unsupported_grant_type"), grant
