"""A run that ends early leaves no check behind, and what kept several checks from their end is all said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs
from tests.fixtures.gateway import serve_on_loopback
from tests.products.watch.factories import House, Member

from headwater.core.database.database import Database
from headwater.core.errors import Unavailable
from headwater.kit.jobs import JobContext, Run
from headwater.products.watch.checks.due import claim_due
from headwater.products.watch.jobs import CheckSources, check_now

# The tests hold no job of the engine's.
_HOLDS = """
create or replace function headwater.hold_job(p_id bigint, p_worker bigint, p_attempts integer, p_with_members boolean)
returns boolean language sql as 'select true'
"""
# Class 40: somebody else's transaction was in the way, and the check is worth another try.
_IN_THE_WAY = """
create function public.be_in_the_way() returns trigger language plpgsql as $$
begin
    raise exception 'in the way' using errcode = '40001';
end $$;
create trigger in_the_way before insert on public.source_checks for each row execute function public.be_in_the_way()
"""


class Pages:
    """Pages of which `/slow` doesn't answer before it is let."""

    def __init__(self) -> None:
        self.url = ""
        self.let = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"] == "/slow":
            await self.let.wait()
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<h1>House</h1><p>The plan costs nine a month.</p>"})


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    """The pages, on a real server."""
    shown = Pages()
    async with serve_on_loopback(shown) as url:
        shown.url = url
        yield shown
        shown.let.set()


async def claim(house: House, member: Member, *, pool: asyncpg.Pool) -> tuple[JobContext, CheckSources]:
    """Claim every source, for a run that shows its progress over `pool`."""
    await house.let_come_due()
    async with house.owner.transaction():
        due = await claim_due(house.owner)
    await house.owner.execute(_HOLDS)
    run = Run(
        id=1,
        kind="watch.check_now",
        queue="fetch",
        args="{}",
        workspace_id=UUID(str(member.person.workspace_id)),
        tracking_id=uuid4(),
        attempts=0,
        max_attempts=5,
        timeout_seconds=60,
        created_at=house.clock.now(),
        worker_id=1,
    )
    context = JobContext(run, house.worker, house.clock, house.worker.get(Database), pool)
    return context, CheckSources(tickets=[(one.source_id, one.check_id) for one in (line.ticket for line in due)])


def list_running() -> list[str]:
    """List the checks that go on."""
    return [task.get_name() for task in asyncio.all_tasks() if "check_in_turn" in repr(task.get_coro())]


async def test_run_whose_progress_cannot_be_shown_leaves_no_check_behind(
    house: House, ada: Member, pages: Pages
) -> None:
    for path in ("quick", "slow"):
        await ada.watch(f"{pages.url}/{path}", first_check=False)
    async with asyncpg.create_pool(house.worker.get(Database).dsn, min_size=0) as pool:
        context, payload = await claim(house, ada, pool=pool)
    assert len(payload.tickets) == 2
    # The pool is closed by now. The error is kept, and with it the frames that hold the checks.
    with pytest.raises(asyncpg.InterfaceError) as kept:
        await check_now.handler(context, payload)
    assert list_running() == []
    assert "pool is clos" in str(kept.value)


async def test_each_check_that_is_interrupted_is_said_with_its_source(house: House, ada: Member, pages: Pages) -> None:
    sources = [await ada.watch(f"{pages.url}/{number}", first_check=False) for number in range(3)]
    async with asyncpg.create_pool(house.worker.get(Database).dsn, min_size=0) as pool:
        context, payload = await claim(house, ada, pool=pool)
        await house.owner.execute(_IN_THE_WAY)
        with capture_logs() as lines, pytest.raises(Unavailable):
            await check_now.handler(context, payload)
    said = [line["source_id"] for line in lines if line["event"] == "check_interrupted"]
    assert sorted(said) == sorted(sources)
