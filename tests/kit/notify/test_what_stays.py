"""What a sweep or a pruning takes, and what has to stay: every kind of row, young and old, in every state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.kit.notify.world import World

from headwater.kit.notify.delivery.sweeping import LOST_AFTER
from headwater.kit.notify.retention import KEPT, keeps
from headwater.kit.retention import delete_old

STATES = ("pending", "sending", "failed", "sent", "dead", "suppressed", "uncertain")
# The clock of a test goes on by itself.
MOMENT = timedelta(minutes=1)


async def seed(world: World, *, created_at: datetime, **values: Any) -> None:
    """Put one delivery into the log."""
    given: dict[str, Any] = {
        "workspace_id": world.workspace_id,
        "user_id": world.user_id,
        "channel": "email",
        "idempotency_key": str(uuid4()),
        "status": "sent",
        "due_at": created_at,
        "created_at": created_at,
        **values,
    }
    names = ", ".join(given)
    places = ", ".join(f":{name}" for name in given)
    await world.service(f"insert into notification_deliveries ({names}) values ({places})", as_owner=True, **given)


async def seed_event(world: World, *, created_at: datetime, **values: Any) -> None:
    """Put an event into the log, with a delivery and an entry of the inbox."""
    (event,) = await world.service(
        "insert into notification_events (workspace_id, kind, subject_id, title, severity, occurred_at, created_at)"
        " values (:workspace, 'watch.alert', gen_random_uuid(), 'x', 'low', :at, :at) returning id",
        workspace=world.workspace_id,
        at=created_at,
    )
    await world.service(
        "insert into notifications (workspace_id, user_id, event_id, kind, title, summary, severity, occurred_at)"
        " values (:workspace, :user, :event, 'watch.alert', 'x', '', 'low', :at)",
        workspace=world.workspace_id,
        user=world.user_id,
        event=event["id"],
        at=created_at,
    )
    await seed(world, created_at=created_at, event_id=event["id"], **values)


async def test_young_rows_of_every_kind_stay_and_old_ones_go(world: World) -> None:
    endpoint_id, _ = await world.add_endpoint()
    now = world.clock.now()
    kinds: dict[str, Mapping[str, Any]] = {
        "digest": {},
        "verification": {"address": "new@example.com"},
        "ping": {"channel": "webhook", "endpoint_id": endpoint_id},
    }
    for age, at in (("young", now - KEPT + MOMENT), ("old", now - KEPT - MOMENT)):
        for state in STATES:
            await seed_event(world, created_at=at, status=state, reason=age)
            for purpose, values in kinds.items():
                # More letters than a person may ask for in an hour; the trigger counts by when they are made.
                await seed(world, created_at=at, purpose=purpose, status=state, reason=age, **values)
    everything = await world.deliveries()
    assert len(everything) == 2 * len(STATES) * 4
    for keep in keeps:
        await delete_old(world.resources, keep)
    assert await world.deliveries() == [row for row in everything if row["reason"] == "young"]
    assert len(await world.service("select id from notifications")) == len(STATES)
    assert len(await world.service("select id from notification_events")) == len(STATES)
    assert len(await world.service("select id from webhook_endpoints")) == 1


@pytest.mark.parametrize("purpose", ["event", "digest"])
async def test_more_than_one_batch_goes(world: World, purpose: str) -> None:
    old = world.clock.now() - KEPT - MOMENT
    for _ in range(5):
        await (
            seed_event(world, created_at=old) if purpose == "event" else seed(world, created_at=old, purpose="digest")
        )
    for keep in keeps:
        await delete_old(world.resources, replace(keep, batch=2))
    assert await world.deliveries() == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("late_by", [LOST_AFTER, LOST_AFTER - MOMENT])
async def test_sweep_finds_what_is_open_and_long_due(world: World, state: str, late_by: timedelta) -> None:
    at = world.clock.now() - late_by
    sending_since = at if state == "sending" else None
    await seed_event(world, created_at=at, status=state, sending_since=sending_since)
    await world.sweep()
    lost = state in {"pending", "failed", "sending"} and late_by == LOST_AFTER
    assert len(await world.work()) == int(lost)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"attempts": 0}, True),
        ({"attempts": 1}, False),
        ({"attempts": 0, "due_in": MOMENT}, False),
        ({"attempts": 1, "due_in": -LOST_AFTER}, True),
    ],
)
async def test_letter_of_a_viewer_is_found_at_once_and_only_the_first_time(
    world: World, values: dict[str, Any], found: bool
) -> None:
    due_at = world.clock.now() + values.pop("due_in", timedelta())
    await world.prefer(email="new@example.com")
    await seed(
        world,
        created_at=world.clock.now(),
        purpose="verification",
        address="new@example.com",
        **{"status": "pending", **values, "due_at": due_at},
    )
    await world.sweep()
    assert (len(await world.work()) > 0) is found


async def test_sweep_leaves_what_somebody_sends_now_and_what_goes_in_a_digest(world: World) -> None:
    at = world.clock.now() - timedelta(days=1)
    await seed(world, created_at=at, purpose="digest", status="sent", reason="the digest")
    (digest,) = await world.deliveries()
    await seed_event(world, created_at=at, status="pending", mode="hourly", digest_id=digest["id"])
    await seed_event(world, created_at=at, status="sending", sending_since=world.clock.now() - LOST_AFTER + MOMENT)
    await world.sweep()
    assert await world.work() == []
