"""Following jobs: state, progress, cancel, dead letters and their replay, over HTTP as well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Conflict, Forbidden, HeadwaterError, NotFound
from headwater.core.resources import Resources
from headwater.kit.http import caller
from headwater.kit.jobs import (
    Worker,
    cancel_job,
    enqueue,
    enqueue_tracked,
    list_jobs,
    read_job,
    replay_job,
    replay_jobs,
    running_worker,
)
from headwater.kit.jobs.routes import router
from tests.kit.jobs.conftest import ALL, RunAll
from tests.kit.jobs.kinds import Journal, Note, hold, never, report, write
from tests.kit.jobs.people import Person, make_person
from tests.kit.jobs.waiting import until


@pytest.fixture
async def ada(owner: asyncpg.Connection) -> Person:
    """Owns a workspace."""
    return await make_person(owner, "ada@example.com")


@pytest.fixture
async def http(database: Database, ada: Person) -> AsyncIterator[httpx2.AsyncClient]:
    """A client whose requests are Ada's."""
    app = FastAPI()

    async def open_transaction() -> AsyncIterator[AsyncConnection]:
        async with database.transaction(ada.identity) as connection:
            yield connection

    @app.exception_handler(HeadwaterError)
    async def render(_: Request, error: HeadwaterError) -> JSONResponse:
        return JSONResponse(error.to_body(), error.status)

    app.dependency_overrides = {
        caller.open_transaction: open_transaction,
        caller.choose_workspace: lambda: ada.workspace_id,
    }
    app.include_router(router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://headwater.test") as client:
        yield client


async def test_waiting_job_is_cancelled_at_once(database: Database, ada: Person, run_all: RunAll) -> None:
    async with database.transaction(ada.identity) as connection:
        job_id = await enqueue_tracked(connection, write, Note(), workspace_id=ada.workspace_id)
        assert job_id is not None
        assert (await cancel_job(connection, job_id=job_id)).state == "cancelled"
    assert await run_all() == []
    with pytest.raises(Conflict):
        async with database.transaction(ada.identity) as connection:
            await cancel_job(connection, job_id=job_id)


async def test_running_job_is_cancelled(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, ada: Person
) -> None:
    async with running_worker(Worker(database, tools, jobs=ALL)):
        job_id = await enqueue_tracked(owner, hold, Note(text="x"), workspace_id=ada.workspace_id)
        assert job_id is not None
        await asyncio.wait_for(journal.started.wait(), 10)
        async with database.transaction(ada.identity) as connection:
            assert (await cancel_job(connection, job_id=job_id)).state == "running"
        await until(owner, "select state = 'cancelled' from public.jobs where id = $1", job_id)
    assert journal.lines == ["x"]
    # The leader clears what was aborted whenever its turn comes: gone or aborted, but never to run again.
    left = await owner.fetch("select status::text from procrastinate.procrastinate_jobs")
    assert {row["status"] for row in left} <= {"aborted"}


async def test_dead_letter_is_replayed_with_all_its_attempts(
    database: Database, owner: asyncpg.Connection, journal: Journal, ada: Person, run_all: RunAll
) -> None:
    journal.failures["a"] = [never(), ValueError("once more")]
    await enqueue(owner, write, Note(text="a"), workspace_id=ada.workspace_id)
    await run_all()
    async with database.transaction(ada.identity) as connection:
        (letter,) = (await list_jobs(connection, states=["failed"])).items
        assert letter.error == "the feed is gone"
        replayed = await replay_job(connection, job_id=letter.id)
    assert (replayed.state, replayed.attempts, replayed.error) == ("queued", 0, None)
    assert [outcome.label for _, outcome in await run_all()] == ["retried"]
    await owner.execute("update procrastinate.procrastinate_jobs set scheduled_at = null")
    assert [outcome.label for _, outcome in await run_all()] == ["succeeded"]
    async with database.transaction(ada.identity) as connection:
        done = await read_job(connection, job_id=letter.id)
        assert (done.state, done.attempts, done.error) == ("succeeded", 2, None)
    with pytest.raises(Conflict):
        async with database.transaction(ada.identity) as connection:
            await replay_job(connection, job_id=letter.id)


async def test_traceback_stays_with_the_operators(
    database: Database, owner: asyncpg.Connection, journal: Journal, ada: Person, run_all: RunAll
) -> None:
    secret = "postgresql://app:hunter2@db.example.com/app"
    journal.failures["a"] = [ValueError(secret)] * 3
    await enqueue(owner, write, Note(text="a"), workspace_id=ada.workspace_id)
    await owner.execute("update procrastinate.procrastinate_jobs set max_attempts = 1")
    await run_all()
    async with database.transaction(ada.identity) as connection:
        (letter,) = (await list_jobs(connection)).items
    assert letter.error == "Something went wrong on our side."
    kept = await owner.fetchval("select traceback from procrastinate.procrastinate_jobs")
    assert "ValueError" in kept
    assert "hunter2" not in kept


async def test_strangers_and_viewers_change_nothing(database: Database, owner: asyncpg.Connection, ada: Person) -> None:
    bob = await make_person(owner, "bob@example.com")
    job_id = await enqueue_tracked(owner, write, Note(), workspace_id=ada.workspace_id)
    assert job_id is not None
    for refused in (NotFound, Forbidden):
        for act in (cancel_job, replay_job):
            with pytest.raises((refused, Conflict) if act is replay_job else refused):
                async with database.transaction(bob.identity) as connection:
                    await act(connection, job_id=job_id)
        await owner.execute(
            "insert into public.workspace_members (workspace_id, user_id, role) values ($1, $2, 'viewer')"
            " on conflict do nothing",
            ada.workspace_id,
            bob.user_id,
        )
    assert await owner.fetchval("select state from public.jobs") == "queued"


async def test_deleted_workspace_takes_its_jobs_along(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, ada: Person
) -> None:
    bob = await make_person(owner, "bob@example.com")
    kept = await enqueue_tracked(owner, write, Note(), workspace_id=bob.workspace_id, at=journal.far_future)
    async with running_worker(Worker(database, tools, jobs=ALL)):
        await enqueue(owner, hold, Note(text="x"), workspace_id=ada.workspace_id)
        await asyncio.wait_for(journal.started.wait(), 10)
        await enqueue_tracked(owner, write, Note(), workspace_id=ada.workspace_id, at=journal.far_future)
        await owner.execute("delete from auth.users where id = $1", ada.user_id)
        # The running one is ended by its worker.
        await until(owner, "select not exists (select from procrastinate.procrastinate_jobs where status = 'doing')")
    assert journal.lines == ["x"]
    assert [row["id"] for row in await owner.fetch("select id from public.jobs")] == [kept]


async def test_progress_is_shown(database: Database, owner: asyncpg.Connection, ada: Person, run_all: RunAll) -> None:
    job_id = await enqueue_tracked(owner, report, Note(text="pages"), workspace_id=ada.workspace_id)
    assert job_id is not None
    await run_all()
    async with database.transaction(ada.identity) as connection:
        row = await read_job(connection, job_id=job_id)
    assert (row.progress_done, row.progress_total, row.progress_note) == (7, 7, "pages")


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


async def test_maintenance_job_reaches_every_workspace_and_a_workspace_job_does_not(
    database: Database, owner: asyncpg.Connection, ada: Person, run_all: RunAll
) -> None:
    async with database.transaction(Identity.service()) as connection:
        await enqueue(connection, report, Note(text="sweep"), workspace_id=None)
    assert [outcome.label for _, outcome in await run_all()] == ["succeeded"]
    await enqueue(owner, report, Note(text="sweep"), workspace_id=ada.workspace_id)
    assert [outcome.label for _, outcome in await run_all()] == ["retried"]


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


async def test_all_dead_letters_of_a_kind_are_replayed_together(
    http: httpx2.AsyncClient, owner: asyncpg.Connection, journal: Journal, ada: Person, run_all: RunAll
) -> None:
    bob = await make_person(owner, "bob@example.com")
    for person, text in ((ada, "a"), (ada, "b"), (bob, "c")):
        journal.failures[text] = [never()]
        await enqueue(owner, write, Note(text=text), workspace_id=person.workspace_id)
    await run_all()
    assert (await http.post("/api/v1/jobs/replay", json={"kind": "test.hold"})).json() == {"replayed": 0, "left": 0}
    assert (await http.post("/api/v1/jobs/replay", json={"kinds": "test.write"})).status_code == 422
    assert (await http.post("/api/v1/jobs/replay", json={"kind": "test.write"})).json() == {"replayed": 2, "left": 0}
    states = await owner.fetch("select workspace_id, state from public.jobs")
    assert sorted((row["workspace_id"] == bob.workspace_id, row["state"]) for row in states) == [
        (False, "queued"), (False, "queued"), (True, "failed"),
    ]  # fmt: skip
    assert [outcome.label for _, outcome in await run_all()] == ["succeeded", "succeeded"]


async def test_viewer_replays_nothing(
    database: Database, owner: asyncpg.Connection, journal: Journal, ada: Person, run_all: RunAll
) -> None:
    bob = await make_person(owner, "bob@example.com")
    await owner.execute("insert into workspace_members values ($1, $2, 'viewer')", ada.workspace_id, bob.user_id)
    journal.failures["a"] = [never()]
    await enqueue(owner, write, Note(text="a"), workspace_id=ada.workspace_id)
    await run_all()
    with pytest.raises(Forbidden):
        async with database.transaction(bob.identity) as connection:
            await replay_jobs(connection, workspace_id=ada.workspace_id)
    assert await owner.fetchval("select state from public.jobs") == "failed"


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
