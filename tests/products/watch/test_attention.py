"""What of watch waits for somebody: open alerts and sources that fail, for who may do something about them."""

from __future__ import annotations

from uuid import UUID

from tests.products.watch.factories import ALERTS, LAMP, PRICING, House, Member

ATTENTION = "/api/v1/attention"


async def test_open_alerts_and_failing_sources_wait_until_they_are_handled(house: House, ada: Member) -> None:
    nothing = await ada.get(ATTENTION)
    assert (nothing["count"], [one["name"] for one in nothing["sections"]]) == (0, ["watch"])
    lamp, pricing = await ada.watch(LAMP), await ada.watch(PRICING)
    house.world.web.change(LAMP, "state")
    await ada.check(lamp)
    await house.owner.execute("update public.monitored_sources set status = 'error' where id = $1", UUID(pricing))
    (alert,) = await ada.alerts()
    waiting = await ada.get(ATTENTION)
    (section,) = waiting["sections"]
    assert waiting["count"] == section["count"] == 2
    assert {one["name"]: one["value"] for one in section["counters"]} == {"open": 1, "failing": 1}
    (item,) = section["items"]
    assert (item["id"], item["link"], item["summary"]) == (
        alert["id"],
        f"/watch/alerts/{alert['id']}",
        alert["summary"],
    )

    viewer = await house.add_member()
    await house.owner.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values ($1, $2, 'viewer')",
        ada.person.workspace_id,
        viewer.person.user_id,
    )
    there = str(ada.person.workspace_id)
    assert (await viewer.get(ATTENTION, workspace_id=there))["count"] == 0
    assert len(await viewer.get(ALERTS, workspace_id=there)) == 1

    await ada.post(f"{ALERTS}/{alert['id']}/acknowledge")
    assert (await ada.get(ATTENTION))["count"] == 1
