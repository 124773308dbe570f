"""The far side of each bound: what is longer than it is cut, left out or refused."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.kit.notify.world import PUBLIC_URL, World, make_event

from headwater.core.clock import MovableClock
from headwater.core.errors import InvalidInput
from headwater.kit.notify import Part
from headwater.kit.notify.bounding import bound_event
from headwater.kit.notify.mail.message import _SUBJECT_LENGTH, clean_subject
from headwater.kit.notify.mail.smtp import _RESPONSE_LENGTH, _shorten
from headwater.kit.signed_links import _LONGEST_TOKEN, LinkClaims, LinkSigner


@pytest.mark.parametrize("length", [179, 180, 181, 1_000])
def test_subject(length: int) -> None:
    subject = clean_subject("x" * length)
    assert _SUBJECT_LENGTH == 180
    assert subject == ("x" * length if length <= 180 else "x" * 179 + "…")


@pytest.mark.parametrize("length", [499, 500, 501])
def test_answer_of_a_mail_server(length: int) -> None:
    assert len(_shorten("x" * length)) == min(length, _RESPONSE_LENGTH) == min(length, 500)


@pytest.mark.parametrize(("length", "is_read"), [(1_000, True), (1_600, False)])
def test_token_of_a_link(clock: MovableClock, length: int, is_read: bool) -> None:
    signer = LinkSigner(b"a secret of the tests", public_url=PUBLIC_URL)
    claims = LinkClaims(uuid4(), uuid4(), "x" * length + "@example.com")
    token = signer.make_link("unsubscribe", claims, at=clock.now()).partition("token=")[2]
    assert (len(token) <= _LONGEST_TOKEN) is is_read
    assert _LONGEST_TOKEN == 2_000
    if is_read:
        assert signer.read_token("unsubscribe", token, at=clock.now()) == claims
    else:
        with pytest.raises(InvalidInput):
            signer.read_token("unsubscribe", token, at=clock.now())


@pytest.mark.parametrize("more", [0, 1])
def test_texts_of_an_event(clock: MovableClock, more: int) -> None:
    event = make_event(
        clock.now(),
        title="x" * (300 + more),
        summary="x" * (2_000 + more),
        url="https://example.com/" + "x" * (3_980 + more),
        parts=tuple(Part("x" * (4_000 + more), "added", "x" * (300 + more)) for _ in range(100 + more)),
    )
    cut = bound_event(event)
    assert cut.url is not None
    assert (len(cut.title), len(cut.summary), len(cut.url), len(cut.parts)) == (300, 2_000, 4_000, 100)
    assert {(len(part.text), len(part.label)) for part in cut.parts} == {(4_000, 300)}
    assert all(
        (text or "").endswith("…") == bool(more) for text in (cut.title, cut.summary, cut.url, cut.parts[0].text)
    )


async def test_answer_of_a_receiver_is_kept_in_part(world: World) -> None:
    world.mail.reject(world.address)
    await world.tell()
    await world.work()
    (attempt,) = await world.attempts()
    assert len(attempt["response"]) <= 1_000
    assert len((await world.delivery(channel="email"))["reason"]) <= 500
