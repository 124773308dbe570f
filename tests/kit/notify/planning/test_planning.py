from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from headwater.kit.notify.events import Event
from headwater.kit.notify.planning.planning import Endpoint, Recipient, plan_deliveries

NOW = datetime(2026, 3, 2, 23, 15, tzinfo=UTC)
SEVERITIES = st.sampled_from(["low", "medium", "high"])


def make_event(**values: object) -> Event:
    given: dict[str, object] = {"kind": "watch.alert", "id": UUID(int=1), "title": "t", "occurred_at": NOW}
    return Event(**{**given, **values})  # type: ignore[arg-type]  # the names are the event's


def make_recipient(**values: object) -> Recipient:
    given: dict[str, object] = {"user_id": uuid4(), "address": "a@example.com", "verified": True}
    return Recipient(**{**given, **values})  # type: ignore[arg-type]  # the names are the recipient's


RECIPIENTS = st.builds(
    Recipient,
    user_id=st.uuids(),
    address=st.sampled_from(["", "a@example.com"]),
    verified=st.booleans(),
    channels=st.frozensets(st.sampled_from(["email", "webhook", "in_app"])),
    mode=st.sampled_from(["immediate", "hourly", "daily"]),
    severity_floor=SEVERITIES,
    timezone=st.sampled_from(["UTC", "Europe/Berlin", "Gone/Away"]),
    quiet_start=st.just(time(22)) | st.none(),
    quiet_end=st.just(time(7)),
    unsubscribed_at=st.none() | st.just(NOW),
)


@given(st.lists(RECIPIENTS, max_size=6, unique_by=lambda one: one.user_id), SEVERITIES)
def test_every_plan_keeps_the_rules(recipients: list[Recipient], severity: str) -> None:
    ranks = {"low": 1, "medium": 2, "high": 3}
    by_user = {one.user_id: one for one in recipients}
    event = make_event(severity=severity)
    planned = plan_deliveries(event, recipients=recipients, endpoints=[], at=NOW)
    assert len({one.key_for(event) for one in planned}) == len(planned)
    for one in planned:
        assert one.user_id is not None
        recipient = by_user[one.user_id]
        assert one.channel in recipient.channels
        assert ranks[severity] >= ranks[recipient.severity_floor]
        assert one.due_at >= NOW
        if one.channel == "email":
            allowed = recipient.verified and bool(recipient.address) and recipient.unsubscribed_at is None
            assert (one.status == "pending") == allowed
            assert (one.reason is None) == allowed
        else:
            assert (one.status, one.due_at) == ("sent", NOW)
    wanting = [one for one in recipients if "email" in one.channels and ranks[severity] >= ranks[one.severity_floor]]
    assert len([one for one in planned if one.channel == "email"]) == len(wanting)


def test_a_digest_that_ends_in_quiet_hours_waits_for_their_end() -> None:
    recipient = make_recipient(mode="hourly", quiet_start=time(22), quiet_end=time(7))
    planned = plan_deliveries(make_event(), recipients=[recipient], endpoints=[], at=NOW)
    assert [one.due_at for one in planned if one.channel == "email"] == [datetime(2026, 3, 3, 7, tzinfo=UTC)]


def test_an_unknown_time_zone_counts_as_utc() -> None:
    recipient = make_recipient(mode="daily", timezone="Gone/Away")
    planned = plan_deliveries(make_event(), recipients=[recipient], endpoints=[], at=NOW)
    due = next(one.due_at for one in planned if one.channel == "email")
    assert due == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert due - NOW < timedelta(days=1)


def test_endpoints_choose_by_kind() -> None:
    def wants(*kinds: str) -> bool:
        return Endpoint(uuid4(), "https://example.com", None, "low", frozenset(kinds)).wants(make_event())

    assert wants()
    assert wants("watch.alert")
    assert wants("watch.*", "other.kind")
    assert not wants("watch.other")
    assert not wants("watc.*")
