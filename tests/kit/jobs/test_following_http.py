"""Following jobs over HTTP: lists, pages and counts."""

from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg
import httpx2

from headwater.kit.jobs import (
    enqueue,
    enqueue_tracked,
)
from tests.kit.jobs.conftest import RunAll
from tests.kit.jobs.kinds import Journal, Note, hold, never, write
from tests.kit.jobs.people import Person, make_person


async def test_jobs_over_http(http: httpx2.AsyncClient, owner: asyncpg.Connection, ada: Person) -> None:
    ids = [await enqueue_tracked(owner, write, Note(), workspace_id=ada.workspace_id) for _ in range(3)]
    await enqueue_tracked(owner, write, Note(), workspace_id=uuid4())
    first = (await http.get("/api/v1/jobs", params={"limit": 2, "kind": "test.write", "state": "queued"})).json()
    second = (await http.get("/api/v1/jobs", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [str(job_id) for job_id in reversed(ids)]
    assert second["next_cursor"] is None
    one = f"/api/v1/jobs/{ids[0]}"
    assert (await http.get(one)).json()["state"] == "queued"
    assert (await http.post(f"{one}/cancel")).json()["state"] == "cancelled"
    assert (await http.post(f"{one}/cancel")).status_code == 409
    assert (await http.post(f"{one}/replay")).status_code == 409
    assert (await http.get(f"/api/v1/jobs/{UUID(int=1)}")).status_code == 404


async def test_jobs_are_counted_by_state_and_kind(
    http: httpx2.AsyncClient, owner: asyncpg.Connection, journal: Journal, ada: Person, run_all: RunAll
) -> None:
    bob = await make_person(owner, "bob@example.com")
    for person, texts in ((ada, ("a", "b")), (bob, ("c",))):
        for text in texts:
            journal.failures[text] = [never()]
            await enqueue(owner, write, Note(text=text), workspace_id=person.workspace_id)
    await run_all()
    await enqueue_tracked(owner, hold, Note(), workspace_id=ada.workspace_id)
    counted = (await http.get("/api/v1/jobs/counts")).json()
    none = {"queued": 0, "running": 0, "retrying": 0, "succeeded": 0, "failed": 0, "cancelled": 0}
    assert counted["states"] == {**none, "queued": 1, "failed": 2}
    kinds = [{"kind": "test.hold", "total": 1, "failed": 0}, {"kind": "test.write", "total": 2, "failed": 2}]
    assert counted["kinds"] == kinds
    of_one = (await http.get("/api/v1/jobs/counts", params={"kind": "test.write"})).json()
    assert (of_one["states"], of_one["kinds"]) == ({**none, "failed": 2}, kinds)
    both = (await http.get("/api/v1/jobs", params={"state": ["queued", "failed"]})).json()
    assert sorted(one["state"] for one in both["items"]) == ["failed", "failed", "queued"]


async def test_cursor_is_before_by_its_former_name(
    http: httpx2.AsyncClient, owner: asyncpg.Connection, ada: Person
) -> None:
    for number in range(4):
        await enqueue_tracked(owner, hold, Note(text=str(number)), workspace_id=ada.workspace_id)
    ids = [one["id"] for one in (await http.get("/api/v1/jobs")).json()["items"]]
    by_cursor = await http.get("/api/v1/jobs", params={"limit": 1, "cursor": ids[0]})
    by_before = await http.get("/api/v1/jobs", params={"limit": 1, "before": ids[0]})
    both = await http.get("/api/v1/jobs", params={"limit": 1, "before": ids[1], "cursor": ids[0]})
    assert by_cursor.json() == by_before.json()
    assert [[one["id"] for one in answer.json()["items"]] for answer in (by_cursor, both)] == [[ids[1]], [ids[2]]]
    # The next page is named by the new name alone: with both the old one would say something else.
    assert by_cursor.links["next"]["url"] == f"/api/v1/jobs?limit=1&before={ids[1]}"
    assert both.links["next"]["url"] == f"/api/v1/jobs?limit=1&before={ids[2]}"


async def test_page_stays_while_jobs_arrive(http: httpx2.AsyncClient, owner: asyncpg.Connection, ada: Person) -> None:
    async def read(**given: str) -> tuple[list[str], str | None]:
        page = (await http.get("/api/v1/jobs", params={"limit": "2", **given})).json()
        return [one["summary"] for one in page["items"]], page["next_cursor"]

    for number in range(5):
        await enqueue_tracked(owner, hold, Note(text=str(number)), workspace_id=ada.workspace_id)
    first, cursor = await read()
    await enqueue_tracked(owner, hold, Note(text="5"), workspace_id=ada.workspace_id)
    second, after = await read(cursor=cursor or "")
    third, end = await read(cursor=after or "")
    assert first + second + third == [f"holds {number}" for number in (4, 3, 2, 1, 0)]
    assert end is None
