"""What watch tells people of: each kind has its mail, with its own words."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from headwater.kit.notify import EventKind, EventKinds
from headwater.kit.notify.events import Part
from headwater.kit.notify.mail.rendering import Footer, render_event
from headwater.products.watch.kinds import FAILING, event_kinds
from headwater.products.watch.product import product

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOLDERS = EventKinds.collect([product]).mail_folders


@pytest.mark.parametrize("kind", event_kinds, ids=lambda kind: kind.name)
def test_every_kind_has_a_mail_that_says_what_happened_and_leads_to_its_page(kind: EventKind) -> None:
    subject, occurrence = uuid4(), uuid4() if kind.once_per == "occurrence" else None
    event = kind.describe(
        subject,
        occurrence_id=occurrence,
        title="Acme changed its prices",
        summary="Pro went from $20 to $24.",
        parts=(Part("Pro: $24", "added", "after"),),
        url="https://acme.test/pricing",
        occurred_at=AT,
    )
    rendered = render_event(
        event,
        zone=ZoneInfo("UTC"),
        footer=Footer(),
        page_link=lambda path: f"https://headwater.test{path}",
        templates=FOLDERS[kind.key],
    )
    assert rendered.subject == "Acme changed its prices"
    for said in (rendered.text, rendered.html):
        assert "Pro went from $20 to $24." in said
        assert f"https://headwater.test{event.page}" in said
        assert str(subject) in said
        assert "https://acme.test/pricing" in said
        assert ("Pro: $24" in said) == (kind.name == "alert")
        assert ("history shows" in said) == (kind is FAILING)
