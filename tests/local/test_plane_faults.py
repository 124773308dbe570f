"""The whole plane against faults: Postgres and Valkey killed under load, a gateway killed half way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import httpx2
import pytest

from headwater.local.schemas import install_schemas
from headwater.local.valkey import LocalValkey
from tests.fixtures.plane import PlaneProcess, run_plane
from tests.fixtures.servers import report_trouble
from tests.fixtures.waiting import wait_until
from tests.local.plane_notes import (
    NOTES,
    Tally,
    can_write,
    kill_postmaster,
    own_postgres,
    run_sql,
    take_bodies,
    wait_for_notes,
    write_notes,
)

SLOW_WORKSPACES = """
create function public.wait_for_lock() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(42);
  return new;
end
$$;
create trigger waits before insert on public.workspaces for each row execute function public.wait_for_lock();
"""
CHANGES = [{"event": "INSERT", "schema": "public", "table": "notes"}]
SLOTS = "select slot_name, active, wal_status from pg_replication_slots where database = current_database()"
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
BUSY = """
select count(*)
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
    and (state <> 'idle' or backend_xid is not null)
"""


@pytest.mark.timeout(240)
async def test_postgres_killed_under_load(tmp_path: Path, valkey_url: str) -> None:
    """REST says 503 and recovers, Realtime resumes, tokens hold: all in the same gateway. Then its slot is left."""
    bounds = {"max_slot_wal_keep_size": "32MB", "min_wal_size": "32MB", "max_wal_size": "64MB"}
    async with (
        own_postgres(tmp_path / "postgres", **bounds) as (server, dsn),
        run_plane(tmp_path / "data", dsn=dsn, valkey_url=valkey_url) as plane,
    ):
        ada = await plane.sign_up()
        await wait_until(lambda: can_write(plane, ada.token), what="REST to know the table")
        channel = await (await plane.listen()).join("notes", token=ada.token, listen=CHANGES)
        first, tally = plane.pid, Tally()
        writers = [asyncio.create_task(write_notes(plane, ada.token, tally, name)) for name in "abc"]
        try:
            for _ in range(2):
                await wait_for_notes(tally, 20)
                kill_postmaster(tmp_path / "postgres")
            await wait_for_notes(tally, 20)
        finally:
            tally.is_over = True
            # A request under way when Postgres was killed may wait for its answer for longer than this.
            _, late = await asyncio.wait(writers, timeout=10)
            for writer in late:
                writer.cancel()
            await asyncio.gather(*writers, return_exceptions=True)
        assert tally.wrong == []
        # Told away at least once, and the same process wrote before, between and after.
        assert tally.refused
        assert (plane.pid, plane.process and plane.process.returncode) == (first, None)
        last = await plane.ask("POST", "/rest/v1/notes", token=ada.token, json={"body": "last"})
        assert last.status_code == httpx2.codes.CREATED
        kept = [row["body"] for row in await run_sql(dsn, "select body from public.notes order by id")]
        assert set(tally.written) <= set(kept)
        # Realtime tells in the order of commits, what was written before the subscription aside.
        told = await take_bodies(channel, "last")
        assert sorted(told) == sorted(kept[1:])
        assert (await plane.ask("GET", "/auth/v1/user", token=ada.token)).json()["email"] == ada.email
        assert (await plane.refresh(ada.session["refresh_token"])).status_code == httpx2.codes.OK
        assert (await plane.ask("GET", "/api/v1/auth/me", token=ada.token)).status_code == httpx2.codes.OK
        await leave_slot_behind(plane, dsn, ada.token)
        assert server.status().child.state == "running"


async def leave_slot_behind(plane: PlaneProcess, dsn: str, token: str) -> None:
    """Kill the gateway: its slot stays, and is given up by Postgres before it fills the disk; the next one mends it."""
    await plane.kill()
    (slot,) = await run_sql(dsn, SLOTS)
    assert slot["wal_status"] == "reserved"
    for _ in range(6):
        await run_sql(
            dsn,
            "select pg_logical_emit_message(false, 'ballast', repeat('x', 1000000)) from generate_series(1, 20)",
            "select pg_switch_wal()",
        )
    await run_sql(dsn, "checkpoint", "checkpoint")
    (slot,) = await run_sql(dsn, SLOTS)
    assert slot["wal_status"] == "lost"
    (size,) = await run_sql(dsn, "select sum(size) as bytes from pg_ls_waldir()")
    assert size["bytes"] < 120_000_000
    await plane.start()
    channel = await (await plane.listen()).join("notes", token=token, listen=CHANGES)
    assert channel.system["message"] == "Subscribed to PostgreSQL"
    assert (await plane.ask("POST", "/rest/v1/notes", token=token, json={"body": "anew"})).status_code == 201
    assert (await channel.take_change())["record"]["body"] == "anew"
    (slot,) = await run_sql(dsn, SLOTS)
    assert (slot["active"], slot["wal_status"]) == (True, "reserved")


@pytest.mark.timeout(240)
async def test_gateway_killed_half_way(dsn: str, valkey_url: str, tmp_path: Path) -> None:
    """What it hadn't finished leaves nothing half done; sessions live on; Realtime begins anew with one slot."""
    await install_schemas(dsn)
    await run_sql(dsn, NOTES)
    (tmp_path / "config.toml").write_text("[auth]\nrefresh_token_reuse_interval = 0\n", "utf-8")
    config = str(tmp_path / "config.toml")
    async with run_plane(tmp_path / "data", dsn=dsn, valkey_url=valkey_url, AUTH_CONFIG=config) as plane:
        ada = await plane.sign_up()
        await wait_until(lambda: can_write(plane, ada.token), what="REST to know the table")
        await (await plane.listen()).join("notes", token=ada.token, listen=CHANGES)
        traded = (await plane.refresh(ada.session["refresh_token"])).json()
        holder = await asyncpg.connect(dsn)
        plane.closing.push_async_callback(holder.close)
        # Both stand half way: one between its two rows, the other before the workspace that goes with the user.
        await holder.execute(SLOW_WORKSPACES)
        await holder.execute("begin; select pg_advisory_xact_lock(42)")
        email = {"email": "late@example.com", "password": "correct horse battery"}
        halves = [
            asyncio.create_task(plane.ask("POST", "/rest/v1/rpc/write_two", token=ada.token)),
            asyncio.create_task(plane.ask("POST", "/auth/v1/signup", json=email)),
        ]

        async def both_wait() -> bool:
            for half in halves:
                assert not half.done(), half.result().text
            return int(await holder.fetchval(WAITING)) == len(halves)

        await wait_until(both_wait, what="both to wait")
        await plane.kill()
        assert all(isinstance(end, httpx2.HTTPError) for end in await asyncio.gather(*halves, return_exceptions=True))
        await holder.execute("rollback")

        async def all_quiet() -> bool:
            return not await holder.fetchval(BUSY)

        await wait_until(all_quiet, what="what the gateway left to end")
        # Postgres may finish what it was told whole before it sees that nobody listens; never a half.
        assert await holder.fetchval("select count(*) from public.notes where body like '% of two'") in {0, 2}
        users = await holder.fetchval("select count(*) from auth.users where email = 'late@example.com'")
        spaces = (
            "select count(*) from public.workspace_members m join auth.users u on u.id = m.user_id where u.email = $1"
        )
        assert await holder.fetchval(spaces, "late@example.com") == users
        await holder.execute("insert into public.notes (owner, body) select id, 'unheard' from auth.users limit 1")
        await plane.start()
        assert (await plane.ask("GET", "/auth/v1/user", token=ada.token)).json()["email"] == ada.email
        # The answer to the last refresh may have died with the gateway: its token is taken once more, for the same.
        again = await plane.refresh(ada.session["refresh_token"])
        assert (again.status_code, again.json()["refresh_token"]) == (200, traded["refresh_token"])
        newest = (await plane.refresh(traded["refresh_token"])).json()
        # An older one is a stolen one, whatever happened in between; it takes the family with it.
        stolen = await plane.refresh(ada.session["refresh_token"])
        assert (stolen.status_code, stolen.json()["error_code"]) == (400, "refresh_token_already_used")
        assert (await plane.refresh(newest["refresh_token"])).status_code == httpx2.codes.BAD_REQUEST
        channel = await (await plane.listen()).join("notes", token=ada.token, listen=CHANGES)
        assert (await plane.ask("POST", "/rest/v1/notes", token=ada.token, json={"body": "heard"})).status_code == 201
        # Nobody was connected to hear what was written meanwhile: a client reads that by itself when it joins again.
        assert (await channel.take_change())["record"]["body"] == "heard"
        assert [slot["active"] for slot in await holder.fetch(SLOTS)] == [True]


