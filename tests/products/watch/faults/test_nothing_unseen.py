"""Nothing stops unseen: text that can't be kept is cleaned at the door, and a check that breaks leaves its line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send
from tests.fixtures.gateway import serve_on_loopback
from tests.products.watch.factories import LAMP, PRICING, QUERIES, SOURCES, House, Member

from headwater.core.telemetry import REGISTRY

_TEXT = b"Opening hours are from nine to five on every day of the week, and the shop is closed in August. " * 20
_ENTRY = (
    "<item><title>News {0}: the harbour is open again \x00 for ships of every size</title><guid>g{0}&#0;</guid></item>"
)


@dataclass
class Shelf:
    """A page whose bytes the test sets."""

    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    """A page on loopback."""
    page = Shelf()
    async with serve_on_loopback(page) as url:
        page.url = f"{url}/page"
        yield page


def _feed(entries: int) -> bytes:
    items = "".join(_ENTRY.format(number) for number in range(entries))
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>News &#xD800; of the harbour&#0;</title>'
    # A NUL near the beginning makes it a file that is no text.
    about = f"<link>https://harbor.example/</link><description>{_TEXT.decode()}</description>"
    return f"{head}{about}{items}</channel></rss>".encode()


CASES: dict[str, tuple[str, bytes]] = {
    "nul in JSON": ("application/json", rb'{"name": "Lamp\u0000shade", "price": 20}'),
    "half a pair in JSON": ("application/json", rb'{"title": "Owl \ud83d cut", "price": 20}'),
    "in the names of JSON": ("application/json", rb'{"pri\u0000ce\udc00": 20, "name": "Lamp"}'),
    "nul in plain text": ("text/plain", _TEXT + b"\x00\n\nThe price is 20 euros.\n"),
    "entities in HTML": (
        "text/html",
        b"<title>a&#0;b&#xD800;</title><h1>Lamp</h1><p>" + _TEXT + b"\x00</p><p>The price&#xDC00; is 20 euros.</p>",
    ),
    "a feed": ("application/rss+xml", _feed(2)),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_postgres_cannot_keep_stops_no_source(ada: Member, shelf: Shelf, case: str) -> None:
    media, before = CASES[case]
    after = _feed(3) if case == "a feed" else before.replace(b"20", b"25")
    shelf.headers, shelf.body = {"content-type": media, "etag": '"1"'}, before
    source = await ada.watch(shelf.url)
    shelf.headers["etag"], shelf.body = '"2"', after
    check = await ada.check(source)
    assert check["outcome"] == "changed", check
    assert len(await ada.alerts()) == 1
    for version in await ada.get(f"{SOURCES}/{source}/versions"):
        kept = await ada.get(f"{SOURCES}/{source}/versions/{version['id']}")
        assert "\x00" not in kept["title"] + kept["content"]


async def test_free_json_is_cleaned_or_refused_with_a_reason(house: House, ada: Member) -> None:
    query = await ada.post(QUERIES, {"raw_query": "prices", "config_hints_json": {"\x00a": "b\x00c"}}, expect=201)
    assert query["config_hints_json"] == {"a": "bc"}
    for body in (b'{"a": "\\ud83d"}', b'{"\\ud83d": {"b": ["\\udc00"]}}'):
        answer = await ada.send(
            "POST",
            QUERIES,
            content=b'{"raw_query": "prices", "config_hints_json": ' + body + b"}",
            headers={"content-type": "application/json"},
        )
        assert answer.status_code == 201, answer.text
    for depth in (33, 255, 300, 900):
        deep = "[" * depth + "]" * depth
        sent = f'{{"raw_query": "prices", "config_hints_json": {{"a": {deep}}}}}'
        for method, path in (("POST", QUERIES), ("PATCH", f"{QUERIES}/{query['id']}")):
            given = sent if method == "POST" else f'{{"config_hints_json": {{"a": {deep}}}}}'
            answer = await ada.send(method, path, content=given, headers={"content-type": "application/json"})
            assert answer.status_code == 422, answer.text
            assert "nested deeper than 32 levels" in answer.text
    assert len(await ada.get(QUERIES)) == 3
    answer = await ada.send(
        "PATCH", f"{QUERIES}/{query['id']}", content=b'{"\\ud83d": 1}', headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422, "a refusal that quotes what was sent is an answer too"


async def test_a_fault_of_ours_is_a_line_of_history_and_the_others_go_on(house: House, ada: Member) -> None:
    """Postgres refuses the alert of one source: to the check that is a fault of ours, whatever the cause."""
    broken, fine = await ada.watch(LAMP), await ada.watch(PRICING)
    await house.owner.execute(
        "alter table public.change_alerts add constraint of_this_test"
        f" check (monitored_source_id <> '{broken}' or score > 1) not valid"
    )
    for page in (LAMP, PRICING):
        house.world.web.change(page, "state" if page == LAMP else "price")
    counted = _count_breakdowns()
    await house.let_come_due()
    await house.promote()
    outcomes = [outcome.label for run, outcome in await house.work() if run.kind == "watch.check"]
    assert outcomes == ["succeeded"]
    assert [one["monitored_source_id"] for one in await ada.alerts()] == [fine]
    (line, _) = await ada.get(f"{SOURCES}/{broken}/history")
    assert (line["outcome"], line["reason"]) == ("error", "internal")
    found = await ada.read(broken)
    assert (found["last_error_kind"], found["error_count"], found["status"]) == ("internal", 1, "active")
    assert "on our side" in found["last_error"]
    assert "constraint" not in found["last_error"]
    assert _count_breakdowns() == counted + 1
    # Mended, the next check tells what was missed.
    await house.owner.execute("alter table public.change_alerts drop constraint of_this_test")
    await house.let_come_due(broken)
    await house.promote()
    await house.work()
    assert {one["monitored_source_id"] for one in await ada.alerts()} == {fine, broken}
    assert (await ada.read(broken))["error_count"] == 0


async def test_faults_of_ours_pause_no_source_and_are_told_once(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP, config={"notify_after_failures": 3})
    await house.owner.execute(
        "alter table public.change_alerts add constraint of_this_test check (score > 1) not valid"
    )
    house.world.web.change(LAMP, "state")
    for _ in range(12):
        await house.let_come_due()
        await house.promote()
        await house.work()
    found = await ada.read(source)
    assert (found["status"], found["error_count"], found["last_error_kind"]) == ("active", 9, "internal")
    assert [one["outcome"] for one in await ada.get(f"{SOURCES}/{source}/history")] == ["error"] * 12 + ["first"]
    (notified,) = house.world.mail.list_messages()
    assert "can't be checked" in notified.subject


async def test_passing_trouble_is_tried_again_and_recorded_where_nobody_does(house: House, ada: Member) -> None:
    """A deadlock is nobody's fault: the job runs again, and only its last run writes the check off."""
    source = await ada.watch(LAMP)
    await house.owner.execute(
        "create function public.deadlock() returns trigger language plpgsql as"
        " $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$;"
        "create trigger deadlock before insert on public.change_alerts for each row"
        " execute function public.deadlock()"
    )
    house.world.web.change(LAMP, "state")
    asked = await ada.post(f"{SOURCES}/{source}/check", expect=202)
    labels = []
    for _ in range(5):
        labels += [outcome.label for run, outcome in await house.work() if run.kind == "watch.check_now"]
        await house.owner.execute(
            "update procrastinate.procrastinate_jobs set scheduled_at = null where status = 'todo'"
        )
    assert labels == ["retried"] * 4 + ["succeeded"]
    line = await ada.find_check(source, asked["check_id"])
    assert (line["outcome"], line["reason"]) == ("error", "internal")


def _count_breakdowns() -> float:
    return REGISTRY.get_sample_value("headwater_watch_breakdowns_total", {"reason": "handling"}) or 0.0
