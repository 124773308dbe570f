"""Who hears of which rows and columns: anonymous, owner, somebody else, the service."""

from __future__ import annotations

from uuid import uuid4

from tests.local.realtime.conftest import Service

ALL_NOTES = {"event": "*", "schema": "public", "table": "notes"}


async def test_rows_are_told_to_those_who_may_see_them(service: Service) -> None:
    mine, theirs = str(uuid4()), str(uuid4())
    wish = [{"event": "*", "schema": "public", "table": "secrets"}]
    client = await service.connect()
    owner = await client.join("owner", token=service.sign(sub=mine), listen=wish)
    other = await (await service.connect()).join("other", token=service.sign(sub=theirs), listen=wish)
    anonymous = await (await service.connect()).join("anonymous", listen=wish)
    served = await (await service.connect(key=service.keys.secret_key)).join("service", listen=wish)
    for person in (mine, theirs):
        await service.pool.execute("insert into public.secrets (owner, body) values ($1, 'x')", person)
    await service.pool.execute("update public.secrets set body = 'y' where owner = $1", mine)
    assert [(await owner.take_change())["type"] for _ in range(2)] == ["INSERT", "UPDATE"]
    assert (await other.take_change())["record"]["owner"] == theirs
    assert [(await served.take_change())["type"] for _ in range(3)] == ["INSERT", "INSERT", "UPDATE"]
    await service.run("delete from public.secrets")
    # Who could see a row that is gone can't be known: everybody hears its key, and nothing but its key.
    for channel in (owner, other, anonymous, served):
        gone = await channel.take_change()
        assert gone["type"] == "DELETE"
        assert set(gone["old_record"]) == {"id"}
    await service.run("alter table public.secrets replica identity full")
    await service.run("insert into public.secrets (owner) values (gen_random_uuid())")
    await service.run("delete from public.secrets")
    assert set((await anonymous.take_change())["old_record"]) == {"id"}


async def test_columns_without_privilege_are_left_out(service: Service) -> None:
    await service.run("revoke select on public.notes from anon; grant select (id, body) on public.notes to anon")
    client = await service.connect()
    channel = await client.join("notes", listen=[ALL_NOTES])
    await service.run("insert into public.notes (body, amount) values ('one', 1)")
    change = await channel.take_change()
    assert change["record"] == {"id": 1, "body": "one"}
    refused = await client.join("more", listen=[{**ALL_NOTES, "filter": "amount=eq.1"}])
    assert "invalid column for filter amount" in refused.system["message"]


async def test_a_grant_taken_away_counts_at_once(service: Service) -> None:
    client = await service.connect()
    channel = await client.join("notes", listen=[ALL_NOTES])
    await service.run("insert into public.notes (body) values ('one')")
    assert (await channel.take_change())["errors"] is None
    await service.run("revoke select on public.notes from anon")
    await service.run("insert into public.notes (body) values ('two')")
    refused = await channel.take_change()
    assert refused["errors"] == ["Error 401: Unauthorized"]
    assert refused["record"] == {}


async def test_a_policy_that_fails_hides_the_row_from_that_viewer_alone(service: Service) -> None:
    await service.run(
        """
        create policy odd on public.secrets for select to authenticated
        using (1 / nullif((auth.jwt() ->> 'divisor')::int, 7) > 0);
        """
    )
    wish = [{"event": "INSERT", "schema": "public", "table": "secrets"}]
    broken = await (await service.connect()).join("a", token=service.sign(divisor=0), listen=wish)
    fine = await (await service.connect()).join("b", token=service.sign(divisor=1), listen=wish)
    await service.run("insert into public.secrets (owner) values (gen_random_uuid())")
    assert (await fine.take_change())["type"] == "INSERT"
    assert await broken.client.count("postgres_changes") == 0


async def test_a_row_whose_key_is_not_published_is_told_to_nobody(service: Service) -> None:
    await service.run(
        """
        create table public.hidden (id bigint generated always as identity primary key, owner uuid);
        alter table public.hidden enable row level security;
        create policy owners on public.hidden for select to authenticated using (owner = (select auth.uid()));
        grant select on public.hidden to authenticated;
        alter publication supabase_realtime add table public.hidden (owner);
        """
    )
    wish = [{"event": "INSERT", "schema": "public", "table": "hidden"}, ALL_NOTES]
    channel = await (await service.connect()).join("room", token=service.sign(), listen=wish)
    await service.run("insert into public.hidden (owner) values (gen_random_uuid())")
    await service.run("insert into public.notes (body) values ('later')")
    assert (await channel.take_change())["table"] == "notes"
