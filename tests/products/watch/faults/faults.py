"""What the tests of faults share: a worker as a process to kill, a Postgres to break, and the account of what came."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from tests.fixtures.drivers import list_search_path
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import House, Member

from headwater.core.database.migrations import apply_migrations
from headwater.core.settings import Settings, inherited_environment
from headwater.local.auth import install_auth_schema
from headwater.local.postgres import LocalPostgres, install_foundation

#: What is still to be done: jobs and deliveries.
_UNFINISHED = """
select task_name as what, status::text, attempts, scheduled_at as due, args::text as about
from procrastinate.procrastinate_jobs
where status in ('todo', 'doing')
union all
select 'delivery by ' || channel, status, attempts, due_at, reason
from public.notification_deliveries
where status in ('pending', 'sending', 'failed')
"""


def describe_environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which a process of its own has the same settings."""
    given: dict[str, Any] = {
        **{name: value for name, value in inherited_environment().items() if name in {"PATH", "HOME", "LANG"}},
        "PYTHONPATH": list_search_path(),
        "DATABASE_URL": settings.resolved_database_url,
        "REDIS_URL": settings.resolved_redis_url,
        "HEADWATER_DATA": settings.data_folder,
        "PUBLIC_URL": settings.public_url,
        "FETCH_ALLOWED_HOSTS": ",".join(settings.fetch_allowed_hosts),
        "FETCH_HOST_INTERVAL_SECONDS": settings.fetch_host_interval_seconds,
        "SMTP_HOST": settings.smtp_host,
        "SMTP_PORT": settings.smtp_port,
        "SMTP_SECURITY": settings.smtp_security,
        "MAIL_FROM": settings.mail_from,
        "LOG_LEVEL": "warning",
        "LOG_FORMAT": "json",
    }
    if settings.openai_api_key is not None:
        given["OPENAI_API_KEY"] = settings.openai_api_key.get_secret_value()
        given["OPENAI_BASE_URL"] = settings.openai_base_url
    return {name: str(value) for name, value in given.items() if value is not None}


@dataclass
class WorkerProcess:
    """`headwater work` as a process of its own."""

    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        """Return its process id."""
        return self.process.pid

    async def kill(self) -> None:
        """Kill it as `kill -9` does."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    def read_peak_memory(self) -> int:
        """Return the most memory that it ever held, in bytes."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


@asynccontextmanager
async def work_apart(house: House, folder: Path) -> AsyncIterator[WorkerProcess]:
    """Run a worker process while the block runs."""
    ready = folder / "worker.ready"
    ready.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "headwater.cli",
        "work",
        "--ready-file",
        str(ready),
        cwd=folder,
        env=describe_environment(house.settings),
    )
    try:
        await wait_until(lambda: ready.exists() or process.returncode is not None, what="the worker", seconds=60)
        assert process.returncode is None
        yield WorkerProcess(process)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


@asynccontextmanager
async def own_postgres(folder: Path, **settings: str) -> AsyncIterator[LocalPostgres]:
    """A migrated Postgres of the test's own, to be killed and starved; it is restarted as an installation's is.

    It is durable, as those are: a server that forgets what it committed can't but tell twice.
    """
    async with LocalPostgres(folder, port=0, durable=True, settings=settings, on_event=lambda _: None) as server:
        await install_foundation(server.dsn)
        await install_auth_schema(server.dsn)
        await apply_migrations(server.dsn)
        yield server


async def wait_until_settled(dsn: str, *, seconds: float = 60.0) -> None:
    """Wait until no job and no delivery is left to do; says what is left where that takes too long."""
    left: list[str] = []

    async def settled() -> bool:
        try:
            connection = await asyncpg.connect(dsn, timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        try:
            left[:] = [str(dict(row)) for row in await connection.fetch(_UNFINISHED)]
        except (OSError, asyncpg.PostgresError):
            return False
        finally:
            connection.terminate()
        return not left

    try:
        await wait_until(settled, what="all work to be done", seconds=seconds)
    except AssertionError as error:
        raise AssertionError("\n".join([str(error), *left[:20]])) from None


async def account_for(member: Member, *, sources: list[str]) -> list[dict[str, Any]]:
    """See that each source's one change was alerted once, and each alert delivered once or in the dead letters.

    Returns the deliveries that are dead letters.
    """
    world = member.house.world
    alerts = await member.alerts(limit=200)
    assert sorted(one["monitored_source_id"] for one in alerts) == sorted(sources)
    posted = [one.payload["data"]["alert_id"] for one in world.receiver.list_deliveries()]
    subjects = [message.subject for message in world.mail.list_messages(to=member.person.email)]
    assert len(subjects) == world.mail.mailbox.distinct, "a mail went out twice"
    dead: list[dict[str, Any]] = []
    for channel in ("email", "webhook"):
        deliveries = await read_deliveries(member, channel)
        assert len(deliveries) == len(alerts), channel
        assert {one["status"] for one in deliveries} <= {"sent", "dead", "uncertain"}, deliveries
        dead += [one for one in deliveries if one["status"] != "sent"]
    lost = [one for one in dead if one["channel"] == "webhook"]
    assert len(posted) == len(set(posted))
    assert len(posted) + len(lost) >= len(alerts)
    unsure = len([one for one in dead if one["channel"] == "email"])
    assert len(alerts) - unsure <= len(subjects) <= len(alerts)
    return dead


async def read_deliveries(member: Member, channel: str) -> list[dict[str, Any]]:
    """Read every delivery of a channel, however many pages of the log that takes."""
    found: list[dict[str, Any]] = []
    while True:
        before = {"before": found[-1]["id"]} if found else {}
        page = await member.deliveries(channel=channel, limit=200, **before)
        found += page
        if len(page) < 200:
            return found
