"""What editors write past the API, over `/rest/v1`, breaks no answer of the API."""

from __future__ import annotations

from tests.products.watch.factories import SOURCES, House, Member


async def test_lists_go_on_where_a_row_holds_what_the_api_would_refuse(house: House, ada: Member) -> None:
    source_id = await ada.watch(first_check=False)
    query = await ada.post("/api/v1/user-queries", {"raw_query": "news"}, expect=201)
    headers = {"apikey": house.anon_key, "Authorization": f"Bearer {ada.token}"}
    for table, row_id, body in (
        ("monitored_sources", source_id, {"config": {"threshold": 9}}),
        ("user_queries", query["id"], {"suggestions": [{"url": 1}]}),
    ):
        changed = await house.http.patch(f"/rest/v1/{table}?id=eq.{row_id}", headers=headers, json=body)
        assert changed.status_code == 204, changed.text
    assert [source["id"] for source in await ada.get(SOURCES)] == [source_id]
    assert [one["suggestions"] for one in await ada.get("/api/v1/user-queries")] == [[]]
    check = await ada.check(source_id)
    assert (check["outcome"], check["reason"]) == ("unusable", "unusable: bad_config")
