"""The local data plane whole: the official Python client, unchanged, against every service behind one address."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import httpx2
import jwt
import orjson
import pytest
import websockets
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from headwater import services
from headwater.core.settings import Settings, SettingsError
from headwater.embedded.plane import open_local_plane
from headwater.local.keys import LocalKeys, load_or_make_keys
from headwater.local.realtime import FrameWebSocketProtocol
from headwater.local.schemas import install_schemas
from headwater.local.settings import load_plane_settings
from realtime import RealtimePostgresChangesListenEvent
from tests.fixtures.gateway import serve_on_loopback
from tests.fixtures.waiting import wait_until
from tests.local.plane_notes import run_sql

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Plane:
    """A running gateway with the whole plane."""

    url: str
    keys: LocalKeys
    closing: AsyncExitStack

    async def connect(self, key: str) -> AsyncClient:
        """Return the official client with a key; it is closed at the end of the test."""
        http = await self.closing.enter_async_context(httpx.AsyncClient())
        client = await acreate_client(self.url, key, options=AsyncClientOptions(httpx_client=http))
        # The client refreshes its session by a timer of its own until it is told not to.
        self.closing.push_async_callback(client.auth.close)
        return client

    async def sign_up(self, email: str) -> tuple[AsyncClient, str]:
        """Return the official client of a new person, and their access token."""
        client = await self.connect(self.keys.publishable_key)
        answer = await client.auth.sign_up({"email": email, "password": PASSWORD})
        assert answer.session is not None
        return client, answer.session.access_token


@asynccontextmanager
async def open_plane(settings: Settings, **plane: Any) -> AsyncIterator[Plane]:
    """The gateway as `headwater serve gateway` runs it."""
    await install_schemas(str(settings.resolved_database_url))
    settings.data_folder.mkdir(parents=True)
    keys = load_or_make_keys(settings.data_folder)
    async with AsyncExitStack() as closing:
        resources = await closing.enter_async_context(services.open_resources(settings))
        app = await closing.enter_async_context(
            open_local_plane(
                services.create_gateway(resources),
                resources=resources,
                keys=keys,
                plane_settings=load_plane_settings(settings, _env_file=None, **plane),
            )
        )
        url = await closing.enter_async_context(serve_on_loopback(app, websocket_protocol=FrameWebSocketProtocol))
        yield Plane(url, keys, closing)


@pytest.fixture
async def plane(settings: Settings) -> AsyncIterator[Plane]:
    """A gateway with nothing but defaults."""
    async with open_plane(settings) as opened:
        yield opened


async def add_source(plane: Plane, token: str, name: str) -> None:
    """Watch a page by the API; nothing fetches it, since no worker runs."""
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        body = {"url": f"https://1.1.1.1/{name}", "name": name}
        answer = await client.post(f"{plane.url}/api/v1/monitored-sources", json=body)
        assert answer.status_code == httpx2.codes.CREATED, answer.text


async def test_tables_are_read_by_rest_as_the_person_who_asks(plane: Plane) -> None:
    ada, token = await plane.sign_up("ada@example.com")
    bob, _ = await plane.sign_up("bob@example.com")
    await add_source(plane, token, "mine")
    found = await ada.table("monitored_sources").select("name, workspaces(name)").execute()
    assert found.data == [{"name": "mine", "workspaces": {"name": "ada"}}]
    assert (await bob.table("monitored_sources").select("name").execute()).data == []
    service = await plane.connect(plane.keys.secret_key)
    assert len((await service.table("profiles").select("id").execute()).data) == 2


async def test_counts_say_nothing_of_rows_that_one_may_not_see(plane: Plane, dsn: str) -> None:
    """The planner's guess is made of everybody's rows; members are counted exactly instead."""
    _, token = await plane.sign_up("ada@example.com")
    _, stranger = await plane.sign_up("bob@example.com")
    for number in range(5):
        await add_source(plane, token, f"page-{number}")
    await run_sql(dsn, "analyze public.monitored_sources")
    async with httpx2.AsyncClient() as client:
        for kind in ("planned", "estimated", "exact"):
            counted = {}
            for who, credential in (("ada", token), ("bob", stranger), ("service", plane.keys.secret_key)):
                headers = {"apikey": plane.keys.publishable_key, "Prefer": f"count={kind}"}
                bearer = {"Authorization": f"Bearer {credential}"} if who != "service" else {"apikey": credential}
                answer = await client.get(f"{plane.url}/rest/v1/monitored_sources", headers={**headers, **bearer})
                counted[who] = answer.headers["content-range"].rpartition("/")[2]
                if who != "service":
                    assert answer.headers["preference-applied"] == "count=exact"
            assert counted == {"ada": "5", "bob": "0", "service": "5"}, kind


async def test_an_api_key_is_taken_at_rest_and_held_to_its_scope(plane: Plane) -> None:
    _, token = await plane.sign_up("ada@example.com")
    await add_source(plane, token, "mine")
    async with httpx2.AsyncClient() as client:
        made = await client.post(
            f"{plane.url}/api/v1/api-keys", json={"name": "reader"}, headers={"Authorization": f"Bearer {token}"}
        )
        headers = {"apikey": plane.keys.publishable_key, "Authorization": f"Bearer {made.json()['key']}"}
        path = f"{plane.url}/rest/v1/monitored_sources"
        read = await client.get(f"{path}?select=name", headers=headers)
        assert (read.status_code, read.json()) == (200, [{"name": "mine"}])
        written = await client.patch(path + "?name=eq.mine", json={"name": "other"}, headers=headers)
        assert written.status_code in {200, 204}
        assert (await client.get(f"{path}?select=name", headers=headers)).json() == [{"name": "mine"}]
        wrong = {**headers, "Authorization": "Bearer hw_live_nobody"}
        assert (await client.get(path, headers=wrong)).status_code == 401
        alone = await client.get(f"{path}?select=name", headers={"apikey": made.json()["key"]})
        assert (alone.status_code, alone.json()) == (200, [{"name": "mine"}])
        signed_in = await client.get(f"{plane.url}/auth/v1/user", headers=headers)
        assert (signed_in.status_code, "sign in" in signed_in.json()["hint"].lower()) == (401, True)


async def test_an_api_key_joins_no_channel_and_is_told_why(plane: Plane) -> None:
    address = f"{plane.url.replace('http', 'ws')}/realtime/v1/websocket?apikey={plane.keys.publishable_key}&vsn=2.0.0"
    async with websockets.connect(address) as opened:
        await opened.send(
            orjson.dumps(["1", "1", "realtime:room", "phx_join", {"access_token": "hw_live_nobody"}]).decode()
        )
        answer = orjson.loads(await opened.recv())
    assert answer[3:] == [
        "phx_reply",
        {
            "status": "error",
            "response": {"reason": "Unauthorized: API keys of a workspace aren't taken here: sign in."},
        },
    ]


async def test_changes_arrive_over_realtime_for_those_who_may_see_them(plane: Plane) -> None:
    ada, token = await plane.sign_up("ada@example.com")
    bob, _ = await plane.sign_up("bob@example.com")
    heard: dict[str, list[Any]] = {"ada": [], "bob": []}
    ready: list[Any] = []
    for name, client in (("ada", ada), ("bob", bob)):
        session = await client.auth.get_session()
        assert session is not None
        await client.realtime.set_auth(session.access_token)
        channel = client.channel(f"sources-{name}")
        channel.on_postgres_changes(
            RealtimePostgresChangesListenEvent.Insert,
            schema="public",
            table="monitored_sources",
            callback=heard[name].append,
        ).on_system(ready.append)
        await channel.subscribe()
    await wait_until(lambda: len(ready) == 2, what="both subscriptions")
    await add_source(plane, token, "mine")
    await add_source(plane, token, "second")
    await wait_until(lambda: len(heard["ada"]) == 2, what="the changes")
    assert [one["data"]["record"]["name"] for one in heard["ada"]] == ["mine", "second"]
    assert heard["bob"] == []
    for client in (ada, bob):
        await client.realtime.close()


async def test_files_are_kept_by_storage(plane: Plane) -> None:
    service = await plane.connect(plane.keys.secret_key)
    await service.storage.create_bucket("papers", options={"public": False})
    papers = service.storage.from_("papers")
    await papers.upload("a/b.txt", b"hello", {"content-type": "text/plain"})
    assert await papers.download("a/b.txt") == b"hello"
    ada, _ = await plane.sign_up("ada@example.com")
    assert await ada.storage.from_("papers").list("a") == []


async def test_what_the_project_has_signed_is_good_at_rest_with_every_role_that_may_be_taken(
    plane: Plane, dsn: str
) -> None:
    # Roles are shared with the tests that run beside this one.
    role = f"reporter_{secrets.token_hex(4)}"
    async with httpx2.AsyncClient() as client:

        async def read(role: str) -> tuple[int, Any]:
            token = jwt.encode({"role": role}, plane.keys.jwt_secret, "HS256")
            headers = {"apikey": plane.keys.publishable_key, "Authorization": f"Bearer {token}"}
            answer = await client.get(f"{plane.url}/rest/v1/reports", headers=headers)
            return answer.status_code, answer.json()

        async def is_read() -> bool:
            return await read(role) == (200, [{"title": "first"}])

        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(
                f"""
                create role {role};
                grant {role} to authenticator;
                grant usage on schema public to {role};
                create table public.reports (title text);
                insert into public.reports values ('first');
                grant select on public.reports to {role};
                notify pgrst, 'reload schema';
                """
            )
            await wait_until(is_read, what="the schema to be read anew")
            status, refusal = await read("dashboard_user")
            assert (status, refusal["code"]) == (403, "42501")
        finally:
            await connection.execute(f"drop owned by {role}; drop role {role}")
            await connection.close()


async def test_people_sign_up_where_public_was_emptied(plane: Plane, dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("drop schema public cascade; create schema public")
    await connection.close()
    client, _ = await plane.sign_up("ada@example.com")
    found = await client.auth.get_user()
    assert found is not None
    service = await plane.connect(plane.keys.secret_key)
    changed = await service.auth.admin.update_user_by_id(found.user.id, {"email": "countess@example.com"})
    assert changed.user.email == "countess@example.com"


async def test_a_projects_file_stands_above_what_nobody_set(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[auth]\nenable_signup = false\n[auth.email]\nenable_confirmations = true\n", "utf-8")
    async with open_plane(settings, auth_config=file) as plane, httpx2.AsyncClient() as client:
        shown = await client.get(f"{plane.url}/auth/v1/settings", headers={"apikey": plane.keys.publishable_key})
    assert (shown.json()["disable_signup"], shown.json()["mailer_autoconfirm"]) == (True, False)


async def test_a_wrong_file_is_named(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[api]\nmax_rows = 0\n", "utf-8")
    with pytest.raises(SettingsError, match=r"AUTH_CONFIG: api\.max_rows"):
        async with open_plane(settings, auth_config=file):
            pass
