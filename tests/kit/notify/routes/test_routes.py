"""The endpoints, through the application and the policies of the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from tests.kit.notify.api import open_api
from tests.kit.notify.world import World

from headwater.kit.fetch import Fetcher
from headwater.kit.webhooks import verify

ROOT = "/api/v1/notifications"


@pytest.fixture
async def api(world: World) -> AsyncIterator[AsyncClient]:
    async with open_api(world) as client:
        yield client


async def test_preferences_begin_with_defaults_and_keep_what_is_left_out(api: AsyncClient) -> None:
    first = (await api.get(f"{ROOT}/preferences")).json()
    assert (first["mode"], first["channels"], first["subscribed"]) == (
        "immediate",
        ["email", "webhook", "in_app"],
        True,
    )
    assert (first["address"], first["address_verified"]) == ("ada@example.com", True)
    changes = {"mode": "daily", "quiet_start": "22:00", "quiet_end": "07:00", "timezone": "Europe/Berlin"}
    second = (await api.put(f"{ROOT}/preferences", json=changes)).json()
    assert second["quiet_start"] == "22:00:00"
    third = (await api.put(f"{ROOT}/preferences", json={"channels": ["email", "email"]})).json()
    assert (third["mode"], third["timezone"], third["channels"]) == ("daily", "Europe/Berlin", ["email"])
    fourth = (await api.put(f"{ROOT}/preferences", json={"quiet_start": None, "quiet_end": None})).json()
    assert fourth["quiet_start"] is None
    assert (await api.get(f"{ROOT}/preferences")).json() == fourth


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "sometimes"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"quiet_start": "22:00"},
        {"quiet_start": "25:00", "quiet_end": "07:00"},
        {"email": "nobody"},
        {"email": "a@b.c\r\nBcc: x@example.com"},
        {"channels": ["pigeon"]},
        {"digest_hour": 24},
        {"email_verified_at": "2026-01-01T00:00:00Z"},
    ],
)
async def test_preferences_that_make_no_sense_are_refused(api: AsyncClient, changes: dict[str, object]) -> None:
    assert (await api.put(f"{ROOT}/preferences", json=changes)).status_code == 422


async def test_deliveries_are_listed_filtered_and_paged(world: World, api: AsyncClient) -> None:
    await world.mail.set_mode("deferring", times=1)
    for _ in range(3):
        await world.tell(id=uuid4())
    await world.work()
    rows = (await api.get(f"{ROOT}/deliveries")).json()
    assert len(rows) == 6
    assert {row["title"] for row in rows} == {"Acme changed its prices"}
    (failed,) = (await api.get(f"{ROOT}/deliveries", params={"status": "failed"})).json()
    assert [(attempt["outcome"], attempt["status_code"]) for attempt in failed["attempt_log"]] == [("failed", 451)]
    assert len((await api.get(f"{ROOT}/deliveries", params={"channel": "in_app"})).json()) == 3
    assert (await api.get(f"{ROOT}/deliveries", params={"kind": "other.kind"})).json() == []
    page = (await api.get(f"{ROOT}/deliveries", params={"limit": 4})).json()
    rest = (await api.get(f"{ROOT}/deliveries", params={"limit": 4, "before": page[-1]["id"]})).json()
    assert [row["id"] for row in page + rest] == [row["id"] for row in rows]


async def test_deliveries_of_one_event_are_listed(world: World, api: AsyncClient) -> None:
    event_id = uuid4()
    await world.tell(id=event_id)
    await world.tell(id=uuid4())
    await world.tell(id=event_id, kind="other.kind", title="Another product's thing of the same id")
    await world.work()
    wanted = {"kind": "watch.alert", "event_id": str(event_id)}
    rows = (await api.get(f"{ROOT}/deliveries", params=wanted)).json()
    assert {row["channel"] for row in rows} == {"email", "in_app"}
    assert {row["kind"] for row in rows} == {"watch.alert"}
    assert len(rows) == 2
    of_both_kinds = (await api.get(f"{ROOT}/deliveries", params={"event_id": str(event_id)})).json()
    assert {row["kind"] for row in of_both_kinds} == {"watch.alert", "other.kind"}
    assert (await api.get(f"{ROOT}/deliveries", params={"event_id": str(uuid4())})).json() == []


async def test_a_dead_letter_is_replayed(world: World, api: AsyncClient) -> None:
    world.mail.reject(world.address)
    await world.tell()
    await world.work()
    (dead,) = (await api.get(f"{ROOT}/deliveries", params={"status": "dead"})).json()
    world.mail._rejected.clear()
    replayed = await api.post(f"{ROOT}/deliveries/{dead['id']}/replay")
    assert (replayed.status_code, replayed.json()["status"]) == (200, "pending")
    await world.work()
    found = (await api.get(f"{ROOT}/deliveries/{dead['id']}")).json()
    assert [attempt["outcome"] for attempt in found["attempt_log"]] == ["dead", "sent"]
    again = await api.post(f"{ROOT}/deliveries/{dead['id']}/replay")
    assert (again.status_code, again.json()["code"]) == (409, "not_replayable")
    assert (await api.post(f"{ROOT}/deliveries/{uuid4()}/replay")).status_code == 404


async def test_an_event_of_a_dead_digest_is_replayed_with_its_digest(world: World, api: AsyncClient) -> None:
    await world.prefer(mode="hourly", channels=["email"])
    world.mail.reject(world.address)
    await world.tell()
    world.clock.advance(timedelta(hours=1))
    await world.work()
    world.mail._rejected.clear()
    event = await world.delivery(purpose="event")
    assert (await api.post(f"{ROOT}/deliveries/{event['id']}/replay")).json()["purpose"] == "digest"
    await world.work()
    assert {row["status"] for row in await world.deliveries()} == {"sent"}
    assert world.mail.mailbox.count == 1


async def test_the_inbox_is_read(world: World, api: AsyncClient) -> None:
    for _ in range(3):
        await world.tell(id=uuid4())
    entries = (await api.get(ROOT)).json()
    assert len(entries) == 3
    first = (await api.post(f"{ROOT}/{entries[0]['id']}/read")).json()
    assert first["read_at"] is not None
    world.clock.advance(timedelta(hours=1))
    assert (await api.post(f"{ROOT}/{entries[0]['id']}/read")).json()["read_at"] == first["read_at"]
    assert len((await api.get(ROOT, params={"unread": True})).json()) == 2
    assert (await api.post(f"{ROOT}/read-all")).json() == {"marked": 2}
    assert (await api.get(ROOT, params={"unread": True})).json() == []
    assert (await api.post(f"{ROOT}/{uuid4()}/read")).status_code == 404


async def test_an_endpoint_lives(world: World, api: AsyncClient) -> None:
    made = await api.post(f"{ROOT}/webhook-endpoints", json={"url": world.receiver.url, "event_kinds": ["watch.*"]})
    assert made.status_code == 201
    endpoint = made.json()
    world.receiver.trust(endpoint["secret"])
    (listed,) = (await api.get(f"{ROOT}/webhook-endpoints")).json()
    assert "secret" not in listed
    assert not any("sealed" in name for name in listed)
    path = f"{ROOT}/webhook-endpoints/{endpoint['id']}"

    ping = await api.post(f"{path}/ping")
    assert ping.status_code == 202
    await world.work()
    found = (await api.get(f"{ROOT}/deliveries/{ping.json()['id']}")).json()
    assert (found["status"], found["attempt_log"][0]["status_code"]) == ("sent", 204)
    assert world.receiver.list_deliveries()[0].payload["type"] == "headwater.ping"

    rotated = (await api.post(f"{path}/rotate-secret")).json()
    assert rotated["secret"] != endpoint["secret"]
    await world.tell()
    await world.work()
    latest = world.receiver.list_deliveries()[-1]
    for secret in (endpoint["secret"], rotated["secret"]):
        verify([secret], headers=latest.headers, body=latest.body, now=world.clock.now())
    world.clock.advance(timedelta(hours=25))
    world.receiver.reset()
    world.receiver.trust(endpoint["secret"])
    await world.tell(id=uuid4())
    await world.work()
    assert world.receiver.count_hits() == {"refused": 1}

    changed = (await api.patch(path, json={"enabled": False, "severity_floor": "high"})).json()
    assert (changed["enabled"], changed["severity_floor"], changed["failures"]) == (False, "high", 1)
    assert (await api.patch(path, json={"enabled": True})).json()["failures"] == 0
    assert (await api.patch(path, json={})).status_code == 200
    assert (await api.delete(path)).status_code == 204
    assert (await api.delete(path)).status_code == 404
    assert (await api.post(f"{path}/ping")).status_code == 404


async def test_a_ping_that_fails_says_so_at_once(world: World, api: AsyncClient) -> None:
    made = (await api.post(f"{ROOT}/webhook-endpoints", json={"url": world.receiver.url})).json()
    await world.receiver.set_mode("failing")
    ping = (await api.post(f"{ROOT}/webhook-endpoints/{made['id']}/ping")).json()
    await world.work()
    found = (await api.get(f"{ROOT}/deliveries/{ping['id']}")).json()
    assert (found["status"], found["attempt_log"][0]["status_code"]) == ("dead", 500)


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "http://localhost/", "http://[::1]:8000/", "http://169.254.169.254/", "http://0x7f.1/"],
)
async def test_private_addresses_are_refused_as_endpoints(world: World, api: AsyncClient, url: str) -> None:
    guarded = Fetcher(user_agent="Headwater/test (+https://example.com)")
    world.provide(fetcher=guarded)
    answer = await api.post(f"{ROOT}/webhook-endpoints", json={"url": url})
    assert (answer.status_code, answer.json()["code"]) == (422, "blocked_address")
    await guarded.close()


async def test_a_workspace_has_a_bounded_number_of_endpoints(world: World, api: AsyncClient) -> None:
    for _ in range(50):
        await world.add_endpoint()
    answer = await api.post(f"{ROOT}/webhook-endpoints", json={"url": world.receiver.url})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_endpoints")


async def test_a_viewer_reads_but_does_not_manage(world: World) -> None:
    endpoint_id, _ = await world.add_endpoint()
    await world.tell()
    viewer = await world.add_member("viewer@example.com")
    async with open_api(world, viewer, "viewer@example.com") as api:
        assert len((await api.get(f"{ROOT}/webhook-endpoints")).json()) == 1
        assert (await api.post(f"{ROOT}/webhook-endpoints", json={"url": world.receiver.url})).status_code == 403
        path = f"{ROOT}/webhook-endpoints/{endpoint_id}"
        for answer in (
            await api.patch(path, json={"enabled": False}),
            await api.delete(path),
            await api.post(f"{path}/rotate-secret"),
        ):
            assert answer.status_code == 404
        assert (await api.post(f"{path}/ping")).status_code == 403
        assert (await api.put(f"{ROOT}/preferences", json={"mode": "daily"})).status_code == 200
        assert {row["channel"] for row in (await api.get(f"{ROOT}/deliveries")).json()} == {"webhook"}
        assert (await api.get(ROOT)).json() == []


async def test_a_stranger_sees_nothing(world: World) -> None:
    await world.add_endpoint()
    await world.tell()
    stranger = await world.add_user("stranger@example.com")
    async with open_api(world, stranger, "stranger@example.com") as api:
        for path in ("", "/deliveries", "/webhook-endpoints"):
            assert (await api.get(f"{ROOT}{path}")).status_code == 404
        assert (await api.put(f"{ROOT}/preferences", json={"mode": "daily"})).status_code == 404
        row = await world.delivery(channel="email")
        assert (await api.get(f"{ROOT}/deliveries/{row['id']}")).status_code == 404
