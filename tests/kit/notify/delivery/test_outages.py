"""Postgres killed while mail is being handed over."""

from __future__ import annotations

import os
import signal
from uuid import uuid4

import pytest
from tests.fixtures.waiting import wait_until
from tests.kit.notify.world import World, open_world

from headwater.core.database.database import Database
from headwater.core.database.migrations import apply_migrations
from headwater.core.errors import Unavailable
from headwater.kit.jobs import Worker, running_worker
from headwater.kit.notify import jobs
from headwater.local.postgres import LocalPostgres, install_foundation

MAILS = 5


async def test_mail_that_went_out_while_postgres_was_away_is_known_as_sent(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with LocalPostgres(tmp_path_factory.mktemp("server") / "postgres", port=0) as server:
        await install_foundation(server.dsn)
        await apply_migrations(server.dsn)
        database = Database(server.dsn)
        async with open_world(database) as world:
            await world.prefer(channels=["email"])
            for _ in range(MAILS):
                await world.tell(id=uuid4())
            await world.mail.set_mode("held")
            async with running_worker(Worker(database, world.resources, jobs=jobs, clock=world.clock)):
                await wait_until(lambda: world.mail.waiting == MAILS)
                postmaster = server.status().child.pid
                assert postmaster is not None
                os.kill(postmaster, signal.SIGKILL)
                await world.mail.set_mode("up")
                await wait_until(lambda: all_sent(world), seconds=60)
            assert world.mail.mailbox.count == MAILS
            assert [row["outcome"] for row in await world.attempts()] == ["sent"] * MAILS
        await database.close()


async def all_sent(world: World) -> bool:
    try:
        return {row["status"] for row in await world.deliveries()} == {"sent"}
    except (Unavailable, OSError):
        return False
