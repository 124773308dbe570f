"""More than one: somebody is invited and joins; a program gets a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpx2 import AsyncClient
from playwright.async_api import expect

from tests.dashboard.browsing import PHONE, at_screen, in_browser
from tests.dashboard.journeys import fill_in_account, sign_up
from tests.dashboard.stack import Stack

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = in_browser


async def test_an_invitation_is_accepted_by_somebody_new(stack: Stack, browser: Browser) -> None:
    async with (
        at_screen(browser, stack.url, name="owner") as owner,
        at_screen(browser, stack.url, name="colleague", size=PHONE) as colleague,
    ):
        await sign_up(owner, "owner@example.com", name="Olive Owner")
        await owner.go("/workspace/members")
        await owner.button("Invite").click()
        await owner.fill(**{"E-mail address": "colleague@example.com"})
        await owner.look("invite")
        await owner.button("Send invitation").click()
        await expect(owner.page.get_by_text("A mail with the link is on its way")).to_be_visible()

        await colleague.page.goto(await stack.read_link("colleague@example.com", holding="/invitations/"))
        await colleague.link("Create an account").click()
        await fill_in_account(colleague, "colleague@example.com", name="Cole League")
        await expect(colleague.button("Accept and join")).to_be_visible()
        await colleague.look("invitation")
        await colleague.button("Accept and join").click()
        await expect(colleague.page.get_by_text("Welcome to")).to_be_visible()

        await owner.go("/workspace/members")
        await expect(owner.page.get_by_text("Cole League")).to_be_visible()
        await owner.look("members")


async def test_a_key_is_made_and_a_program_uses_it(stack: Stack, browser: Browser) -> None:
    async with at_screen(browser, stack.url, name="maker", size=PHONE) as maker:
        await sign_up(maker, "maker@example.com")
        await maker.go("/workspace/api-keys")
        await maker.look("api-keys-empty")
        await maker.button("New key").first.click()
        dialog = maker.page.get_by_role("dialog")
        await dialog.get_by_label("Name").fill("nightly report")
        await maker.look("new-key")
        await dialog.get_by_role("button", name="Make key").click()
        key = await dialog.locator("code").first.inner_text()
        async with AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as program:
            assert (await program.get("/api/v1/monitored-sources")).json() == []
            refused = await program.post("/api/v1/monitored-sources", json={"url": stack.web.host_url("acme")})
            assert refused.status_code == 403
        await dialog.get_by_role("button", name="I have copied it").click()
        await expect(maker.page.get_by_text("nightly report")).to_be_visible()
        assert key not in await maker.page.content()
        await maker.look("api-keys")
