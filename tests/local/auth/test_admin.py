"""What the project's own service does: users, links, invitations."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import bcrypt
import httpx2
import jwt

from tests.local.auth.conftest import PASSWORD, AuthService, ServiceMaker, read_fragment, unique_email


class Admin:
    """The service's own calls."""

    def __init__(self, service: AuthService) -> None:
        self.service = service
        self.key = service.keys.service_role_key

    async def create(self, **body: Any) -> httpx2.Response:
        return await self.service.post("/admin/users", body, token=self.key)

    async def update(self, user_id: str, **body: Any) -> httpx2.Response:
        return await self.service.put(f"/admin/users/{user_id}", body, token=self.key)

    async def get(self, path: str) -> httpx2.Response:
        return await self.service.get(path, token=self.key)

    async def delete(self, user_id: str, **body: Any) -> httpx2.Response:
        path, headers = f"/admin/users/{user_id}", self.service.bearer(self.key)
        return await self.service.http.request("DELETE", path, json=body or None, headers=headers)

    async def link(self, **body: Any) -> httpx2.Response:
        return await self.service.post("/admin/generate_link", body, token=self.key)


ADMIN_ROUTES = [
    ("GET", "/admin/users"),
    ("POST", "/admin/users"),
    ("GET", f"/admin/users/{uuid4()}"),
    ("PUT", f"/admin/users/{uuid4()}"),
    ("DELETE", f"/admin/users/{uuid4()}"),
    ("GET", f"/admin/users/{uuid4()}/factors"),
    ("DELETE", f"/admin/users/{uuid4()}/factors/{uuid4()}"),
    ("PUT", f"/admin/users/{uuid4()}/factors/{uuid4()}"),
    ("POST", "/admin/generate_link"),
    ("POST", "/invite"),
]


async def test_nobody_else_gets_in(service: AuthService) -> None:
    user = (await service.sign_up())["access_token"]
    forged = jwt.encode({"role": "service_role"}, "x" * 40, "HS256")
    for method, path in ADMIN_ROUTES:
        for token, status, code in (
            (None, 401, "no_authorization"),
            (user, 403, "not_admin"),
            (service.keys.anon_key, 403, "not_admin"),
            (forged, 403, "bad_jwt"),
        ):
            answer = await service.http.request(method, path, json={}, headers=service.bearer(token))
            assert (answer.status_code, answer.json()["error_code"]) == (status, code), (method, path, code)


async def test_create_read_update_delete(service: AuthService) -> None:
    admin, email, wanted = Admin(service), unique_email(), str(uuid4())
    made = await admin.create(
        email=email,
        password=PASSWORD,
        email_confirm=True,
        id=wanted,
        user_metadata={"name": "Ada"},
        app_metadata={"plan": "pro"},
    )
    user = made.json()
    assert (made.status_code, user["id"], user["email"]) == (200, wanted, email)
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"], "plan": "pro"}
    assert user["user_metadata"]["name"] == "Ada"
    assert (await service.log_in(email)).status_code == 200
    assert (await admin.get(f"/admin/users/{wanted}")).json()["id"] == wanted

    renamed = unique_email()
    changed = await admin.update(
        wanted, email=renamed, password="another long one", user_metadata={"name": None, "b": 1}
    )
    assert changed.json()["email"] == renamed
    assert changed.json()["identities"][0]["email"] == renamed
    assert "name" not in changed.json()["user_metadata"]
    assert (await service.log_in(renamed, "another long one")).status_code == 200

    assert (await admin.delete(wanted)).json() == {}
    gone = await admin.get(f"/admin/users/{wanted}")
    assert (gone.status_code, gone.json()["error_code"]) == (404, "user_not_found")
    assert (await admin.get("/admin/users/nonsense")).status_code == 404


async def test_unconfirmed_and_without_a_password(service: AuthService) -> None:
    admin, email = Admin(service), unique_email()
    user = (await admin.create(email=email)).json()
    assert "email_confirmed_at" not in user
    assert (await service.log_in(email, "")).status_code == 400
    await admin.update(user["id"], email_confirm=True, password=PASSWORD)
    assert (await service.log_in(email)).status_code == 200


