"""No Valkey and no Redis anywhere: gateways and workers as real processes, which share what they share in Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from headwater.core.clock import monotonic
from headwater.demo.systems import mail, web
from headwater.local.auth import install_auth_schema
from tests.cli.installation import Installation
from tests.fixtures.plane import Person, PlaneProcess, run_plane
from tests.fixtures.simulated import SimulatedWorld, open_simulated
from tests.fixtures.waiting import wait_until
from tests.kit.fetch.servers import Site, greet, serve
from tests.test_interpreters import hide_extras

KEPT = "limits, dedupe and pacing are kept in Postgres"
SOURCES = "/api/v1/monitored-sources"
WRITES = 20
_PUT_OFF = """
select last_checked_at is null and check_ticket is null and next_check_at > now() + interval '10 seconds'
from public.monitored_sources
where id = $1
"""


@asynccontextmanager
async def working(folder: Path, **settings: str) -> AsyncIterator[None]:
    """Run a worker on a gateway's data folder while the block runs."""
    ready = folder / f"{uuid4().hex}.ready"
    installation = Installation(folder, settings)
    with (folder / "worker.log").open("ab") as log:
        process = await installation.spawn("work", "--ready-file", str(ready), output=log)
    try:
        await wait_until(lambda: ready.exists() or process.returncode is not None, what="the worker", seconds=60)
        assert process.returncode is None, (folder / "worker.log").read_text("utf-8")[-4000:]
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.timeout(240)
async def test_a_change_is_told_limits_hold_and_processes_keep_one_pace(dsn: str, tmp_path: Path) -> None:
    await install_auth_schema(dsn)
    async with (
        open_simulated(web.system, mail.system) as world,
        serve(greet, robots="User-agent: *\nCrawl-delay: 60\n") as site,
    ):
        settings = {
            "FETCH_ALLOWED_HOSTS": "127.0.0.1",
            "FETCH_HOST_INTERVAL_SECONDS": "0",
            "RATE_LIMIT_WRITES": str(WRITES),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(world.mail.smtp_port),
            "SMTP_SECURITY": "none",
            "MAIL_FROM": "Headwater <alerts@headwater.test>",
        }
        async with run_plane(tmp_path / "data", dsn=dsn, valkey_url=None, **settings) as gateway:
            environment = {**gateway.settings, "PORT": str(gateway.port)}
            ada = await gateway.sign_up()
            async with working(gateway.folder, **environment):
                await tell_a_change(gateway, ada, world)
                assert await check(gateway, ada, await add(gateway, ada, site.url("/1"))) == "first"
            async with working(gateway.folder, **environment), asyncpg_connection(dsn) as owner:
                await put_off(gateway, ada, site, owner)
            await say_where_it_is_kept(gateway, environment)
            async with run_plane(gateway.folder, dsn=dsn, valkey_url=None, **settings) as other:
                await limit_over_two_gateways(await gateway.sign_up(), gateway, other)


@pytest.mark.timeout(240)
async def test_up_beside_a_project_needs_no_embedded_valkey(dsn: str, tmp_path: Path) -> None:
    """Installed without the extra `local`, as an image for a hosted project is."""
    settings = {
        "DATABASE_URL": dsn,
        "SUPABASE_URL": "http://127.0.0.1:1",
        "SUPABASE_ANON_KEY": "anon",
        "SERVICE_SECRET": "a secret that is shared by all of our services",
        "ENCRYPTION_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "PYTHONPATH": hide_extras(tmp_path, "local"),
    }
    installation = Installation(tmp_path / "home" / "data", settings)
    async with installation.up():
        told = (await installation.run("status", "--json")).json
        assert (told["gateway"], told["valkey"]) == ("running", f"none: {KEPT}")
        assert not (installation.folder / "valkey").exists()
    await installation.wait_until_gone()


