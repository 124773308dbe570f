"""Bodies that break crawlers: each a classified error of its own check, within a bounded memory."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import LAMP, SOURCES, House, Member
from tests.products.watch.faults import work_apart

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
MOST_BYTES = 400 * 1024 * 1024


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
        assert worker.read_peak_memory() < MOST_BYTES
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
