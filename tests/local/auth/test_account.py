"""What signed-in users change about their account: address, number, password, metadata, identities."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import bcrypt

from tests.local.auth.conftest import PASSWORD, AuthService, ServiceMaker, read_fragment, unique_email


async def test_tokens_that_open_nothing(service: AuthService) -> None:
    session = await service.sign_up()
    missing = await service.get("/user")
    assert (missing.status_code, missing.json()["error_code"]) == (401, "no_authorization")
    assert missing.json()["msg"] == "This endpoint requires a valid Bearer token"
    head, body, signature = session["access_token"].split(".")
    for token in ("rubbish", f"{head}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA"):
        refused = await service.get("/user", token=token)
        assert (refused.status_code, refused.json()["error_code"]) == (403, "bad_jwt"), token
        assert refused.json()["msg"].startswith("invalid JWT")
    key = await service.get("/user", token=service.keys.anon_key)
    assert (key.status_code, key.json()["msg"]) == (403, "invalid claim: missing sub claim")
    service.clock.advance(timedelta(hours=2))
    late = await service.get("/user", token=session["access_token"])
    assert (late.status_code, "expired" in late.json()["msg"]) == (403, True)


async def test_metadata_is_merged(service: AuthService) -> None:
    session = await service.sign_up()
    token = session["access_token"]
    await service.put("/user", {"data": {"a": 1, "b": {"c": 2}}}, token=token)
    changed = await service.put("/user", {"data": {"a": None, "d": [1]}}, token=token)
    metadata = changed.json()["user_metadata"]
    assert ("a" not in metadata, metadata["b"], metadata["d"]) == (True, {"c": 2}, [1])
    refused = await service.put("/user", {"app_metadata": {"admin": True}}, token=token)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "not_admin")


async def test_changes_at_once_lose_nothing(service: AuthService) -> None:
    session = await service.sign_up()
    token, admin = session["access_token"], service.keys.service_role_key
    path = f"/admin/users/{session['user']['id']}"
    own = [service.put("/user", {"data": {f"own-{n}": n}}, token=token) for n in range(6)]
    theirs = [service.put(path, {"user_metadata": {f"their-{n}": n}}, token=admin) for n in range(6)]
    assert {answer.status_code for answer in await asyncio.gather(*own, *theirs)} == {200}
    metadata = (await service.get("/user", token=token)).json()["user_metadata"]
    assert {f"{who}-{n}" for who in ("own", "their") for n in range(6)} <= set(metadata)


async def test_a_guest_becomes_permanent_once_the_address_is_confirmed(make_service: ServiceMaker) -> None:
    email_settings = {"enable_confirmations": True, "max_frequency": "0s"}
    service = await make_service(enable_anonymous_sign_ins=True, email=email_settings)
    guest = (await service.post("/signup", {})).json()
    email = unique_email()
    pending = await service.put("/user", {"email": email}, token=guest["access_token"])
    assert (pending.json()["is_anonymous"], pending.json()["new_email"]) == (True, email)
    auth_email = await service.inbox.wait(email)
    done = await service.post("/verify", {"type": "email_change", "email": email, "token": auth_email.code})
    user = done.json()["user"]
    assert (user["id"], user["email"], user["is_anonymous"]) == (guest["user"]["id"], email, False)
    assert user["email_confirmed_at"]


async def test_rows_that_sql_made(service: AuthService) -> None:
    """Projects seed `auth.users` by SQL, with nulls where Auth itself writes empty texts."""
    email = unique_email()
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4, prefix=b"2a")).decode()
    await service.pool.execute(
        """
        insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at,
          raw_user_meta_data)
        values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated', $1, $2,
          now(), 'null')
        """,
        email.upper(),
        hashed,
    )
    session = (await service.log_in(email)).json()
    assert session["user"]["user_metadata"] == {}
    changed = await service.put("/user", {"data": {"a": 1}}, token=session["access_token"])
    assert changed.json()["user_metadata"] == {"a": 1}
    await service.post("/recover", {"email": email})
    auth_email = await service.inbox.wait(email.upper())
    verified = await service.post("/verify", {"type": "recovery", "email": email, "token": auth_email.code})
    assert verified.status_code == 200


async def test_passwords(service: AuthService) -> None:
    email = unique_email()
    session, other = await service.sign_up(email), (await service.log_in(email)).json()
    token = session["access_token"]
    same = await service.put("/user", {"password": PASSWORD}, token=token)
    assert (same.status_code, same.json()["error_code"]) == (422, "same_password")
    weak = await service.put("/user", {"password": "123"}, token=token)
    assert weak.json()["weak_password"] == {"reasons": ["length"]}
    assert (await service.put("/user", {"password": "something new"}, token=token)).status_code == 200
    assert (await service.refresh(session["refresh_token"])).status_code == 200
    assert (await service.refresh(other["refresh_token"])).status_code == 400
    assert (await service.log_in(email)).status_code == 400
    assert (await service.log_in(email, "something new")).status_code == 200


async def test_reauthentication(make_service: ServiceMaker) -> None:
    service = await make_service(email={"secure_password_change": True, "max_frequency": "0s"}, jwt_expiry=200_000)
    email = unique_email()
    token = (await service.sign_up(email))["access_token"]
    service.clock.advance(timedelta(hours=25))
    needed = await service.put("/user", {"password": "something new"}, token=token)
    assert (needed.status_code, needed.json()["error_code"]) == (400, "reauthentication_needed")
    assert (await service.get("/reauthenticate", token=token)).json() == {}
    auth_email = await service.inbox.wait(email)
    assert auth_email.code in auth_email.subject
    wrong = await service.put("/user", {"password": "something new", "nonce": "000000"}, token=token)
    assert (wrong.status_code, wrong.json()["error_code"]) == (422, "reauthentication_not_valid")
    body = {"password": "something new", "nonce": auth_email.code}
    assert (await service.put("/user", body, token=token)).status_code == 200
    body = {"password": "something newer", "nonce": auth_email.code}
    assert (await service.put("/user", body, token=token)).status_code == 422


async def test_both_addresses_confirm_a_change(service: AuthService) -> None:
    old, new = unique_email(), unique_email()
    token = (await service.sign_up(old))["access_token"]
    pending = await service.put("/user", {"email": new}, token=token)
    assert (pending.json()["email"], pending.json()["new_email"]) == (old, new)
    first, second = await service.inbox.wait(new), await service.inbox.wait(old)
    half = await service.http.get(first.link)
    assert "Please proceed to confirm" in read_fragment(half.headers["location"])["message"]
    again = await service.http.get(first.link)
    assert read_fragment(again.headers["location"])["error_code"] == "otp_expired"
    assert (await service.get("/user", token=token)).json()["email"] == old
    done = read_fragment((await service.http.get(second.link)).headers["location"])
    assert done["type"] == "email_change"
    changed = (await service.get("/user", token=done["access_token"])).json()
    assert changed["email"] == new
    assert "new_email" not in changed
    assert changed["identities"][0]["email"] == new
    assert (await service.log_in(new)).status_code == 200
    assert (await service.log_in(old)).status_code == 400


async def test_codes_confirm_a_change(service: AuthService) -> None:
    old, new = unique_email(), unique_email()
    token = (await service.sign_up(old))["access_token"]
    await service.put("/user", {"email": new}, token=token)
    codes = {email: (await service.inbox.wait(email)).code for email in (old, new)}
    crossed = await service.post("/verify", {"type": "email_change", "email": old, "token": codes[new]})
    assert crossed.status_code == 403
    half = await service.post("/verify", {"type": "email_change", "email": old, "token": codes[old]})
    assert half.json()["code"] == "200"
    done = await service.post("/verify", {"type": "email_change", "email": new, "token": codes[new]})
    assert done.json()["user"]["email"] == new


async def test_the_new_address_alone_confirms(make_service: ServiceMaker) -> None:
    service = await make_service(email={"double_confirm_changes": False, "max_frequency": "0s"})
    old, new = unique_email(), unique_email()
    token = (await service.sign_up(old))["access_token"]
    await service.put("/user", {"email": new}, token=token)
    auth_email = await service.inbox.wait(new)
    assert not service.inbox.auth_emails
    done = await service.post("/verify", {"type": "email_change", "email": new, "token": auth_email.code})
    assert done.json()["user"]["email"] == new


async def test_a_taken_address(service: AuthService) -> None:
    taken, email = unique_email(), unique_email()
    await service.sign_up(taken)
    token = (await service.sign_up(email))["access_token"]
    refused = await service.put("/user", {"email": taken}, token=token)
    assert (refused.status_code, refused.json()["error_code"]) == (422, "email_exists")
    late = unique_email()
    await service.put("/user", {"email": late}, token=token)
    await service.sign_up(late)
    codes = {receiver: (await service.inbox.wait(receiver)).code for receiver in (email, late)}
    for receiver, code in codes.items():
        answer = await service.post("/verify", {"type": "email_change", "email": receiver, "token": code})
    assert (answer.status_code, answer.json()["error_code"]) == (422, "email_exists")
    assert (await service.get("/user", token=token)).json()["email"] == email


async def test_a_number_is_added_and_taken_away(make_service: ServiceMaker) -> None:
    service = await make_service(sms={"enable_signup": True}, enable_manual_linking=True)
    token = (await service.sign_up())["access_token"]
    changed = (await service.put("/user", {"phone": "+491512345"}, token=token)).json()
    assert changed["phone"] == "491512345"
    assert changed["app_metadata"]["providers"] == ["email", "phone"]
    by_provider = {identity["provider"]: identity["identity_id"] for identity in changed["identities"]}
    answer = await service.delete(f"/user/identities/{by_provider['phone']}", token=token)
    assert (answer.status_code, answer.json()) == (200, {})
    left = (await service.get("/user", token=token)).json()
    assert (left["phone"], left["app_metadata"]["providers"]) == ("", ["email"])
    last = await service.delete(f"/user/identities/{by_provider['email']}", token=token)
    assert (last.status_code, last.json()["error_code"]) == (422, "single_identity_not_deletable")


async def test_without_its_identity_an_address_goes(make_service: ServiceMaker) -> None:
    service = await make_service(sms={"enable_signup": True}, enable_manual_linking=True)
    email = unique_email()
    token = (await service.sign_up(email))["access_token"]
    changed = (await service.put("/user", {"phone": "+491512345"}, token=token)).json()
    await service.delete(f"/user/identities/{changed['identities'][0]['identity_id']}", token=token)
    left = (await service.get("/user", token=token)).json()
    assert (left["email"], left["phone"]) == ("", "491512345")
    assert "email_confirmed_at" not in left
    assert (await service.log_in(email)).status_code == 400


async def test_linking_by_hand_can_be_off(service: AuthService) -> None:
    token = (await service.sign_up())["access_token"]
    for answer in (
        await service.delete("/user/identities/00000000-0000-0000-0000-000000000001", token=token),
        await service.get("/user/identities/authorize?provider=github", token=token),
    ):
        assert (answer.status_code, answer.json()["error_code"]) == (404, "manual_linking_disabled")
