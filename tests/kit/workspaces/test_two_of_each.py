"""Two guests, two inviters and two uses: what is done for one is no loss to the other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from headwater.core.clock import now
from headwater.core.database.database import Database
from headwater.core.settings import Settings
from headwater.kit.http.keys import identify_key
from tests.fixtures.gateway import Gateway
from tests.fixtures.workspaces import Cast, make_api_key, make_user, make_workspace
from tests.kit.workspaces.asking import ask

INVITE = "/api/v1/workspaces/{w}/invitations"
ACCEPT = "/api/v1/workspaces/accept-invitation"


async def test_inviting_another_leaves_the_first_invitation(gateway: Gateway, owner: asyncpg.Connection) -> None:
    cast = gateway.cast
    elsewhere = await make_workspace(owner, owned_by=cast["admin"], name="Elsewhere")
    tokens = []
    for path, email in (
        (INVITE, cast["stranger"].email),
        (INVITE, "eve@example.com"),
        (INVITE.replace("{w}", str(elsewhere)), cast["stranger"].email),
        (INVITE, "bob@example.com"),
    ):
        answer = await ask(gateway, "admin", "POST", path, json={"email": email})
        assert answer.status_code == 201, answer.text
        tokens.append(answer.json()["token"])
    assert await owner.fetchval("select count(*) from workspace_invitations") == 4
    for token in (tokens[0], tokens[2]):
        assert (await ask(gateway, "stranger", "POST", ACCEPT, json={"token": token})).status_code == 200
    # What was accepted is history, and no open invitation that is replaced.
    again = await ask(gateway, "admin", "POST", INVITE, json={"email": cast["stranger"].email})
    assert again.status_code == 201
    assert await owner.fetchval("select count(*) from workspace_invitations") == 5


async def test_inviting_has_a_limit_for_each_person(gateway: Gateway) -> None:
    async def invite(caller: str, number: int) -> int:
        body = {"email": f"guest{number}@example.com"}
        answer = await ask(gateway, caller, "POST", INVITE, json=body)
        if answer.status_code == 429:
            assert (answer.json()["code"], int(answer.headers["retry-after"]) > 0) == ("rate_limited", True)
        return answer.status_code

    statuses = await asyncio.gather(*(invite("admin", number) for number in range(40)))
    assert (statuses.count(201) + statuses.count(429), statuses.count(429) > 0) == (40, True)
    assert statuses.count(201) >= 30
    assert await invite("key_admin", 100) == 429, "a key of theirs is no second person"
    assert await invite("owner", 101) == 201


@pytest.mark.parametrize(("ago", "moves"), [(timedelta(seconds=30), False), (timedelta(minutes=2), True)])
async def test_last_use_of_a_key_is_as_new_as_a_minute(
    database: Database, owner: asyncpg.Connection, cast: Cast, ago: timedelta, moves: bool
) -> None:
    key = cast.keys["key_read"]
    before = now() - ago
    await owner.execute("update api_keys set last_used_at = $1", before)
    identity = await identify_key(database, key)
    noted = await owner.fetchval("select last_used_at from api_keys where id = $1", identity.key_id)
    assert (noted > before) is moves
    others = await owner.fetch("select last_used_at from api_keys where id <> $1", identity.key_id)
    assert {row["last_used_at"] for row in others} == {before}


async def test_revoking_one_key_leaves_the_others(
    gateway: Gateway, owner: asyncpg.Connection, settings: Settings
) -> None:
    cast = gateway.cast
    person = await make_user(owner)
    await make_api_key(owner, workspace_id=person.workspace_id, person=person)
    mine = await ask(gateway, "admin", "GET", f"/api/v1/api-keys?workspace_id={cast.workspace_id}")
    first = mine.json()[0]["id"]
    assert (await ask(gateway, "admin", "DELETE", f"/api/v1/api-keys/{first}")).status_code == 204
    revoked = await owner.fetch("select id from api_keys where revoked_at is not null")
    assert [str(row["id"]) for row in revoked] == [first]
