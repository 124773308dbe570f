"""A change that lasts is told by the job: over 304s, over bytes that move elsewhere, from before an upgrade."""

from __future__ import annotations

import hashlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from starlette.types import Receive, Scope, Send
from tests.fixtures.gateway import serve_on_loopback
from tests.products.watch.factories import SOURCES, House, Member

from headwater.kit.retention import delete_old
from headwater.products.watch.compare.noise.learning import LOOKS, MOVES
from headwater.products.watch.retention import keeps


@dataclass
class Page:
    """A page on a real server that answers 304 to whoever names its ETag; with a clock, other bytes at each request."""

    url: str = ""
    text: str = ""
    has_clock: bool = False
    visits: list[tuple[int, bool]] = field(default_factory=list)

    def show(self, *paragraphs: str) -> None:
        """Put this on the page."""
        self.text = "<h1>House</h1>" + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"] != "/page":
            await self._send(send, 404, b"")
            return
        clock = f"<p class='c{len(self.visits)}'>Welcome.</p>" if self.has_clock else ""
        body = f"<html><body>{self.text}{clock}</body></html>".encode()
        asked = dict(scope["headers"]).get(b"if-none-match")
        status = 304 if asked == self._name(body) else 200
        self.visits.append((status, asked is not None))
        await self._send(send, status, body if status == 200 else b"", etag=self._name(body))

    @staticmethod
    def _name(body: bytes) -> bytes:
        return b'"' + hashlib.sha256(body).hexdigest().encode() + b'"'

    @staticmethod
    async def _send(send: Send, status: int, body: bytes, *, etag: bytes = b'"none"') -> None:
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"etag", etag)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page whose text the test chooses."""
    shown = Page()
    async with serve_on_loopback(shown) as url:
        shown.url = f"{url}/page"
        yield shown


async def watch_oracle(page: Page, ada: Member) -> str:
    """Watch a page whose oracle has been learnt to move: 4 was told last, and 5 is withheld."""
    page.show("The oracle says number 1 to whoever asks.", "Tea: free")
    source = await ada.watch(page.url)
    for number in range(2, MOVES + 3):
        page.show(f"The oracle says number {number} to whoever asks.", "Tea: free")
        line = await ada.check(source)
    assert (line["outcome"], line["reason"]) == ("noise", "learnt")
    return source


def numbers_of(alert: dict[str, object]) -> tuple[str, str]:
    """The one fact of an alert, before and after."""
    (fact,) = alert["details"]["facts"]  # type: ignore[index]
    return fact["before"], fact["after"]


async def test_price_that_moved_at_each_check_is_told_when_it_stands(page: Page, ada: Member) -> None:
    page.show("Basic plan: $19 a month")
    source = await ada.watch(page.url)
    for price in (22, 25, 29, 34):
        page.show(f"Basic plan: ${price} a month")
        assert (await ada.check(source))["outcome"] == "changed"
    assert [(await ada.check(source))["outcome"] for _ in range(8)] == ["unchanged"] * 8
    assert page.visits[-1] == (304, True)
    page.show("Basic plan: $99 a month")
    await ada.check(source)
    notified = [numbers_of(alert) for alert in await ada.alerts()]
    assert notified == [("$34", "$99"), ("$29", "$34"), ("$25", "$29"), ("$22", "$25"), ("$19", "$22")]


async def test_price_beside_other_bytes_that_move_is_told_once_and_stands(page: Page, ada: Member) -> None:
    page.has_clock = True
    page.show("Basic plan: $19 a month")
    source = await ada.watch(page.url)
    for price in (22, 25, 29, 34, 59):
        page.show(f"Basic plan: ${price} a month")
        assert (await ada.check(source))["outcome"] == "changed"
    outcomes = {(await ada.check(source))["outcome"] for _ in range(6)}
    assert outcomes == {"noise"}
    assert numbers_of((await ada.alerts())[0]) == ("$34", "$59")


@pytest.mark.parametrize("has_clock", [False, True])
async def test_withheld_text_is_told_when_it_stands(page: Page, ada: Member, has_clock: bool) -> None:
    page.has_clock = has_clock
    source = await watch_oracle(page, ada)
    outcomes = [(await ada.check(source))["outcome"] for _ in range(LOOKS - 1)]
    assert outcomes == ["noise"] * (LOOKS - 2) + ["changed"]
    assert page.visits[-1] == (200, False)
    alert = (await ada.alerts())[0]
    assert numbers_of(alert) == ("4", "5")
    assert [(await ada.check(source))["outcome"] for _ in range(2)] == ["noise" if has_clock else "unchanged"] * 2
    assert page.visits[-1] == ((200, True) if has_clock else (304, True))
    assert len(await ada.alerts()) == MOVES + 1


async def test_retention_keeps_what_a_standing_change_is_told_by(page: Page, ada: Member, house: House) -> None:
    source = await watch_oracle(page, ada)
    page.show("The oracle says number 6 to whoever asks.", "Tea: $2")
    assert (await ada.check(source))["outcome"] == "changed"
    for alert in await ada.alerts():
        await ada.post(f"/api/v1/alerts/{alert['id']}/acknowledge", {})
    for table, column in (("scraped_contents", "created_at"), ("source_checks", "at"), ("change_alerts", "created_at")):
        await house.owner.execute(f"update public.{table} set {column} = now() - interval '10 years'")  # two constants
    for keep in keeps:
        await delete_old(house.worker, keep)
    assert await house.count("public.source_checks") == 0
    assert await house.count("public.scraped_contents") == 2
    assert [(await ada.check(source))["outcome"] for _ in range(LOOKS)].count("changed") == 1
    (alert,) = await ada.alerts()
    assert numbers_of(alert) == ("4", "6")
    # The alert leads from the version that 4 was told with, not from the one that was stored for the tea.
    shown = await ada.get(f"/api/v1/alerts/{alert['id']}/diff")
    before = ["".join(one["text"] for one in row["spans"] if one["op"] != "added") for row in shown["rows"]]
    assert "The oracle says number 4 to whoever asks." in before


@pytest.mark.parametrize("state", ['{"slots": {}}', '{"slots": {"8be4aaaa": "111111"}}'])
async def test_change_that_an_earlier_release_swallowed_is_told(
    page: Page, ada: Member, house: House, state: str
) -> None:
    page.show("Basic plan: $29 a month")
    source = await ada.watch(page.url)
    page.show("Basic plan: $34 a month")
    body = f"<html><body>{page.text}</body></html>".encode()
    await house.owner.execute(
        "update public.monitored_sources set body_hash = $2, etag = $3, volatility = $4 where id = $1",
        UUID(source),
        hashlib.sha256(body).hexdigest(),
        f'"{hashlib.sha256(body).hexdigest()}"',
        state,
    )
    assert (await ada.check(source))["outcome"] == "changed"
    assert numbers_of((await ada.alerts())[0]) == ("$29", "$34")
    assert (await ada.check(source))["outcome"] == "unchanged"
    assert await house.count("public.monitored_sources", "volatility = '{}'") == 1


async def test_setting_a_threshold_swallows_nothing(page: Page, ada: Member) -> None:
    page.show("Basic plan: $29 a month")
    source = await ada.watch(page.url)
    page.show("Basic plan: $34 a month")
    await ada.patch(f"{SOURCES}/{source}", {"config": {"threshold": 0.5}, "kind": "website"})
    assert (await ada.check(source))["outcome"] == "changed"
    await ada.patch(f"{SOURCES}/{source}", {"config": {"ignore_patterns": ["month"]}})
    assert (await ada.check(source))["outcome"] == "first"


async def test_history_says_why_nothing_was_told(page: Page, ada: Member) -> None:
    page.show("Basic plan: $29 a month", "Guests may borrow a kayak and paddle along the shore.")
    source = await ada.watch(page.url)
    page.show("Basic plan: $29 a month", "A kayak may be borrowed by guests, to paddle along the shore.")
    line = await ada.check(source)
    assert line["outcome"] == "below_threshold"
    assert "is below 0.40" in line["reason"]
    page.show("Basic plan: $34 a month", "A kayak may be borrowed by guests, to paddle along the shore.")
    assert (await ada.check(source))["reason"] is None


async def test_what_was_told_last_is_what_stands_there_for_a_long_history(page: Page, ada: Member) -> None:
    chance = random.Random(7)
    prices, states = [19, 22, 25, 29, 34, 59], ["In stock", "Out of stock", "Available for pre-order"]
    page.has_clock = True
    notified = {"price": "", "state": ""}

    def move() -> None:
        page.show(
            f"Basic plan: ${chance.choice(prices)} a month",
            f"Lamp: {chance.choice(states)}",
            f"The oracle says number {chance.randint(100, 999)} to whoever asks.",
        )

    move()
    source = await ada.watch(page.url)
    for _ in range(12):
        move()
        await ada.check(source)
    page.has_clock = False
    for _ in range(LOOKS):
        await ada.check(source)
    for alert in reversed(await ada.alerts(limit=100)):
        for change in alert["details"]["reworded"]:
            text = "".join(span["text"] for span in change["spans"] if span["op"] != "removed")
            notified["price" if "$" in text else "state" if text.startswith("Lamp") else "oracle"] = text
    assert len(notified) == 3
    assert all(f"<p>{text}</p>" in page.text for text in notified.values()), (notified, page.text)
