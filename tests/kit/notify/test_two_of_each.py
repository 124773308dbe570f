"""Two members and two workspaces: what one of them uses up or does is no loss to the other."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.kit.notify.api import open_api
from tests.kit.notify.world import World, make_event

from headwater.core.database.database import Identity
from headwater.kit.notify import SendingRates, notify

ROOT = "/api/v1/notifications"


async def add_workspace(world: World, address: str) -> tuple[UUID, UUID]:
    """Sign somebody up; gives them and the workspace that they own."""
    user_id = await world.add_user(address)
    (row,) = await world.service("select workspace_id from workspace_members where user_id = :user", user=user_id)
    return user_id, row["workspace_id"]


async def tell_in(world: World, workspace_id: UUID) -> None:
    """Tell a workspace of something, as its job would."""
    async with world.database.transaction(Identity.job(workspace_id)) as connection:
        event = make_event(world.clock.now(), id=uuid4())
        await notify(connection, workspace_id=workspace_id, event=event, at=world.clock.now())


@pytest.mark.parametrize("channel", ["email", "webhook"])
async def test_busy_workspace_holds_up_itself_alone(world: World, channel: str) -> None:
    world.provide(
        rates=SendingRates(mails_per_second=1 / 60, mails_at_once=2, webhooks_per_second=1 / 60, webhooks_at_once=2)
    )
    _, other = await add_workspace(world, "grace@example.com")
    home = world.workspace_id
    await world.add_endpoint()
    world.workspace_id = other
    await world.add_endpoint()
    for workspace_id in (home, home, home, home, other, other, other):
        await tell_in(world, workspace_id)
    await world.work()
    rows = await world.deliveries(channel=channel, status="sent")
    sent = [row["workspace_id"] for row in rows]
    assert (sent.count(home), sent.count(other)) == (2, 2)


async def test_mail_and_webhooks_have_a_turn_each(world: World) -> None:
    world.provide(rates=SendingRates(mails_per_second=1 / 60, mails_at_once=1))
    await world.add_endpoint()
    for _ in range(3):
        await world.tell(id=uuid4())
    await world.work()
    assert (world.mail.mailbox.count, world.receiver.count_hits()) == (1, {"taken": 3})


@pytest.mark.parametrize("busy", ["viewer", "editor", "owner"])
async def test_each_member_has_an_hour_of_letters_of_their_own(world: World, busy: str) -> None:
    people = {"owner": (world.user_id, world.address)}
    for role in ("viewer", "editor"):
        people[role] = await world.add_member(f"{role}@example.com", role=role), f"{role}@example.com"
    async with open_api(world, *people.pop(busy)) as mine:
        for number in range(6):
            last = await mine.put(f"{ROOT}/preferences", json={"email": f"victim{number}@example.com"})
        assert last.status_code == 429
        # An owner sees what the others were sent, and has none the less an hour of their own.
        for role, person in people.items():
            async with open_api(world, *person) as theirs:
                answer = await theirs.put(f"{ROOT}/preferences", json={"email": f"{role}-pager@example.com"})
                assert (answer.status_code, answer.json()["address"]) == (200, f"{role}-pager@example.com")
        world.clock.advance(timedelta(hours=1))
        assert (await mine.put(f"{ROOT}/preferences", json={"email": "late@example.com"})).status_code == 200


async def test_each_member_reads_and_marks_their_own_inbox(world: World) -> None:
    grace = await world.add_member("grace@example.com")
    await world.tell()
    await world.work()
    async with open_api(world) as mine, open_api(world, grace, "grace@example.com") as theirs:
        (entry,) = (await mine.get(ROOT)).json()
        (other,) = (await theirs.get(ROOT)).json()
        assert entry["id"] != other["id"]
        assert (await mine.post(f"{ROOT}/{other['id']}/read")).status_code == 404
        assert (await mine.post(f"{ROOT}/read-all")).json() == {"marked": 1}
        assert (await mine.get(ROOT)).json()[0]["read_at"] is not None
        assert (await theirs.get(ROOT)).json()[0]["read_at"] is None


async def test_one_endpoint_that_fails_is_one_endpoint_that_fails(world: World) -> None:
    good, _ = await world.add_endpoint()
    bad, _ = await world.add_endpoint(url=f"{world.receiver.url}-closed".replace("http://", "http://127.0.0.1:9/"))
    await world.tell()
    await world.work()
    rows = {row["id"]: row["failures"] for row in await world.service("select id, failures from webhook_endpoints")}
    assert rows == {good: 0, bad: 1}
