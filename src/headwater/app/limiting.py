"""What happens to a request before any endpoint sees it: it is counted, and refused where there were too many."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headwater.app.errors import render
from headwater.core.resources import Resources
from headwater.kit.workspaces.request_limits import RequestLimits, list_headers, make_refusal


class LimitedRequest:
    """Counts each request for its caller and workspace, or for its address, and answers 429 beyond the limit."""

    def __init__(self, app: ASGIApp, *, resources: Resources) -> None:
        self._app = app
        self._resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        spending = await self._resources.get(RequestLimits).count(scope)
        if spending is None:
            await self._app(scope, receive, send)
            return
        told = list_headers(spending)

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *told]
            await send(message)

        if spending.allowed:
            await self._app(scope, receive, send_told)
        else:
            await render(make_refusal(spending))(scope, receive, send_told)