async def test_a_hash_from_elsewhere(service: AuthService) -> None:
    admin, email = Admin(service), unique_email()
    hashed = bcrypt.hashpw(b"their old password", bcrypt.gensalt(4)).decode()
    await admin.create(email=email, password_hash=hashed, email_confirm=True)
    assert (await service.log_in(email, "their old password")).status_code == 200
    both = await admin.create(email=unique_email(), password_hash=hashed, password="x")
    assert both.status_code == 400
    other = await admin.create(email=unique_email(), password_hash="$argon2id$v=19$rubbish")
    assert other.json()["error_code"] == "validation_failed"


async def test_users_that_are_refused(service: AuthService) -> None:
    admin, email = Admin(service), unique_email()
    await admin.create(email=email, phone="491512345")
    for body, status, code in (
        ({}, 400, "validation_failed"),
        ({"email": email}, 422, "email_exists"),
        ({"email": email.upper()}, 422, "email_exists"),
        ({"phone": "+491512345"}, 422, "phone_exists"),
        ({"email": "nonsense"}, 400, "validation_failed"),
        ({"phone": "nonsense"}, 400, "validation_failed"),
        ({"email": unique_email(), "id": "nonsense"}, 400, "validation_failed"),
        ({"email": unique_email(), "id": "00000000-0000-0000-0000-000000000000"}, 400, "validation_failed"),
        ({"email": unique_email(), "ban_duration": "a while"}, 400, "validation_failed"),
        ({"email": unique_email(), "ban_duration": "9999999999h"}, 400, "validation_failed"),
        ({"email": unique_email(), "password": "x" * 80}, 400, "validation_failed"),
    ):
        answer = await admin.create(**body)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code), body
    other = (await admin.create(email=unique_email())).json()
    taken = await admin.update(other["id"], email=email)
    assert (taken.status_code, taken.json()["error_code"]) == (422, "email_exists")


async def test_pages(service: AuthService) -> None:
    admin = Admin(service)
    emails = [unique_email() for _ in range(5)]
    for email in emails:
        await admin.create(email=email)
    first = await admin.get("/admin/users?page=1&per_page=2")
    assert [user["email"] for user in first.json()["users"]] == emails[:-3:-1]
    assert (first.json()["aud"], first.headers["x-total-count"]) == ("authenticated", "5")
    links = dict(reversed(found) for found in re.findall(r'<([^>]+)>; rel="(\w+)"', first.headers["link"]))
    assert {name: parse_qs(urlsplit(link).query) for name, link in links.items()} == {
        "next": {"page": ["2"], "per_page": ["2"]},
        "last": {"page": ["3"], "per_page": ["2"]},
    }
    last = await admin.get("/admin/users?page=3&per_page=2")
    assert [user["email"] for user in last.json()["users"]] == emails[:1]
    assert 'rel="next"' not in last.headers["link"]
    assert (await admin.get("/admin/users?page=9&per_page=2")).json()["users"] == []
    for query in ("page=x", "page=0", "per_page=-1", "page=99999999999999999999", "page=²"):
        answer = await admin.get(f"/admin/users?{query}")
        assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed"), query


async def test_soft_deletion_leaves_no_trace_of_the_person(service: AuthService) -> None:
    admin, email = Admin(service), unique_email()
    session = await service.sign_up(email)
    user_id = session["user"]["id"]
    assert (await admin.delete(user_id, should_soft_delete=True)).json() == {}
    shown = (await admin.get(f"/admin/users/{user_id}")).json()
    assert shown["deleted_at"]
    assert email not in str(shown)
    assert (await service.log_in(email)).status_code == 400
    assert (await service.refresh(session["refresh_token"])).status_code == 400
    assert (await service.sign_up(email))["user"]["id"] != user_id


