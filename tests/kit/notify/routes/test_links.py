"""The links in e-mails: signed, and nothing happens by opening them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kit.notify.api import open_api, open_nobody
from tests.kit.notify.world import PUBLIC_URL, World

from headwater.core.errors import InvalidInput
from headwater.core.settings import SettingsError, load_settings
from headwater.kit.signed_links import LinkClaims, LinkSigner

NOW = datetime(2026, 5, 1, tzinfo=UTC)
SIGNER = LinkSigner(b"a secret of the tests", public_url="https://headwater.test/")
CLAIMS = LinkClaims(UUID(int=1), UUID(int=2), "ada@example.com")
ROOT = "/api/v1/notifications"


def token_of(link: str) -> str:
    return link.partition("token=")[2]


@given(st.uuids(), st.uuids(), st.emails())
def test_a_link_says_for_whom_it_acts(workspace_id: UUID, user_id: UUID, address: str) -> None:
    claims = LinkClaims(workspace_id, user_id, address)
    link = SIGNER.make_link("unsubscribe", claims, at=NOW)
    assert link.startswith("https://headwater.test/api/v1/notifications/unsubscribe?token=")
    assert link.isascii()
    assert SIGNER.read_token("unsubscribe", token_of(link), at=NOW + timedelta(days=3650)) == claims


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.é", "x" * 5_000, "bm9wZQ.bm9wZQ"])
def test_what_was_not_signed_is_refused(token: str) -> None:
    with pytest.raises(InvalidInput):
        SIGNER.read_token("unsubscribe", token, at=NOW)


def test_a_link_is_for_one_thing_by_one_secret_and_ends() -> None:
    token = token_of(SIGNER.make_link("verify", CLAIMS, at=NOW))
    assert SIGNER.read_token("verify", token, at=NOW + timedelta(days=6)) == CLAIMS
    other = LinkSigner(b"another secret of tests", public_url=PUBLIC_URL)
    for signer, purpose, at in (
        (SIGNER, "unsubscribe", NOW),
        (other, "verify", NOW),
        (SIGNER, "verify", NOW + timedelta(days=8)),
    ):
        with pytest.raises(InvalidInput):
            signer.read_token(purpose, token, at=at)  # type: ignore[arg-type]  # both are purposes
    changed = ("A" if token[5] != "A" else "B").join((token[:5], token[6:]))
    with pytest.raises(InvalidInput):
        SIGNER.read_token("verify", changed, at=NOW)


def test_a_secret_is_needed() -> None:
    with pytest.raises(SettingsError, match="SERVICE_SECRET"):
        LinkSigner.from_settings(load_settings(_env_file=None))
    with pytest.raises(SettingsError, match="SERVICE_SECRET"):
        LinkSigner.from_settings(load_settings(_env_file=None, service_secret="short"))


async def test_one_click_unsubscribes(world: World) -> None:
    await world.tell()
    await world.work()
    (message,) = world.mail.list_messages()
    assert message.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    link = message.header("List-Unsubscribe").strip("<>")
    assert urlsplit(link).scheme == "https"
    assert link.replace("&", "&amp;") in message.html
    assert link in message.text
    async with open_nobody(world) as reader:
        page = await reader.get(link)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "ada@example.com" in page.text
        await world.tell(id=uuid4())
        await world.work()
        assert world.mail.mailbox.count == 2
        for _ in range(2):
            posted = await reader.post(link, data={"List-Unsubscribe": "One-Click"})
            assert posted.status_code == 200
        await world.tell(id=uuid4())
        await world.work()
        assert world.mail.mailbox.count == 2
        assert (await reader.post(f"{link}x")).status_code == 422
        assert (await reader.get(f"{ROOT}/unsubscribe")).status_code == 422
    async with open_api(world) as api:
        assert (await api.get(f"{ROOT}/preferences")).json()["subscribed"] is False
        assert (await api.put(f"{ROOT}/preferences", json={"subscribed": True})).json()["subscribed"] is True
    await world.tell(id=uuid4())
    await world.work()
    assert world.mail.mailbox.count == 3


async def test_unsubscribing_after_leaving_is_no_error(world: World) -> None:
    user_id = await world.add_member("leaving@example.com")
    link = world.tools.links.make_link(
        "unsubscribe", LinkClaims(world.workspace_id, user_id, "leaving@example.com"), at=world.clock.now()
    )
    await world.service(
        "delete from workspace_members where user_id = :user and workspace_id = :workspace",
        user=user_id,
        workspace=world.workspace_id,
    )
    async with open_nobody(world) as reader:
        assert (await reader.post(link)).status_code == 200


async def verify_mail(world: World, address: str) -> str:
    """Return the link in the mail that asks to confirm the address."""
    message = world.mail.list_messages(to=address)[-1]
    assert message.header("List-Unsubscribe") == ""
    return next(line for line in message.text.splitlines() if line.startswith(PUBLIC_URL))


@pytest.mark.parametrize("role", ["viewer", "editor"])
async def test_another_address_is_confirmed_before_it_is_used(world: World, role: str) -> None:
    member = await world.add_member("grace@example.com", role=role)
    async with open_api(world, member, "grace@example.com") as api, open_nobody(world) as reader:
        saved = (await api.put(f"{ROOT}/preferences", json={"email": "pager@example.com"})).json()
        assert (saved["address"], saved["address_verified"]) == ("pager@example.com", False)
        await world.sweep()
        await world.work()
        link = await verify_mail(world, "pager@example.com")
        await world.tell(to_users=frozenset({member}))
        await world.work()
        assert world.mail.mailbox.count == 1
        assert (await reader.get(link)).status_code == 200
        assert (await api.get(f"{ROOT}/preferences")).json()["address_verified"] is False
        assert (await reader.post(link)).status_code == 200
        assert (await api.get(f"{ROOT}/preferences")).json()["address_verified"] is True
        await world.tell(id=uuid4(), to_users=frozenset({member}))
        await world.work()
        assert world.mail.list_messages()[-1].recipients == ("pager@example.com",)
        # Another change needs another proof, and the old link proves nothing of it.
        changed = (await api.put(f"{ROOT}/preferences", json={"email": "other@example.com"})).json()
        assert changed["address_verified"] is False
        assert (await reader.post(link)).status_code == 422
        back = (await api.put(f"{ROOT}/preferences", json={"email": None})).json()
        assert (back["address"], back["address_verified"]) == ("grace@example.com", True)


async def test_trying_many_addresses_is_stopped(world: World) -> None:
    async with open_api(world) as api:
        answers = [
            await api.put(f"{ROOT}/preferences", json={"email": f"victim{number}@example.com"}) for number in range(7)
        ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
