"""Steps that several journeys share."""

from __future__ import annotations

from typing import Any

from httpx2 import AsyncClient
from playwright.async_api import expect

from tests.dashboard.browsing import PATIENCE_SECONDS, Person
from tests.fixtures.waiting import wait_until

PASSWORD = "correct horse battery"


async def sign_up(person: Person, email: str, *, name: str = "") -> None:
    """Make an account on the page for it."""
    await person.go("/sign-up")
    await fill_in_account(person, email, name=name)
    await expect(person.page.get_by_label(f"Your account: {email}")).to_be_visible()


async def fill_in_account(person: Person, email: str, *, name: str = "") -> None:
    """Fill in and send the form for a new account, where it is shown."""
    await person.fill(Name=name, **{"E-mail": email}, Password=PASSWORD)
    await person.button("Create the account").click()


async def sign_out(person: Person, email: str) -> None:
    """Leave by the menu."""
    await person.page.get_by_label(f"Your account: {email}").click()
    await person.page.get_by_role("menuitem", name="Sign out").click()
    await expect(person.heading("Sign in")).to_be_visible()


async def be_live(person: Person) -> None:
    """Wait until what happens shows up by itself."""
    await expect(person.page.locator('[data-state="live"]')).to_be_visible()


async def call_api(url: str, person: Person, method: str, path: str, **arguments: Any) -> Any:
    """Call the API at `url` as the person in their own workspace, from elsewhere than their browser."""
    session = await person.page.evaluate("JSON.parse(localStorage.getItem('headwater-session'))")
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    async with AsyncClient(base_url=url, headers=headers, timeout=PATIENCE_SECONDS) as client:
        answer = await client.request(method, path, **arguments)
    assert answer.status_code < 400, answer.text
    return answer.json()


async def check_source(url: str, person: Person, source: dict[str, Any], *, expect_outcome: str) -> dict[str, Any]:
    """Have a source checked now, and again where a check ran already, until one says `expect_outcome`."""

    async def find() -> dict[str, Any] | None:
        path = f"/api/v1/monitored-sources/{source['id']}"
        history = await call_api(url, person, "GET", f"{path}/history")
        found = next((one for one in history if one["outcome"] == expect_outcome), None)
        if found is None:
            await call_api(url, person, "POST", f"{path}/check")
        return found

    found: dict[str, Any] = await wait_until(
        find, what=f"{source['name']} to be {expect_outcome}", seconds=PATIENCE_SECONDS
    )
    return found


async def watch_page(url: str, person: Person, page: str, *, name: str, kind: str = "website") -> dict[str, Any]:
    """Have a page watched, without the browser, and looked at once."""
    body = {"url": page, "name": name, "kind": kind, "check_interval": 3600}
    source: dict[str, Any] = await call_api(url, person, "POST", "/api/v1/monitored-sources", json=body)
    await check_source(url, person, source, expect_outcome="first")
    return source
