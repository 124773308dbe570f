"""Other ways to sign up: anonymously and by phone; and the limits on all of them."""

from __future__ import annotations

from datetime import timedelta

import jwt

from tests.local.auth.conftest import PASSWORD, AuthService, ServiceMaker, unique_email


async def test_anonymous_users(make_service: ServiceMaker) -> None:
    service = await make_service(enable_anonymous_sign_ins=True)
    guest = (await service.post("/signup", {"data": {"cart": 3}})).json()
    assert guest["user"]["is_anonymous"] is True
    assert guest["user"]["user_metadata"] == {"cart": 3}
    assert guest["user"]["email"] == ""
    token = guest["access_token"]
    assert jwt.decode(token, options={"verify_signature": False})["is_anonymous"] is True
    refused = await service.put("/user", {"password": PASSWORD}, token=token)
    assert (refused.status_code, refused.json()["error_code"]) == (422, "validation_failed")
    email = unique_email()
    made = await service.put("/user", {"email": email, "password": PASSWORD}, token=token)
    assert made.json()["is_anonymous"] is False
    assert made.json()["app_metadata"]["providers"] == ["email"]
    assert (await service.log_in(email)).json()["user"]["id"] == guest["user"]["id"]


async def test_phone_sign_up_without_a_provider(make_service: ServiceMaker) -> None:
    service = await make_service(sms={"enable_signup": True})
    body = {"phone": "+49 151 2345678", "password": PASSWORD}
    answer = await service.post("/signup", body)
    assert answer.json()["user"]["phone"] == "491512345678"
    assert answer.json()["user"]["phone_confirmed_at"]
    signed_in = await service.post("/token?grant_type=password", {"phone": "+491512345678", "password": PASSWORD})
    assert signed_in.status_code == 200
    assert (await service.post("/signup", body)).json()["error_code"] == "user_already_exists"


async def test_phone_codes_for_test_numbers(make_service: ServiceMaker) -> None:
    sms = {"enable_signup": True, "enable_confirmations": True, "max_frequency": "0s", "test_otp": {"491511": "654321"}}
    service = await make_service(sms=sms)
    assert (await service.post("/otp", {"phone": "491511"})).status_code == 200
    wrong = await service.post("/verify", {"type": "sms", "phone": "491511", "token": "000000"})
    assert (wrong.status_code, wrong.json()["error_code"]) == (403, "otp_expired")
    right = await service.post("/verify", {"type": "sms", "phone": "491511", "token": "654321"})
    assert right.json()["user"]["phone_confirmed_at"]
    unreachable = await service.post("/otp", {"phone": "491599"})
    assert (unreachable.status_code, unreachable.json()["error_code"]) == (422, "sms_send_failed")


async def test_limits(make_service: ServiceMaker) -> None:
    service = await make_service(rate_limit={"sign_in_sign_ups": 3, "token_refresh": 2})
    for _ in range(3):
        assert (await service.post("/signup", {"email": unique_email(), "password": PASSWORD})).status_code == 200
    refused = await service.post("/signup", {"email": unique_email(), "password": PASSWORD})
    assert (refused.status_code, refused.json()["error_code"]) == (429, "over_request_rate_limit")
    assert int(refused.headers["retry-after"]) > 0
    service.clock.advance(timedelta(minutes=5))
    assert (await service.post("/signup", {"email": unique_email(), "password": PASSWORD})).status_code == 200
    codes = [(await service.log_in(unique_email())).status_code for _ in range(3)]
    assert codes == [400, 400, 429]


async def test_a_trigger_that_refuses_leaves_nothing(service: AuthService) -> None:
    await service.pool.execute(
        """
        create function public.refuse() returns trigger language plpgsql as $$
        begin raise exception 'secret details of the owner'; end $$;
        create trigger refuse after insert on auth.users for each row execute function public.refuse();
        """
    )
    answer = await service.post("/signup", {"email": unique_email(), "password": PASSWORD})
    assert (answer.status_code, answer.json()["msg"]) == (500, "Database error saving new user")
    assert "secret" not in answer.text
    assert await service.pool.fetchval("select count(*) from auth.users") == 0
