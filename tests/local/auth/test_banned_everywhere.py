"""Who is banned comes in by no door: each one that opens for a person is closed to them while the ban lasts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from headwater.local.auth.sign_in import totp
from tests.local.auth.conftest import PASSWORD, AuthService, ServiceMaker, read_fragment, read_query, unique_email
from tests.local.auth.sign_in.test_factors import enroll
from tests.local.auth.sign_in.test_proof_keys import make_proof
from tests.local.auth.test_admin import Admin

PHONE = "491511"
SMS = {"enable_signup": True, "enable_confirmations": True, "max_frequency": "0s", "test_otp": {PHONE: "654321"}}

# A door is made ready while the person may still come in, and tried afterwards.
Try = Callable[[], Awaitable[httpx2.Response]]
Door = Callable[[AuthService, dict[str, Any]], Awaitable[Try]]


async def by_password(service: AuthService, session: dict[str, Any]) -> Try:
    return lambda: service.log_in(session["user"]["email"])


async def by_password_of_a_phone(service: AuthService, session: dict[str, Any]) -> Try:
    await Admin(service).update(session["user"]["id"], phone=PHONE, phone_confirm=True)
    return lambda: service.post("/token?grant_type=password", {"phone": PHONE, "password": PASSWORD})


async def by_refresh_token(service: AuthService, session: dict[str, Any]) -> Try:
    return lambda: service.refresh(session["refresh_token"])


async def by_mailed_code(service: AuthService, session: dict[str, Any]) -> Try:
    email = session["user"]["email"]
    await service.post("/otp", {"email": email})
    code = (await service.inbox.wait(email)).code
    return lambda: service.post("/verify", {"type": "email", "email": email, "token": code})


async def by_recovery_code(service: AuthService, session: dict[str, Any]) -> Try:
    email = session["user"]["email"]
    await service.post("/recover", {"email": email})
    code = (await service.inbox.wait(email)).code
    return lambda: service.post("/verify", {"type": "recovery", "email": email, "token": code})


async def by_code_to_a_phone(service: AuthService, session: dict[str, Any]) -> Try:
    await Admin(service).update(session["user"]["id"], phone=PHONE, phone_confirm=True)
    await service.post("/otp", {"phone": PHONE})
    return lambda: service.post("/verify", {"type": "sms", "phone": PHONE, "token": "654321"})


async def by_mailed_link(service: AuthService, session: dict[str, Any]) -> Try:
    email = session["user"]["email"]
    await service.post("/magiclink", {"email": email})
    link = (await service.inbox.wait(email)).link
    return lambda: service.http.get(link)


async def by_link_of_the_project(service: AuthService, session: dict[str, Any]) -> Try:
    made = (await Admin(service).link(type="magiclink", email=session["user"]["email"])).json()
    return lambda: service.post("/verify", {"type": "magiclink", "token_hash": made["hashed_token"]})


async def by_change_of_address(service: AuthService, session: dict[str, Any]) -> Try:
    new = unique_email()
    await service.put("/user", {"email": new}, token=session["access_token"])
    code = (await service.inbox.wait(new)).code
    return lambda: service.post("/verify", {"type": "email_change", "email": new, "token": code})


async def by_link_with_a_proof_key(service: AuthService, session: dict[str, Any]) -> Try:
    email = session["user"]["email"]
    _, proof = make_proof()
    await service.post("/otp", {"email": email, **proof})
    link = (await service.inbox.wait(email)).link
    return lambda: service.http.get(link)


async def by_proof_key(service: AuthService, session: dict[str, Any]) -> Try:
    email = session["user"]["email"]
    verifier, proof = make_proof()
    await service.post("/otp", {"email": email, **proof})
    location = (await service.http.get((await service.inbox.wait(email)).link)).headers["location"]
    body = {"auth_code": read_query(location)["code"], "code_verifier": verifier}
    return lambda: service.post("/token?grant_type=pkce", body)


async def by_second_factor(service: AuthService, session: dict[str, Any]) -> Try:
    token, factor = session["access_token"], await enroll(service, session["access_token"])
    asked = (await service.post(f"/factors/{factor['id']}/challenge", {}, token=token)).json()
    body = {"challenge_id": asked["id"], "code": totp.make_code(factor["totp"]["secret"], service.clock.now())}
    return lambda: service.post(f"/factors/{factor['id']}/verify", body, token=token)


async def by_open_session(service: AuthService, session: dict[str, Any]) -> Try:
    return lambda: service.get("/user", token=session["access_token"])


async def by_change_in_an_open_session(service: AuthService, session: dict[str, Any]) -> Try:
    return lambda: service.put("/user", {"data": {"a": 1}}, token=session["access_token"])


DOORS: tuple[Door, ...] = (
    by_password,
    by_password_of_a_phone,
    by_refresh_token,
    by_mailed_code,
    by_recovery_code,
    by_code_to_a_phone,
    by_mailed_link,
    by_link_of_the_project,
    by_change_of_address,
    by_link_with_a_proof_key,
    by_proof_key,
    by_second_factor,
    by_open_session,
    by_change_in_an_open_session,
)


def read_error(answer: httpx2.Response) -> str | None:
    """Return the code of the error in an answer or in the address that it leads to; None when the door is open."""
    if answer.status_code == 303:
        told = {**read_query(answer.headers["location"]), **read_fragment(answer.headers["location"])}
        return told.get("error_code")
    return None if answer.status_code == 200 else str(answer.json().get("error_code") or answer.json())


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("ban", [None, "24h"])
async def test_door_is_closed_to_the_banned_and_open_to_others(
    make_service: ServiceMaker, door: Door, ban: str | None
) -> None:
    service = await make_service(sms=SMS, email={"double_confirm_changes": False, "max_frequency": "0s"})
    session = await service.sign_up()
    come_in = await door(service, session)
    if ban is not None:
        await Admin(service).update(session["user"]["id"], ban_duration=ban)
    assert read_error(await come_in()) == (None if ban is None else "user_banned")
