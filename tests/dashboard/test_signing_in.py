"""The ways in: signing up, by password, by a link from the mailbox, and by a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.dashboard.browsing import PHONE, at_screen, in_browser
from tests.dashboard.journeys import PASSWORD, sign_out, sign_up
from tests.dashboard.stack import Stack

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = in_browser


async def test_up_out_and_in_by_every_way(stack: Stack, browser: Browser) -> None:
    email = "ada@example.com"
    async with at_screen(browser, stack.url, name="ada", size=PHONE) as ada:
        await ada.go("/")
        await expect(ada.heading("Sign in")).to_be_visible()
        await ada.look("sign-in")
        await ada.link("Create an account").click()
        await expect(ada.heading("Create an account")).to_be_visible()
        await ada.look("sign-up")
        await sign_up(ada, email)
        await sign_out(ada, email)

        await ada.button("Sign in with a link by e-mail").click()
        await ada.fill(**{"E-mail": email})
        await ada.button("Send me a link").click()
        await expect(ada.page.get_by_text("Look into your mailbox")).to_be_visible()
        await ada.page.goto(await stack.read_link(email, holding="type=magiclink"))
        await expect(ada.page.get_by_label(f"Your account: {email}")).to_be_visible()
        assert ada.page.url.startswith(stack.url)
        await sign_out(ada, email)

        await ada.link("Forgot the password?").click()
        await ada.fill(**{"E-mail": email})
        await ada.look("forgot-password")
        await ada.button("Send the link").click()
        await expect(ada.page.get_by_text("Look into your mailbox")).to_be_visible()
        await ada.page.goto(await stack.read_link(email, holding="type=recovery"))
        await expect(ada.heading("Set a new password")).to_be_visible()
        await ada.look("new-password")
        await ada.fill(New_password=PASSWORD[::-1], The_same_again=PASSWORD[::-1])
        await ada.button("Set the password").click()
        await expect(ada.page.get_by_label(f"Your account: {email}")).to_be_visible()
        await sign_out(ada, email)

        await ada.fill(**{"E-mail": email}, Password=PASSWORD[::-1])
        await ada.button("Sign in").click()
        await expect(ada.page.get_by_label(f"Your account: {email}")).to_be_visible()
