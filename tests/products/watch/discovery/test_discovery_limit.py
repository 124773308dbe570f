"""Discovery asks providers and other people's sites, so one person asks it only so often."""

from __future__ import annotations

from tests.products.watch.factories import House, Member


async def test_discovery_without_end_is_refused_with_the_time_to_wait(house: House, ada: Member) -> None:
    answers = [
        await ada.send("POST", "/api/v1/user-queries", json={"raw_query": f"news {number}"}) for number in range(31)
    ]
    assert {answer.status_code for answer in answers[:30]} == {201}
    refused = answers[30]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["retry-after"]) >= 1
    assert (await ada.send("POST", "/api/v1/discover-sources/", json={"raw_query": "news"})).status_code == 429
    bob = await house.add_member()
    assert (await bob.send("POST", "/api/v1/user-queries", json={"raw_query": "news"})).status_code == 201
