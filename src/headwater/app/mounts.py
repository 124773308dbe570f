"""Raw ASGI applications beside the API: no middleware and no framework of the API stands before them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


def find_prefix(path: str, prefixes: Iterable[str]) -> str | None:
    """Return the longest of `prefixes` that `path` is at or below; `/hooks` holds `/hooks/a`, not `/hooksmith`."""
    found = [prefix for prefix in prefixes if path == prefix or path.startswith(f"{prefix}/")]
    return max(found, key=len, default=None)


class Mounts:
    """ASGI middleware that hands requests and WebSockets below a prefix to the application that is mounted there.

    As with every mount the prefix goes over into `root_path`, and `path` stays whole (ASGI 3, HTTP connection scope).
    """

    def __init__(self, app: ASGIApp, *, mounted: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._mounted = mounted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        prefix = find_prefix(scope["path"], self._mounted) if scope["type"] in {"http", "websocket"} else None
        if prefix is None:
            await self._app(scope, receive, send)
            return
        below = {**scope, "root_path": scope.get("root_path", "") + prefix}
        await self._mounted[prefix](below, receive, send)
