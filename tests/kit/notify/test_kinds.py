"""Kinds of events: declared by modules with their defaults, and with the mail that a module brings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from tests.kit.notify.api import open_api, open_nobody
from tests.kit.notify.world import World

from headwater.core.settings import Settings, SettingsError, load_settings
from headwater.kit.module import Module
from headwater.kit.notify.events import Part
from headwater.kit.notify.kinds import EventKind, EventKinds
from headwater.kit.notify.mail.rendering import Footer, render_event
from headwater.kit.notify.planning.planning import Recipient, plan_deliveries
from headwater.services import open_resources

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
READY = EventKind(key="datasets.ready", title="A data set that is ready", severity="low", page="/datasets/{id}")
BROKEN = EventKind(key="datasets.broken", title="A run that failed", once_per="occurrence", page="/datasets/{id}")
FOOTER = Footer("https://headwater.test/settings/notifications", "https://headwater.test/unsubscribe?token=a.b")


def write_mail(folder: Path, *, subject: str = "subject", body: str = "text", html: str = "<p>html</p>") -> Path:
    """Write the three files of a mail."""
    folder.mkdir(parents=True)
    for name, text in (("subject.txt", subject), ("body.txt", body), ("body.html", html)):
        (folder / name).write_text(text, "utf-8")
    return folder


def test_an_event_has_what_its_kind_says() -> None:
    subject = uuid4()
    event = READY.describe(subject, title="Rivers", occurred_at=AT)
    assert (event.kind, event.id, event.severity) == ("datasets.ready", subject, "low")
    assert event.page == f"/datasets/{subject}"
    assert READY.describe(subject, title="Rivers", occurred_at=AT, severity="high").severity == "high"


def test_a_kind_once_per_occurrence_has_an_id_for_each() -> None:
    subject, first, second = uuid4(), uuid4(), uuid4()

    def describe(occurrence: UUID | None) -> UUID:
        return BROKEN.describe(subject, title="Rivers", occurred_at=AT, occurrence_id=occurrence).id

    assert describe(first) == describe(first)
    assert len({describe(first), describe(second), subject}) == 3
    with pytest.raises(ValueError, match="once per occurrence"):
        describe(None)
    with pytest.raises(ValueError, match="once per subject"):
        READY.describe(subject, title="Rivers", occurred_at=AT, occurrence_id=first)


def test_who_never_chose_is_notified_as_the_kind_says() -> None:
    quiet = EventKind(key="datasets.grown", title="Rows that came", channels=frozenset({"in_app"}))
    event = quiet.describe(uuid4(), title="Rivers", occurred_at=AT)

    def channels(recipient: Recipient) -> set[str]:
        return {one.channel for one in plan_deliveries(event, recipients=[recipient], endpoints=[], at=AT)}

    never_chose = Recipient(uuid4(), "a@example.com", verified=True)
    chose = Recipient(uuid4(), "a@example.com", verified=True, has_chosen=True)
    assert channels(never_chose) == {"in_app"}
    assert channels(chose) == {"in_app", "email"}


async def test_preferences_stand_above_what_the_kind_says(world: World) -> None:
    quiet = EventKind(key="datasets.grown", title="Rows that came", channels=frozenset({"in_app"}))
    await world.tell(quiet.describe(uuid4(), title="Rivers", occurred_at=world.clock.now()))
    assert [one["channel"] for one in await world.deliveries()] == ["in_app"]
    await world.prefer(channels=["email"])
    await world.tell(quiet.describe(uuid4(), title="Lakes", occurred_at=world.clock.now()))
    assert [one["channel"] for one in await world.deliveries()] == ["in_app", "email"]


async def test_a_kind_with_a_mail_of_its_own_has_it_and_others_have_the_usual_one(world: World, tmp_path: Path) -> None:
    write_mail(
        tmp_path / "ready",
        subject="Ready: {{ event.title }}\n",
        body="{{ event.data.rows }} rows of {{ event.title }}.",
        html="<p>{{ event.data.rows }} rows of <b>{{ event.title }}</b>.</p>",
    )
    module = Module(name="datasets", event_kinds=(READY, BROKEN), mail_templates=tmp_path)
    world.provide(kinds=EventKinds.collect([module]))
    await world.tell(READY.describe(uuid4(), title="Rivers", occurred_at=world.clock.now(), data={"rows": 7}))
    await world.work()
    await world.tell(
        BROKEN.describe(uuid4(), title="Lakes", summary="No water.", occurrence_id=uuid4(), occurred_at=AT)
    )
    await world.work()
    own, usual = world.mail.list_messages()
    assert own.subject == "Ready: Rivers"
    assert own.text.startswith("7 rows of Rivers.\n")
    assert "Unsubscribe" in own.text
    assert "<p>7 rows of <b>Rivers</b>.</p>" in own.html
    assert usual.subject == "Lakes"
    assert usual.text.startswith("Lakes\n\nNo water.")


async def test_the_kinds_of_the_installed_products_are_listed(world: World) -> None:
    world.provide(kinds=EventKinds.collect([Module(name="datasets", event_kinds=(READY, BROKEN))]))
    async with open_api(world) as api:
        answer = await api.get("/api/v1/notifications/event-kinds")
    assert answer.json() == [
        {"kind": "datasets.ready", "title": "A data set that is ready", "severity": "low"},
        {"kind": "datasets.broken", "title": "A run that failed", "severity": "medium"},
    ]
    async with open_nobody(world) as api:
        assert (await api.get("/api/v1/notifications/event-kinds")).status_code == 401


def test_a_mail_of_a_kind_takes_what_others_wrote_as_text(tmp_path: Path) -> None:
    folder = write_mail(
        tmp_path / "ready",
        subject="{{ event.data.name }}",
        body="{{ event.data.name }}",
        html="<p>{{ event.data.name }}{% for part in event.parts %}{{ part.text | lines }}{% endfor %}</p>",
    )
    event = READY.describe(
        uuid4(), title="t", occurred_at=AT, data={"name": "<script>x</script>\u202e\r\nBcc: a"}, parts=(Part("<i>"),)
    )
    rendered = render_event(event, zone=ZoneInfo("UTC"), footer=FOOTER, templates=folder)
    assert rendered.subject == "<script>x</script> Bcc: a"
    assert "\u202e" not in rendered.text + rendered.html
    assert "<script>x" not in rendered.html
    assert "&lt;script&gt;" in rendered.html
    assert "<i>" not in rendered.html
    assert str(FOOTER.unsubscribe_url) in rendered.text
    assert "Low · 1 March 2026, 12:00 UTC" in rendered.text


@pytest.mark.parametrize("key", ["ready", "Datasets.ready", "datasets.", "datasets.ready.now", "datasets.*"])
def test_a_key_that_endpoints_could_not_choose_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="reads <module>"):
        EventKind(key=key, title="t")


def test_kinds_of_others_doubles_and_unknown_or_half_mails_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another module's"):
        EventKinds.collect([Module(name="replies", event_kinds=(READY,))])
    with pytest.raises(ValueError, match="declared twice"):
        EventKinds.collect([Module(name="datasets", event_kinds=(READY, READY))])
    write_mail(tmp_path / "unknown" / "redy")
    with pytest.raises(ValueError, match="redy is a mail of an unknown kind"):
        EventKinds.collect([Module(name="datasets", event_kinds=(READY,), mail_templates=tmp_path / "unknown")])
    (write_mail(tmp_path / "half" / "ready") / "body.html").unlink()
    with pytest.raises(ValueError, match=r"lacks body\.html"):
        EventKinds.collect([Module(name="datasets", event_kinds=(READY,), mail_templates=tmp_path / "half")])


async def test_the_start_refuses_a_mail_of_an_unknown_kind(tmp_path: Path) -> None:
    write_mail(tmp_path / "redy")
    modules = [Module(name="datasets", event_kinds=(READY,), mail_templates=tmp_path)]
    with pytest.raises(ValueError, match="unknown kind of event"):
        async with open_resources(load_settings(), modules=modules):
            raise AssertionError("it started")


async def test_mail_is_printed_where_the_settings_say_so(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    from headwater.kit.notify.delivery.tools import find_mail_sender

    settings = Settings(mail_to_console=True)
    assert find_mail_sender(Settings(), fetcher=world.tools.fetcher) is None
    world.provide(mail_sender=find_mail_sender(settings, fetcher=world.tools.fetcher))
    await world.tell(title="Rivers\r\nBcc: everybody@example.com")
    await world.work()
    said = capsys.readouterr().out
    assert f"To: {world.address}\nSubject: Rivers Bcc: everybody@example.com\n" in said
    assert "Unsubscribe: https://" in said
    assert [one["status"] for one in await world.deliveries(channel="email")] == ["sent"]


def test_production_prints_no_mail() -> None:
    with pytest.raises((SettingsError, ValueError), match="MAIL_TO_CONSOLE"):
        Settings(environment="production", mail_to_console=True)