@pytest.mark.timeout(240)
async def test_valkey_away(dsn: str, tmp_path: Path) -> None:
    """Reading and writing go on, and so does signing in once Valkey is back, in the same gateway."""
    await install_schemas(dsn)
    await run_sql(dsn, NOTES)
    valkey = LocalValkey(tmp_path / "valkey", port=0, on_event=report_trouble)
    url = await valkey.start()
    try:
        async with run_plane(tmp_path / "data", dsn=dsn, valkey_url=url) as plane:
            ada = await plane.sign_up()
            await valkey.stop()
            assert (await plane.ask("POST", "/rest/v1/notes", token=ada.token, json={"body": "x"})).status_code == 201
            assert (await plane.ask("GET", "/api/v1/auth/me", token=ada.token)).status_code == httpx2.codes.OK
            assert (await plane.ask("GET", "/auth/v1/user", token=ada.token)).status_code == httpx2.codes.OK
            credentials = {"email": ada.email, "password": "correct horse battery"}
            path = "/auth/v1/token?grant_type=password"
            away = await plane.ask("POST", path, json=credentials)
            assert away.status_code in {httpx2.codes.OK, httpx2.codes.SERVICE_UNAVAILABLE}, away.text
            assert await valkey.start() == url

            async def signs_in() -> bool:
                return (await plane.ask("POST", path, json=credentials)).status_code == httpx2.codes.OK

            await wait_until(signs_in, what="signing in")
    finally:
        await valkey.stop()
