"""Second factors: adding, asking, verifying, losing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from headwater.local.auth.sign_in import totp
from tests.local.auth.conftest import PASSWORD, AuthService, ServiceMaker, unique_email


def read_claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def enroll(service: AuthService, token: str, name: str = "phone") -> dict[str, Any]:
    answer = await service.post("/factors", {"factor_type": "totp", "friendly_name": name}, token=token)
    assert answer.status_code == 200, answer.text
    factor: dict[str, Any] = answer.json()
    return factor


async def prove(service: AuthService, token: str, factor: dict[str, Any]) -> Any:
    asked = await service.post(f"/factors/{factor['id']}/challenge", {}, token=token)
    code = totp.make_code(factor["totp"]["secret"], service.clock.now())
    body = {"challenge_id": asked.json()["id"], "code": code}
    return await service.post(f"/factors/{factor['id']}/verify", body, token=token)


async def test_from_the_first_level_to_the_second(service: AuthService) -> None:
    email = unique_email()
    session, elsewhere = await service.sign_up(email), (await service.log_in(email)).json()
    factor = await enroll(service, session["access_token"])
    assert factor["totp"]["uri"].startswith("otpauth://totp/app.example.com%3A")
    assert factor["totp"]["qr_code"].startswith("<svg")
    seen = (await service.get("/user", token=session["access_token"])).json()
    assert [(item["id"], item["status"]) for item in seen["factors"]] == [(factor["id"], "unverified")]
    assert "secret" not in seen["factors"][0]

    answer = await prove(service, session["access_token"], factor)
    raised = answer.json()
    claims = read_claims(raised["access_token"])
    assert (claims["aal"], [entry["method"] for entry in claims["amr"]]) == ("aal2", ["totp", "password"])
    assert raised["user"]["factors"][0]["status"] == "verified"
    assert read_claims((await service.refresh(raised["refresh_token"])).json()["access_token"])["aal"] == "aal2"
    assert (await service.refresh(elsewhere["refresh_token"])).json()["error_code"] == "refresh_token_not_found"


async def test_changes_need_the_second_level(service: AuthService) -> None:
    email = unique_email()
    factor = await enroll(service, (session := await service.sign_up(email))["access_token"])
    await prove(service, session["access_token"], factor)
    low = (await service.log_in(email)).json()
    assert read_claims(low["access_token"])["aal"] == "aal1"
    token = low["access_token"]
    for body in ({"password": "something new"}, {"email": unique_email()}):
        refused = await service.put("/user", body, token=token)
        assert (refused.status_code, refused.json()["error_code"]) == (401, "insufficient_aal")
    assert (await service.put("/user", {"data": {"a": 1}}, token=token)).status_code == 200
    removed = await service.delete(f"/factors/{factor['id']}", token=token)
    assert (removed.status_code, removed.json()["error_code"]) == (422, "insufficient_aal")
    another = await service.post("/factors", {"factor_type": "totp", "friendly_name": "b"}, token=token)
    assert (another.status_code, another.json()["error_code"]) == (403, "insufficient_aal")
    raised = (await prove(service, token, factor)).json()["access_token"]
    assert (await service.put("/user", {"password": "something new"}, token=raised)).status_code == 200
    removed = await service.delete(f"/factors/{factor['id']}", token=raised)
    assert removed.json() == {"id": factor["id"]}


async def test_losing_a_factor_lowers_its_sessions(service: AuthService) -> None:
    session = await service.sign_up()
    factor = await enroll(service, session["access_token"])
    raised = (await prove(service, session["access_token"], factor)).json()
    path = f"/admin/users/{session['user']['id']}/factors/{factor['id']}"
    answer = await service.delete(path, token=service.keys.service_role_key)
    assert answer.json()["id"] == factor["id"]
    again = (await service.refresh(raised["refresh_token"])).json()
    assert read_claims(again["access_token"])["aal"] == "aal1"


async def test_codes_that_are_refused(service: AuthService) -> None:
    token = (await service.sign_up())["access_token"]
    factor = await enroll(service, token)
    asked = (await service.post(f"/factors/{factor['id']}/challenge", {}, token=token)).json()
    path, secret = f"/factors/{factor['id']}/verify", factor["totp"]["secret"]
    right = totp.make_code(secret, service.clock.now())
    wrong = "000000" if right != "000000" else "000001"
    for code in (wrong, "", "12345", "nonsense", totp.make_code(secret, service.clock.now() + timedelta(minutes=5))):
        refused = await service.post(path, {"challenge_id": asked["id"], "code": code}, token=token)
        assert (refused.status_code, refused.json()["error_code"]) == (422, "mfa_verification_failed"), code
    unknown = {"challenge_id": "00000000-0000-0000-0000-000000000001", "code": right}
    assert (await service.post(path, unknown, token=token)).json()["error_code"] == "mfa_factor_not_found"
    malformed = {"challenge_id": "not an id", "code": right}
    assert (await service.post(path, malformed, token=token)).json()["error_code"] == "bad_json"
    service.clock.advance(timedelta(seconds=301))
    late = {"challenge_id": asked["id"], "code": totp.make_code(secret, service.clock.now())}
    assert (await service.post(path, late, token=token)).json()["error_code"] == "mfa_challenge_expired"


async def test_a_challenge_is_answered_once(service: AuthService) -> None:
    token = (await service.sign_up())["access_token"]
    factor = await enroll(service, token)
    asked = (await service.post(f"/factors/{factor['id']}/challenge", {}, token=token)).json()
    code = totp.make_code(factor["totp"]["secret"], service.clock.now())
    body = {"challenge_id": asked["id"], "code": code}
    path = f"/factors/{factor['id']}/verify"
    answers = await asyncio.gather(*(service.post(path, body, token=token) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422, 422]


async def test_guesses_are_counted(service: AuthService) -> None:
    token = (await service.sign_up())["access_token"]
    factor = await enroll(service, token)
    body = {"challenge_id": factor["id"], "code": "000000"}
    path = f"/factors/{factor['id']}/verify"
    codes = [(await service.post(path, body, token=token)).status_code for _ in range(17)]
    assert codes == [422] * 15 + [429] * 2


async def test_factors_of_others_are_unknown(service: AuthService) -> None:
    mine, theirs = await service.sign_up(), await service.sign_up()
    factor = await enroll(service, theirs["access_token"])
    for path in ("challenge", "verify"):
        answer = await service.post(f"/factors/{factor['id']}/{path}", {}, token=mine["access_token"])
        assert (answer.status_code, answer.json()["error_code"]) == (404, "mfa_factor_not_found")
    malformed = await service.delete("/factors/not-an-id", token=mine["access_token"])
    assert (malformed.status_code, malformed.json()["error_code"]) == (404, "validation_failed")


async def test_enrolments_that_are_refused(make_service: ServiceMaker) -> None:
    service = await make_service(mfa={"max_enrolled_factors": 2}, enable_anonymous_sign_ins=True)
    token = (await service.sign_up())["access_token"]
    await enroll(service, token, "one")
    for body, status, code in (
        ({"factor_type": "totp", "friendly_name": "one"}, 422, "mfa_factor_name_conflict"),
        ({"factor_type": "phone"}, 422, "mfa_phone_enroll_not_enabled"),
        ({"factor_type": "webauthn"}, 422, "mfa_webauthn_enroll_not_enabled"),
        ({"factor_type": "magic"}, 400, "validation_failed"),
    ):
        answer = await service.post("/factors", body, token=token)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code), body
    await enroll(service, token, "two")
    full = await service.post("/factors", {"factor_type": "totp", "friendly_name": "three"}, token=token)
    assert full.json()["error_code"] == "too_many_enrolled_mfa_factors"
    service.clock.advance(timedelta(minutes=6))
    await enroll(service, token, "three")
    guest = (await service.post("/signup", {})).json()["access_token"]
    refused = await service.post("/factors", {"factor_type": "totp"}, token=guest)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "no_authorization")


async def test_the_password_alone_gives_the_first_level_only(service: AuthService) -> None:
    email = unique_email()
    session = await service.sign_up(email)
    await prove(service, session["access_token"], await enroll(service, session["access_token"]))
    assert read_claims((await service.log_in(email, PASSWORD)).json()["access_token"])["aal"] == "aal1"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(89, "359152"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B (SHA-1), cut to six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.make_code(secret, moment) == code
    for drift in (-30, 0, 30):
        assert totp.find_step(code, secret, moment + timedelta(seconds=drift)) == seconds // 30
    assert totp.find_step(code, secret, moment + timedelta(seconds=90)) is None


def test_codes_in_other_scripts_are_wrong() -> None:
    moment = datetime.fromtimestamp(59, UTC)
    assert totp.find_step("٢٨٧٠٨٢", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", moment) is None
