"""Bodies that break crawlers: each a classified error of its own check, within a bounded memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import LAMP, SOURCES, House, Member
from tests.products.watch.faults.faults import work_apart

from headwater.kit.demo.loopback import serve_http

#: What each trap may come to: the error kinds that say it rightly, or what was made of it.
TRAPS = {
    "large": {"too_large"},
    "large_unannounced": {"too_large"},
    "endless": {"too_large", "timeout"},
    "bomb": {"too_large"},
    "many_nodes": {"too_large"},
    "deep": {"too_large", "unusable", "first"},
    "broken_gzip": {"not_text", "network"},
    "unknown_encoding": {"not_text", "network"},
    "disguised_binary": {"not_text"},
    "image": {"not_text"},
    "truncated": {"network"},
    "reset": {"network"},
    "wrong_charset": {"first"},
    "drip": {"timeout"},
}
LOOPS = ("/redirector/loop", "/redirector/ping", "/redirector/nowhere")
MAX_BYTES = 400 * 1024 * 1024


async def test_hostile_pages_are_errors_of_their_own_and_hold_no_memory(
    house: House, ada: Member, tmp_path: Path
) -> None:
    pages = [*(f"/hazards/{trap.replace('_', '-')}" for trap in TRAPS), *LOOPS]
    sources = {page: await ada.watch(page, first_check=False) for page in pages}
    house.world.web.set_mode("/hazards/drip", "drip", seconds=1.0)
    good = await ada.watch(LAMP, first_check=False)
    async with work_apart(house, tmp_path) as worker:

        async def all_checked() -> bool:
            return await house.count("public.source_checks") > len(pages)

        await wait_until(all_checked, what="every page to be checked", seconds=100)
        assert worker.read_peak_memory() < MAX_BYTES
        assert worker.process.returncode is None
    outcomes = {}
    for page, source in sources.items():
        (check, *_) = await ada.get(f"{SOURCES}/{source}/history")
        found = await ada.read(source)
        outcomes[page] = found["last_error_kind"] or check["outcome"]
    expected = {f"/hazards/{trap.replace('_', '-')}": kinds for trap, kinds in TRAPS.items()}
    expected |= {page: {"network"} for page in LOOPS}
    wrong = {page: outcome for page, outcome in outcomes.items() if outcome not in expected[page]}
    assert not wrong
    assert [one["outcome"] for one in await ada.get(f"{SOURCES}/{good}/history")] == ["first"]
    assert await ada.alerts() == []


@asynccontextmanager
async def serve_body(body: bytes, *, kind: str) -> AsyncIterator[str]:
    """Serve one body on every path of a host of its own; gives the host's address."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Type": kind})

    application = web.Application()
    application.router.add_get("/page", answer)
    async with serve_http(application) as (listener,):
        yield f"http://127.0.0.1:{listener.port}/page"


@pytest.mark.parametrize("reference", ["&#x110000;", "&#xD800;", "&#99999999999999999999;"])
async def test_a_page_that_breaks_a_parser_fails_alone(house: House, ada: Member, reference: str) -> None:
    entry = f"<entry><id>1</id><title>{reference}</title><summary type='html'>&lt;p>{reference}</summary></entry>"
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}{reference}\xed\xa0<svg></feed>"
    async with serve_body(feed.encode("latin-1"), kind="application/atom+xml; charset=x-foo") as url:
        broken = await ada.watch(url, first_check=False)
        good = await ada.watch(LAMP, first_check=False)
        await house.promote()
        await house.work()
    (check,) = await ada.get(f"{SOURCES}/{broken}/history")
    assert check["outcome"] in {"error", "first"}
    assert [one["outcome"] for one in await ada.get(f"{SOURCES}/{good}/history")] == ["first"]


async def test_a_source_that_cannot_be_recorded_holds_up_no_other(house: House, ada: Member) -> None:
    broken = await ada.watch("/acme/docs", first_check=False)
    good = await ada.watch(LAMP, first_check=False)
    await house.owner.execute(
        f"alter table public.source_checks add constraint broken check (monitored_source_id <> '{UUID(broken)}')"
    )
    await house.promote()
    await house.work(may_fail=True)
    assert [one["outcome"] for one in await ada.get(f"{SOURCES}/{good}/history")] == ["first"]
    assert await ada.get(f"{SOURCES}/{broken}/history") == []
