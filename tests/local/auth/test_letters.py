"""Codes and links by e-mail: followed, typed, late, used twice, and for addresses that nobody has."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from tests.local.auth.conftest import (
    PASSWORD,
    AuthService,
    ServiceMaker,
    read_fragment,
    unique_email,
)


async def test_a_followed_link_signs_in(confirming: AuthService) -> None:
    email = unique_email()
    path = "/signup?redirect_to=https://app.example.org/welcome"
    await confirming.post(path, {"email": email, "password": PASSWORD})
    auth_email = await confirming.inbox.wait(email)
    query = parse_qs(urlsplit(auth_email.link).query)
    assert query["type"] == ["signup"]
    assert query["redirect_to"] == ["https://app.example.org/welcome"]
    followed = await confirming.http.get(auth_email.link)
    assert followed.status_code == 303
    location = followed.headers["location"]
    assert location.startswith("https://app.example.org/welcome#")
    told = read_fragment(location)
    assert told["type"] == "signup"
    assert set(told) == {"access_token", "expires_at", "expires_in", "refresh_token", "token_type", "type", "sb"}
    seen = await confirming.get("/user", token=told["access_token"])
    assert seen.json()["email_confirmed_at"]
    again = await confirming.http.get(auth_email.link)
    assert read_fragment(again.headers["location"])["error_code"] == "otp_expired"
    assert read_fragment(again.headers["location"])["error"] == "access_denied"


async def test_looking_at_a_link_does_not_use_it_up(service: AuthService) -> None:
    email = unique_email()
    await service.post("/otp", {"email": email})
    auth_email = await service.inbox.wait(email)
    assert (await service.http.head(auth_email.link)).status_code == 405
    assert "access_token" in read_fragment((await service.http.get(auth_email.link)).headers["location"])


async def test_links_lead_only_where_they_may(service: AuthService) -> None:
    for address in ("https://evil.example.com/", "javascript:alert(1)", "//evil.example.com", "http://2130706433/"):
        email = unique_email()
        await service.http.post("/otp", params={"redirect_to": address}, json={"email": email})
        auth_email = await service.inbox.wait(email)
        followed = await service.http.get(auth_email.link)
        assert followed.headers["location"].startswith("http://app.example.com#"), address
        changed = auth_email.link.rpartition("redirect_to=")[0] + "redirect_to=https%3A%2F%2Fevil.example.com"
        refused = await service.http.get(changed)
        assert refused.headers["location"].startswith("http://app.example.com#"), address


async def test_links_and_codes_grow_old(service: AuthService) -> None:
    email = unique_email()
    for _ in range(2):
        await service.post("/otp", {"email": email})
        auth_email = await service.inbox.wait(email)
        service.clock.advance(timedelta(seconds=3601))
        followed = await service.http.get(auth_email.link)
        assert read_fragment(followed.headers["location"])["error_code"] == "otp_expired"
        typed = await service.post("/verify", {"type": "email", "email": email, "token": auth_email.code})
        assert (typed.status_code, typed.json()["error_code"]) == (403, "otp_expired")


async def test_a_code_works_once(service: AuthService) -> None:
    email = unique_email()
    await service.post("/otp", {"email": email})
    auth_email = await service.inbox.wait(email)
    body = {"type": "email", "email": email, "token": auth_email.code}
    answers = await asyncio.gather(*(service.post("/verify", body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 5


async def test_a_link_works_once_for_many_at_once(service: AuthService) -> None:
    email = unique_email()
    await service.post("/otp", {"email": email})
    auth_email = await service.inbox.wait(email)
    answers = await asyncio.gather(*(service.http.get(auth_email.link) for _ in range(6)))
    told = [read_fragment(answer.headers["location"]) for answer in answers]
    assert sum("access_token" in values for values in told) == 1


async def test_a_link_and_a_new_password_at_once_do_not_block_each_other(service: AuthService) -> None:
    email = unique_email()
    token = (await service.sign_up(email))["access_token"]
    for number in range(5):
        await service.post("/recover", {"email": email})
        auth_email = await service.inbox.wait(email)
        followed, changed = await asyncio.gather(
            service.http.get(auth_email.link), service.put("/user", {"password": f"password {number}"}, token=token)
        )
        assert (followed.status_code, changed.status_code) == (303, 200)


async def test_a_hash_signs_in_without_an_address(service: AuthService) -> None:
    email = unique_email()
    await service.post("/otp", {"email": email})
    auth_email = await service.inbox.wait(email)
    token_hash = parse_qs(urlsplit(auth_email.link).query)["token"][0]
    both = await service.post("/verify", {"type": "email", "token_hash": token_hash, "email": email})
    assert (both.status_code, both.json()["error_code"]) == (400, "validation_failed")
    answer = await service.post("/verify", {"type": "email", "token_hash": token_hash})
    assert answer.json()["user"]["email"] == email


async def test_a_code_of_somebody_else_is_worth_nothing(service: AuthService) -> None:
    mine, theirs = unique_email(), unique_email()
    for email in (mine, theirs):
        await service.post("/otp", {"email": email})
    auth_email = await service.inbox.wait(mine)
    answer = await service.post("/verify", {"type": "email", "email": theirs, "token": auth_email.code})
    assert answer.status_code == 403


async def test_strangers_get_the_same_answer(service: AuthService) -> None:
    known, unknown = unique_email(), unique_email()
    await service.sign_up(known)
    for path, more in (("/recover", {}), ("/resend", {"type": "signup"})):
        answers = [await service.post(path, {"email": email, **more}) for email in (known, unknown)]
        assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {}), (200, {})]
    assert (await service.inbox.wait(known)).subject == "Reset your password"
    assert not service.inbox.auth_emails
    for email in (known, unknown):
        answer = await service.post("/verify", {"type": "recovery", "email": email, "token": "000000"})
        assert answer.json()["msg"] == "Token has expired or is invalid"


async def test_codes_for_known_users_only(service: AuthService) -> None:
    answer = await service.post("/otp", {"email": unique_email(), "create_user": False})
    assert (answer.status_code, answer.json()["error_code"]) == (422, "otp_disabled")
    assert await service.pool.fetchval("select count(*) from auth.users") == 0


async def test_too_soon_and_too_many(make_service: ServiceMaker) -> None:
    service = await make_service(email={"max_frequency": "60s"}, rate_limit={"email_sent": 2})
    email = unique_email()
    await service.sign_up(email)
    assert (await service.post("/recover", {"email": email})).status_code == 200
    service.clock.advance(timedelta(seconds=30))
    soon = await service.post("/recover", {"email": email})
    assert (soon.status_code, soon.json()["error_code"]) == (429, "over_email_send_rate_limit")
    assert soon.json()["msg"].startswith("For security purposes, you can only request this after ")
    service.clock.advance(timedelta(seconds=31))
    assert (await service.post("/recover", {"email": email})).status_code == 200
    service.clock.advance(timedelta(seconds=61))
    many = await service.post("/recover", {"email": email})
    assert (many.status_code, many.json()["msg"]) == (429, "email rate limit exceeded")
    assert len(service.inbox.auth_emails) == 2


async def test_requests_at_once_send_one_letter(make_service: ServiceMaker) -> None:
    service = await make_service(email={"max_frequency": "60s"})
    email = unique_email()
    await service.sign_up(email)
    answers = await asyncio.gather(*(service.post("/recover", {"email": email}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [429] * 7
    await service.inbox.wait(email)
    assert not service.inbox.auth_emails


async def test_guesses_are_counted_for_the_account(service: AuthService) -> None:
    email = unique_email()
    await service.post("/otp", {"email": email})
    body = {"type": "email", "email": email, "token": "000000"}
    codes = [(await service.post("/verify", body)).status_code for _ in range(32)]
    assert codes == [403] * 30 + [429] * 2
    assert (await service.post("/verify", {**body, "email": unique_email()})).status_code == 403


async def test_recovery_changes_the_password_and_ends_other_sessions(service: AuthService) -> None:
    email = unique_email()
    before = await service.sign_up(email)
    await service.post("/recover", {"email": email})
    auth_email = await service.inbox.wait(email)
    told = read_fragment((await service.http.get(auth_email.link)).headers["location"])
    assert told["type"] == "recovery"
    changed = await service.put("/user", {"password": "a new password"}, token=told["access_token"])
    assert changed.status_code == 200
    assert (await service.get("/user", token=before["access_token"])).status_code == 403
    assert (await service.get("/user", token=told["access_token"])).status_code == 200
    assert (await service.log_in(email, "a new password")).status_code == 200


async def test_verification_that_makes_no_sense(service: AuthService) -> None:
    for body in (
        {},
        {"type": "email"},
        {"type": "email", "token": "1", "token_hash": "2"},
        {"type": "email", "token": "123456"},
        {"type": "email", "token": "123456", "email": "a@example.com", "phone": "491"},
        {"type": "nonsense", "token_hash": "abc"},
        {"type": "sms", "token": "123456", "phone": "x"},
    ):
        answer = await service.post("/verify", body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed"), body
    assert (await service.get("/verify?type=signup")).status_code == 400
    assert (await service.get("/verify?token=abc")).status_code == 400
