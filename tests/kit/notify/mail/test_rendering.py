from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from headwater.kit.notify.events import Event, Part
from headwater.kit.notify.mail.rendering import (
    DIGEST_LENGTH,
    Footer,
    Rendered,
    render_digest,
    render_event,
    render_page,
    render_verification,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"
BERLIN = ZoneInfo("Europe/Berlin")
FOOTER = Footer("https://headwater.test/settings/notifications", "https://headwater.test/unsubscribe?token=a.b")
EVENT = Event(
    kind="watch.alert",
    id=UUID(int=1),
    title="Acme changed its prices",
    occurred_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    summary="Price changed from $20 to $24; 2 paragraphs added.",
    parts=(
        Part("Pro costs $20 a month.", "removed", "Pricing"),
        Part("Pro costs $24 a month.\nFive seats are included.", "added", "Pricing"),
        Part("As of March, all plans include support.", "quoted"),
    ),
    url="https://acme.test/pricing?a=1&b=2",
    severity="high",
)


def visible_text(html: str) -> str:
    body = LexborHTMLParser(html).body
    assert body is not None
    return " ".join(body.text(separator=" ").split())


@pytest.mark.parametrize(
    ("name", "rendered"),
    [
        ("event", render_event(EVENT, zone=BERLIN, footer=FOOTER)),
        ("digest", render_digest([EVENT, EVENT], title="Your digest", zone=BERLIN, footer=FOOTER)),
        ("verification", render_verification(address="ada@example.com", verify_url="https://headwater.test/v?token=a")),
    ],
)
def test_messages_read_as_they_did(name: str, rendered: Rendered) -> None:
    """The snapshots hold what is read: the text part, and the words of the HTML part."""
    shown = f"{rendered.subject}\n\n{rendered.text}\n=== html\n{visible_text(rendered.html)}\n"
    assert shown == (SNAPSHOTS / f"{name}.txt").read_text()


def test_the_html_loads_nothing_and_is_small() -> None:
    html = render_event(EVENT, zone=BERLIN, footer=FOOTER).html
    assert not re.findall(r"<(?:img|script|link|iframe)\b|@import|url\(", html)
    # Mail readers cut what is above 102 kB.
    assert len(html) < 20_000
    assert 'name="viewport"' in html
    assert "https://acme.test/pricing?a=1&amp;b=2" in html


HOSTILE = st.text(alphabet=st.sampled_from("<>&\"'{}%#/ax\n\r\x00\u202e=:script"), max_size=60)


@settings(deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_what_others_wrote_is_text_and_nothing_else(title: str, summary: str, text: str, label: str) -> None:
    honest = LexborHTMLParser(render_event(EVENT, zone=BERLIN, footer=FOOTER).html)
    hostile = Event(
        EVENT.kind,
        EVENT.id,
        title,
        EVENT.occurred_at,
        summary,
        tuple(Part(text, "added", label) for _ in range(3)),
        EVENT.url,
    )
    rendered = render_event(hostile, zone=BERLIN, footer=FOOTER)
    for document in (LexborHTMLParser(rendered.html), honest):
        for node in document.css("script, img, iframe, object, form, svg, [onclick], [onload], [onerror]"):
            raise AssertionError(node.html)
    links = {node.attributes["href"] for node in LexborHTMLParser(rendered.html).css("a")}
    assert links == {node.attributes["href"] for node in honest.css("a")}
    assert "\u202e" not in rendered.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", None])
def test_links_that_are_no_web_addresses_are_left_out(url: str | None) -> None:
    event = Event(EVENT.kind, EVENT.id, "t", EVENT.occurred_at, url=url)
    for rendered in (
        render_event(event, zone=BERLIN, footer=Footer()),
        render_digest([event], title="d", zone=BERLIN, footer=Footer()),
    ):
        assert not LexborHTMLParser(rendered.html).css("a")
        assert "script:" not in rendered.text


def test_messages_lead_to_the_dashboard_and_keep_the_address_of_the_page() -> None:
    event = replace(EVENT, page="/watch/alerts/1")
    page = "https://headwater.test/watch/alerts/1"

    def link(path: str) -> str:
        return f"https://headwater.test{path}"

    for rendered in (
        render_event(event, zone=BERLIN, footer=Footer(), page_link=link),
        render_digest([event], title="d", zone=BERLIN, footer=Footer(), page_link=link),
    ):
        links = [node.attributes["href"] for node in LexborHTMLParser(rendered.html).css("a")]
        assert links == [page, EVENT.url]
        assert rendered.text.index(page) < rendered.text.index(EVENT.url or "")
    for rendered in (
        render_event(event, zone=BERLIN, footer=Footer()),
        render_digest([event], title="d", zone=BERLIN, footer=Footer()),
    ):
        assert page not in rendered.text + rendered.html


def test_a_long_digest_says_what_it_leaves_out_and_begins_with_the_gravest() -> None:
    events = [
        Event("a.b", UUID(int=number), f"event {number}", EVENT.occurred_at, severity="high" if number == 99 else "low")
        for number in range(100)
    ]
    rendered = render_digest(events, title="Your digest", zone=BERLIN, footer=FOOTER)
    assert rendered.subject == "Your digest: 100 updates"
    assert "And 50 more." in rendered.text
    assert rendered.text.count("* event") == DIGEST_LENGTH
    assert rendered.text.index("* event 99") < rendered.text.index("* event 0")


def test_the_page_escapes_and_posts() -> None:
    page = render_page(title="T", text="<b>x</b>@example.com", button="Go")
    assert "&lt;b&gt;" in page
    assert '<form method="post">' in page
    assert "<form" not in render_page(title="T", text="x")
