"""Sources over the API: added once, changed, deleted, restored; who may; and addresses that nobody may watch."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.fixtures.workspaces import add_member, make_api_key, make_token, make_user, make_workspace
from tests.products.watch.factories import ALERTS, LAMP, PRICING, SOURCES, STATUS, House, Member

from headwater.core.database.migrations import find_migrations_folder


async def test_the_same_page_is_watched_once_until_it_is_deleted(house: House, ada: Member) -> None:
    source = await ada.watch(first_check=False)
    for spelling in (
        ada.page_url(PRICING),
        ada.page_url(PRICING) + "?utm_source=x#plans",
        ada.page_url("/acme/%70ricing"),
    ):
        refused = await ada.post(SOURCES, {"url": spelling}, expect=409)
        assert (refused["code"], refused["details"]["id"]) == ("already_watched", source)
    await ada.delete(f"{SOURCES}/{source}")
    await ada.get(f"{SOURCES}/{source}", expect=404)
    await ada.delete(f"{SOURCES}/{source}", expect=404)
    assert await ada.get(SOURCES) == []
    again = await ada.watch(first_check=False)
    assert again != source
    # Taking the deletion back would make two of the same page.
    await ada.post(f"{SOURCES}/{source}/restore", expect=409)
    await ada.delete(f"{SOURCES}/{again}")
    restored = await ada.post(f"{SOURCES}/{source}/restore")
    assert (restored["id"], restored["status"]) == (source, "active")
    await ada.post(f"{SOURCES}/{source}/restore", expect=404)


async def test_a_restored_source_forgets_its_errors_and_goes_on_where_it_was(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP)
    house.world.web.set_mode(LAMP, "error", times=1)
    assert (await ada.check(source))["outcome"] == "error"
    await ada.delete(f"{SOURCES}/{source}")
    restored = await ada.post(f"{SOURCES}/{source}/restore")
    assert (restored["error_count"], restored["last_error"], restored["last_error_kind"]) == (0, None, None)
    house.world.web.change(LAMP, "state")
    assert (await ada.check(source))["outcome"] == "changed"


PRIVATE = [
    "http://10.0.0.1/",
    "http://[::1]:8080/",
    "http://169.254.169.254/latest/meta-data/",
    "http://167772161/",
    "http://012.0.0.1/",
    "http://user:secret@192.168.1.1/",
    "https://localhost/",
]


async def test_private_addresses_are_refused_when_they_are_given(house: House, ada: Member) -> None:
    # The allow-list opens 127.0.0.1 for the simulated web; nothing else that is private.
    for url in PRIVATE:
        refused = await ada.post(SOURCES, {"url": url}, expect=422)
        assert refused["code"] == "blocked_address", url
    assert await house.count("public.monitored_sources") == 0


WRONG: list[dict[str, Any]] = [
    {"url": "ftp://example.org/"},
    {"url": "javascript:alert(1)"},
    {"url": "not an address"},
    {"url": "http://"},
    {"url": "https://example.org/\x00"},
    {"url": "https://exa mple.org/"},
    {"url": "https://example.org:99999/"},
    {"url": "https://[::1/"},
    {"url": "x" * 5000},
    {},
    {"url": "http://127.0.0.1/", "kind": "gopher"},
    {"url": "http://127.0.0.1/", "check_interval": 59},
    {"url": "http://127.0.0.1/", "check_interval": 2_592_001},
    {"url": "http://127.0.0.1/", "name": ""},
    {"url": "http://127.0.0.1/", "unknown": True},
    {"url": "http://127.0.0.1/", "config": {"threshold": 1.1}},
    {"url": "http://127.0.0.1/", "config": {"watch_selectors": ["..."]}},
    {"url": "http://127.0.0.1/", "config": {"ignore_patterns": ["/(/"]}},
    {"url": "http://127.0.0.1/", "config": {"notify_after_failures": 0}},
    {"url": "http://127.0.0.1/", "config": {"treshold": 0.5}},
]


async def test_wrong_input_is_refused_with_words(ada: Member) -> None:
    for body in WRONG:
        refused = await ada.post(SOURCES, body, expect=422)
        assert refused["code"] in {"invalid_input", "invalid_url", "unknown_host"}, body
        assert refused["message"]


async def test_a_setting_is_known_by_its_former_name(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP, first_check=False, config={"tell_after_errors": 5})
    config = (await ada.read(source))["config"]
    assert (config["notify_after_failures"], "tell_after_errors" in config) == (5, False)
    await house.owner.execute("update public.monitored_sources set config = $1", '{"tell_after_errors": 7}')
    migration = next(find_migrations_folder().glob("*_watch_notify_after_failures.sql"))
    await house.owner.execute(migration.read_text())
    assert (await ada.read(source))["config"] == {"notify_after_failures": 7}


async def test_a_redirect_to_a_private_address_is_an_error_of_the_check(house: House, ada: Member) -> None:
    for path in ("private", "metadata", "file", "ipv6-mapped"):
        source = await ada.watch(f"/redirector/{path}", first_check=False)
        check = await ada.check(source)
        assert (check["outcome"], check["reason"].split(":")[0]) == ("error", "blocked"), (path, check)
        assert (await ada.read(source))["last_error_kind"] == "blocked"
    assert await house.count("public.scraped_contents") == 0


async def test_robots_are_obeyed(house: House, ada: Member) -> None:
    forbidden = await ada.watch("/forbidding/private/page", first_check=False)
    assert (await ada.check(forbidden))["reason"] == "blocked: robots"
    assert house.world.web.list_requests("/forbidding/private/page") == []
    assert (await ada.check(await ada.watch("/forbidding/open/page", first_check=False)))["outcome"] == "first"
    unreachable = await ada.watch("/robots-failing/page", first_check=False)
    assert (await ada.check(unreachable))["outcome"] == "error"
    assert house.world.web.list_requests("/robots-failing/page") == []


async def test_changes_of_a_source(house: House, ada: Member) -> None:
    source = await ada.watch(check_interval=3600)
    path = f"{SOURCES}/{source}"
    changed = await ada.patch(path, {"name": "Prices", "check_interval": 86_400})
    assert (changed["name"], changed["check_interval"]) == ("Prices", 86_400)
    assert changed["next_check_at"] > (await ada.read(source))["last_checked_at"]
    paused = await ada.patch(path, {"status": "paused"})
    assert paused["status"] == "paused"
    await house.let_come_due(source)
    await house.promote()
    assert await house.work() == []
    woken = await ada.patch(path, {"status": "active"})
    assert woken["status"] == "active"
    await house.promote()
    assert [run.kind for run, _ in await house.work()] == ["watch.check"]
    await ada.patch(path, {"url": "http://127.0.0.1/other"}, expect=422)
    await ada.patch(path, {"status": "deleted"}, expect=422)
    await ada.patch(f"{SOURCES}/{uuid4()}", {"name": "x"}, expect=404)


async def test_lists_are_paged_and_narrowed(house: House, ada: Member) -> None:
    made = [await ada.watch(page, first_check=False, name=page) for page in (PRICING, STATUS, LAMP)]
    assert [one["id"] for one in await ada.get(SOURCES)] == made[::-1]
    assert [one["id"] for one in await ada.get(SOURCES, limit=1, before=made[2])] == [made[1]]
    assert [one["id"] for one in await ada.get(SOURCES, search="LAMP")] == [made[2]]
    assert await ada.get(SOURCES, search="%") == []
    await ada.patch(f"{SOURCES}/{made[0]}", {"status": "paused"})
    assert [one["id"] for one in await ada.get(SOURCES, status="paused")] == [made[0]]
    await ada.get(SOURCES, limit=201, expect=422)
    await ada.get(SOURCES, search="\x00", expect=422)


async def test_two_workspaces_know_nothing_of_each_other(house: House, ada: Member) -> None:
    eve = await house.add_member(email="eve@example.com")
    source = await ada.watch()
    house.world.web.change(PRICING, "price")
    await ada.check(source)
    (alert,) = await ada.alerts()
    version = (await ada.get(f"{SOURCES}/{source}/versions"))[0]["id"]
    assert await eve.get(SOURCES) == []
    assert await eve.alerts() == []
    for path in ("", "/history", "/versions", f"/versions/{version}", f"/versions/{version}/diff/{version}"):
        await eve.get(f"{SOURCES}/{source}{path}", expect=404)
    await eve.get(f"{ALERTS}/{alert['id']}", expect=404)
    await eve.post(f"{ALERTS}/{alert['id']}/acknowledge", expect=404)
    await eve.patch(f"{SOURCES}/{source}", {"name": "mine"}, expect=404)
    await eve.delete(f"{SOURCES}/{source}", expect=404)
    await eve.post(f"{SOURCES}/{source}/check", expect=404)
    await eve.post(SOURCES, {"url": ada.page_url(LAMP)}, expect=404, workspace_id=str(ada.person.workspace_id))
    await eve.get(SOURCES, expect=404, workspace_id=str(ada.person.workspace_id))
    # The same page in the other workspace is a source of its own, with a history of its own.
    own = await eve.watch()
    assert await eve.alerts() == []
    assert own != source


async def test_a_viewer_reads_and_an_editor_writes(house: House, ada: Member) -> None:
    workspace = await make_workspace(house.owner, owned_by=ada.person)
    members = {}
    for role in ("viewer", "editor"):
        person = await make_user(house.owner)
        await add_member(house.owner, workspace_id=workspace, person=person, role=role)
        members[role] = Member(house, person, make_token(person, secret=house.secret))
    viewer, editor = members["viewer"], members["editor"]
    here: dict[str, Any] = {"workspace_id": str(workspace)}
    source = (await editor.post(SOURCES, {"url": ada.page_url(PRICING)}, expect=201, **here))["id"]
    await house.work()
    assert [one["id"] for one in await viewer.get(SOURCES, **here)] == [source]
    assert len(await viewer.get(f"{SOURCES}/{source}/history")) <= 1
    await viewer.post(SOURCES, {"url": ada.page_url(LAMP)}, expect=403, **here)
    await viewer.patch(f"{SOURCES}/{source}", {"name": "x"}, expect=404)
    await viewer.delete(f"{SOURCES}/{source}", expect=404)
    refused = await viewer.post(f"{SOURCES}/{source}/check", expect=403)
    assert refused["code"] == "forbidden"
    assert (await editor.check(source))["outcome"] in {"first", "unchanged"}


async def test_an_api_key_reaches_as_far_as_its_scope(house: House, ada: Member) -> None:
    source = await ada.watch(first_check=False)
    keys = {
        scope: Member(
            house,
            ada.person,
            await make_api_key(house.owner, workspace_id=ada.person.workspace_id, person=ada.person, scopes=(scope,)),
        )
        for scope in ("read", "write")
    }
    assert [one["id"] for one in await keys["read"].get(SOURCES)] == [source]
    await keys["read"].post(SOURCES, {"url": ada.page_url(LAMP)}, expect=403)
    added = await keys["write"].post(SOURCES, {"url": ada.page_url(LAMP)}, expect=201)
    assert (await keys["write"].check(added["id"]))["outcome"] == "first"
    await keys["write"].get(SOURCES, workspace_id=str(uuid4()), expect=403)
    stranger = Member(house, ada.person, "hw_" + "0" * 32)
    await stranger.get(SOURCES, expect=401)