async def test_links_of_all_types(service: AuthService) -> None:
    admin, email = Admin(service), unique_email()
    made = (await admin.link(type="signup", email=email, password=PASSWORD, data={"a": 1})).json()
    assert (made["verification_type"], made["email"], made["user_metadata"]["a"]) == ("signup", email, 1)
    assert parse_qs(urlsplit(made["action_link"]).query)["token"] == [made["hashed_token"]]
    body = {"type": "signup", "email": email, "token": made["email_otp"]}
    assert (await service.post("/verify", body)).status_code == 200
    for kind in ("magiclink", "recovery"):
        link = (await admin.link(type=kind, email=email, redirect_to="https://app.example.org/in")).json()
        location = (await service.http.get(link["action_link"])).headers["location"]
        assert location.startswith("https://app.example.org/in#")
        assert read_fragment(location)["type"] == kind
    fresh = (await admin.link(type="magiclink", email=unique_email())).json()
    assert fresh["verification_type"] == "signup"
    invited = unique_email()
    link = (await admin.link(type="invite", email=invited, data={"team": "a"})).json()
    assert link["invited_at"]
    assert read_fragment((await service.http.get(link["action_link"])).headers["location"])["access_token"]
    assert not service.inbox.auth_emails


async def test_links_for_a_change_of_address(service: AuthService) -> None:
    admin, old, new = Admin(service), unique_email(), unique_email()
    await service.sign_up(old)
    current = (await admin.link(type="email_change_current", email=old, new_email=new)).json()
    fresh = (await admin.link(type="email_change_new", email=old, new_email=new)).json()
    await service.http.get(current["action_link"])
    done = read_fragment((await service.http.get(fresh["action_link"])).headers["location"])
    assert (await service.get("/user", token=done["access_token"])).json()["email"] == new


async def test_links_that_are_refused(service: AuthService) -> None:
    admin, email = Admin(service), unique_email()
    await service.sign_up(email)
    for body, status, code in (
        ({"type": "signup", "email": email, "password": PASSWORD}, 422, "email_exists"),
        ({"type": "invite", "email": email}, 422, "email_exists"),
        ({"type": "recovery", "email": unique_email()}, 404, "user_not_found"),
        ({"type": "nonsense", "email": email}, 400, "validation_failed"),
        ({"type": "signup", "email": unique_email()}, 400, "validation_failed"),
        ({"type": "signup", "email": unique_email(), "password": "1"}, 422, "weak_password"),
        ({"type": "email_change_new", "email": email}, 400, "validation_failed"),
    ):
        answer = await admin.link(**body)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code), body


async def test_invitations(service: AuthService) -> None:
    email = unique_email()
    invited = await service.post(
        "/invite", {"email": email, "data": {"team": "a"}}, token=service.keys.service_role_key
    )
    assert invited.json()["invited_at"]
    auth_email = await service.inbox.wait(email)
    told = read_fragment((await service.http.get(auth_email.link)).headers["location"])
    assert told["type"] == "invite"
    chosen = await service.put("/user", {"password": PASSWORD}, token=told["access_token"])
    assert chosen.json()["user_metadata"]["team"] == "a"
    assert (await service.log_in(email)).status_code == 200
    again = await service.post("/invite", {"email": email}, token=service.keys.service_role_key)
    assert (again.status_code, again.json()["error_code"]) == (422, "email_exists")


async def test_everything_is_in_the_audit_log(make_service: ServiceMaker) -> None:
    service = await make_service()
    session = await service.sign_up()
    await service.refresh(session["refresh_token"])
    await Admin(service).delete(session["user"]["id"])
    actions = await service.pool.fetch(
        "select payload ->> 'action' as action, ip_address from auth.audit_log_entries order by created_at"
    )
    assert {row["action"] for row in actions} == {
        "user_signedup",
        "login",
        "token_revoked",
        "token_refreshed",
        "user_deleted",
    }
    assert {row["ip_address"] for row in actions} == {"127.0.0.1"}
