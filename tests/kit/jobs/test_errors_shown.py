"""What people read of a failed job holds no secret, whatever the error is that carries it."""

from __future__ import annotations

import asyncpg
import pytest

from headwater.core import errors
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.kit.jobs import JobContext, PermanentFailure, Retry, enqueue, job, run_until_idle
from headwater.kit.jobs.run import _ERROR_LENGTH, RunTimedOut, describe_error
from tests.kit.jobs.kinds import Note
from tests.kit.jobs.people import make_person

SECRETS = {
    "postgresql://app:hunter2@db.example.com/app": "hunter2",
    "Authorization: Bearer hunter2hunter2hunter2": "hunter2",
    "https://api.example.com/?api_key=hunter2hunter2": "hunter2",
}
SHOWN = [
    error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, errors.HeadwaterError) and error is not errors.HeadwaterError
]


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("error", [*SHOWN, PermanentFailure, RunTimedOut], ids=lambda error: error.__name__)
def test_error_that_people_read_is_blotted(error: type[Exception], text: str) -> None:
    shown = describe_error(error(f"It answered: {text}"))
    assert shown.startswith("It answered: ")
    assert SECRETS[text] not in shown


@pytest.mark.parametrize("error", [ValueError, RuntimeError, KeyError, OSError])
def test_error_of_our_own_is_not_read_by_people(error: type[Exception]) -> None:
    assert describe_error(error("hunter2")) == "Something went wrong on our side."


def test_error_is_cut() -> None:
    assert len(describe_error(PermanentFailure("x" * (_ERROR_LENGTH + 1)))) == _ERROR_LENGTH == 500


@job("test.tell", queue="fetch", tracked=True, retry=Retry(attempts=1))
async def tell(context: JobContext, payload: Note) -> None:
    """Fail with the text."""
    raise PermanentFailure(payload.text)


@pytest.mark.parametrize("text", SECRETS)
async def test_row_of_the_job_holds_no_secret(
    database: Database, tools: Resources, owner: asyncpg.Connection, text: str
) -> None:
    person = await make_person(owner, "ada@example.com")
    await enqueue(owner, tell, Note(text=text), workspace_id=person.workspace_id)
    await run_until_idle(database, tools, jobs=[tell])
    row = await owner.fetchrow("select row_to_json(jobs)::text as shown, state from public.jobs")
    assert row["state"] == "failed"
    assert SECRETS[text] not in row["shown"]
