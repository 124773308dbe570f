"""The pages behind the links of e-mails. Who opens them isn't signed in; the signed token says for whom they act.

Opening a link changes nothing, because mail scanners open links: the change is the POST of the page's button, or of
the reader's own unsubscribe button (RFC 8058).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from headwater.core.answer_headers import make_page_policy
from headwater.core.database.database import Database, Identity
from headwater.kit.http.caller import OPEN_TO_ALL, Now, RequestResources
from headwater.kit.notify import preferences
from headwater.kit.notify.delivery.tools import NotifyTools
from headwater.kit.notify.mail.rendering import render_page

links = APIRouter(prefix="/api/v1/notifications", tags=["notifications"], default_response_class=HTMLResponse)

Token = Annotated[
    str,
    Query(max_length=2000, description="The signed token of the link.", json_schema_extra={"format": "signed-token"}),
]


@links.get("/unsubscribe", openapi_extra=OPEN_TO_ALL)
async def show_unsubscribe(token: Token, resources: RequestResources, now: Now) -> HTMLResponse:
    """Ask whether to send no more e-mail."""
    claims = resources.get(NotifyTools).links.read_token("unsubscribe", token, at=now)
    text = f"No more notifications will be sent to {claims.address}. You can turn them on again in the settings."
    return _show(render_page(title="Unsubscribe", text=text, button="Unsubscribe"))


@links.post("/unsubscribe", openapi_extra=OPEN_TO_ALL)
async def unsubscribe(token: Token, resources: RequestResources, now: Now) -> HTMLResponse:
    """Send no more e-mail to the member that the link is for. One click, as RFC 8058 wants it."""
    claims = resources.get(NotifyTools).links.read_token("unsubscribe", token, at=now)
    # The token is the proof, so the one workspace that it names is acted in.
    async with resources.get(Database).transaction(Identity.job(claims.workspace_id)) as connection:
        await preferences.unsubscribe(connection, claims, at=now)
    text = f"No more notifications will be sent to {claims.address}."
    return _show(render_page(title="You are unsubscribed", text=text))


@links.get("/verify", openapi_extra=OPEN_TO_ALL)
async def show_verify(token: Token, resources: RequestResources, now: Now) -> HTMLResponse:
    """Ask whether notifications may be sent to the address."""
    claims = resources.get(NotifyTools).links.read_token("verify", token, at=now)
    text = f"Notifications will be sent to {claims.address}."
    return _show(render_page(title="Confirm your address", text=text, button="Confirm"))


@links.post("/verify", openapi_extra=OPEN_TO_ALL)
async def verify(token: Token, resources: RequestResources, now: Now) -> HTMLResponse:
    """Note that the address belongs to the member who gave it."""
    claims = resources.get(NotifyTools).links.read_token("verify", token, at=now)
    async with resources.get(Database).transaction(Identity.job(claims.workspace_id)) as connection:
        await preferences.confirm_address(connection, claims, at=now)
    text = f"Notifications will be sent to {claims.address}."
    return _show(render_page(title="Address confirmed", text=text))


def _show(page: str) -> HTMLResponse:
    return HTMLResponse(page, headers={"Content-Security-Policy": make_page_policy(page)})
