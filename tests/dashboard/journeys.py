"""Steps that several journeys share."""

from __future__ import annotations

from playwright.async_api import expect

from tests.dashboard.browsing import Person

PASSWORD = "correct horse battery"


async def sign_up(person: Person, email: str, *, name: str = "") -> None:
    """Make an account on the page for it."""
    await person.go("/sign-up")
    await person.fill(Name=name, **{"E-mail": email}, Password=PASSWORD)
    await person.button("Create the account").click()
    await expect(person.page.get_by_label(f"Your account: {email}")).to_be_visible()


async def sign_out(person: Person, email: str) -> None:
    """Leave by the menu."""
    await person.page.get_by_label(f"Your account: {email}").click()
    await person.page.get_by_role("menuitem", name="Sign out").click()
    await expect(person.heading("Sign in")).to_be_visible()
