"""Letters go out before the answer, and one that is not taken is told."""

from __future__ import annotations

import asyncio

import pytest

from tests.local.auth.conftest import (
    AuthService,
    unique_email,
)


async def test_a_letter_is_on_its_way_before_the_answer(service: AuthService, monkeypatch: pytest.MonkeyPatch) -> None:
    send, asked, may_go_on = service.inbox.send, asyncio.Event(), asyncio.Event()

    async def hold(*auth_email: str) -> None:
        asked.set()
        await may_go_on.wait()
        await send(*auth_email)

    email = unique_email()
    await service.sign_up(email)
    monkeypatch.setattr(service.inbox, "send", hold)
    answering = asyncio.ensure_future(service.post("/recover", {"email": email}))
    await asked.wait()
    # The mail server has the letter, so the link must work by now; nobody was told yet.
    assert await service.pool.fetchval("select recovery_token <> '' from auth.users where email = $1", email)
    assert not answering.done()
    may_go_on.set()
    assert (await answering).status_code == 200
    assert [auth_email.to for auth_email in service.inbox.auth_emails] == [email]


async def test_a_letter_that_is_not_taken_is_told(service: AuthService, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise ConnectionError("the mail server is away")

    monkeypatch.setattr(service.inbox, "send", refuse)
    email = unique_email()
    await service.sign_up(email)
    failed = await service.post("/recover", {"email": email})
    assert (failed.status_code, failed.json()["error_code"]) == (500, "unexpected_failure")
    assert failed.json()["msg"] == "Error sending recovery email"
    monkeypatch.undo()
    assert (await service.post("/recover", {"email": email})).status_code == 200
    assert await service.inbox.wait(email)
