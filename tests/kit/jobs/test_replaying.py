"""Dead letters: what is shown of them, and their replay."""

from __future__ import annotations

import asyncpg
import httpx2
import pytest

from headwater.core.database.database import Database
from headwater.core.errors import Conflict, Forbidden
from headwater.kit.jobs import (
    enqueue,
    list_jobs,
    read_job,
    replay_job,
    replay_jobs,
)
from tests.kit.jobs.conftest import RunAll
from tests.kit.jobs.kinds import Journal, Note, never, write
from tests.kit.jobs.people import Person, make_person


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