@asynccontextmanager
async def asyncpg_connection(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees everything."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def say_where_it_is_kept(gateway: PlaneProcess, environment: dict[str, str]) -> None:
    """Readiness, the doctor, the status and the log all say it."""
    ready = (await gateway.http.get(f"{gateway.url}/health/ready")).json()["dependencies"]
    assert "valkey" not in ready
    assert (ready["controls"]["ok"], ready["controls"]["detail"]) == (True, KEPT)
    installation = Installation(gateway.folder, environment)
    findings = {one["name"]: one for one in (await installation.run("doctor", "--json")).json}
    assert "valkey" not in findings
    assert (findings["controls"]["state"], findings["controls"]["text"]) == ("ok", KEPT)
    assert (await installation.run("status", "--json")).json["valkey"] == f"none: {KEPT}"
    assert KEPT in [line.get("effect") for line in gateway.read_log()]


async def tell_a_change(gateway: PlaneProcess, person: Person, world: SimulatedWorld) -> None:
    """A page changes, a check finds it, and the person is told by mail."""
    channels = {"channels": ["email"]}
    await ask(gateway, person, "PUT", "/api/v1/notifications/preferences", json=channels)
    source = await add(gateway, person, world.web.host_url("acme", "/pricing"))
    assert await check(gateway, person, source) in {"first", "unchanged"}
    world.web.change("/acme/pricing", "price")
    assert await check(gateway, person, source) == "changed"
    await wait_until(lambda: world.mail.list_messages(to=person.email), what="the mail", seconds=60)


async def put_off(gateway: PlaneProcess, person: Person, site: Site, owner: asyncpg.Connection) -> None:
    """The host that a worker asked, which is dead by now, is left alone by the next one."""
    source = await add(gateway, person, site.url("/2"))
    await ask(gateway, person, "POST", f"{SOURCES}/{source}/check")

    async def is_put_off() -> bool:
        assert site.paths == ["/1"]
        found: bool = await owner.fetchval(_PUT_OFF, source)
        return found

    await wait_until(is_put_off, what="the check to be put off", seconds=60)


async def limit_over_two_gateways(person: Person, one: PlaneProcess, two: PlaneProcess) -> None:
    """What a person may write in a minute is counted by both gateways together."""
    began = monotonic()
    answers = [
        await gateway.ask("PUT", "/api/v1/notifications/preferences", token=person.token, json={"channels": ["in_app"]})
        for _ in range(WRITES)
        for gateway in (one, two)
    ]
    # Some came back meanwhile.
    returned = int((monotonic() - began) * WRITES / 60) + 1
    statuses = [answer.status_code for answer in answers]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert statuses[:WRITES] == [200] * WRITES
    assert statuses.count(200) <= WRITES + returned
    assert len(refused) == len(answers) - statuses.count(200) > 0
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert {answer.json()["code"] for answer in refused} == {"rate_limited"}


async def add(gateway: PlaneProcess, person: Person, url: str) -> str:
    """Watch a page."""
    made = await ask(gateway, person, "POST", SOURCES, json={"url": url, "name": f"Page {uuid4().hex[:8]}"})
    return str(made["id"])


async def check(gateway: PlaneProcess, person: Person, source: str) -> str:
    """Have the page looked at now, and return the outcome."""
    asked = (await ask(gateway, person, "POST", f"{SOURCES}/{source}/check"))["check_id"]

    async def find_outcome() -> str:
        history = await ask(gateway, person, "GET", f"{SOURCES}/{source}/history")
        return next((str(one["outcome"]) for one in history if one["id"] == asked), "")

    return str(await wait_until(find_outcome, what="the check", seconds=60))


async def ask(gateway: PlaneProcess, person: Person, method: str, path: str, **more: Any) -> Any:
    """Ask the API; fails the test at an error."""
    answer = await gateway.ask(method, path, token=person.token, **more)
    assert answer.is_success, (method, path, answer.text)
    return answer.json()
