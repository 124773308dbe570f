"""Speaking HTTP to the engine within the test's own process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from headwater.local.rest import RestApp

SECRET = "a secret for tests that is long enough for HS256"
ADA = "00000000-0000-4000-8000-00000000000a"
BEN = "00000000-0000-4000-8000-00000000000b"


@dataclass(frozen=True)
class Reply:
    """An answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> Any:
        """The error's code."""
        return self.json["code"]


def sign(role: str | None, *, subject: str | None = None, **claims: Any) -> str:
    """Make a token of a role."""
    given = {**({"role": role} if role else {}), **({"sub": subject} if subject else {}), **claims}
    return jwt.encode(given, SECRET, algorithm="HS256")


@dataclass(frozen=True)
class RestClient:
    """Asks an engine; `token` is sent with every request."""

    app: RestApp
    token: str | None = None

    def acting_as(self, role: str, *, subject: str | None = None) -> RestClient:
        """Return a client with the token of a role."""
        return RestClient(self.app, sign(role, subject=subject))

    async def ask(
        self,
        method: str,
        target: str,
        *,
        body: bytes | str | None = None,
        data: Any = None,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        chunks: Iterable[bytes] | None = None,
    ) -> Reply:
        """Send a request; `data` is sent as JSON."""
        content = json.dumps(data).encode() if data is not None else body or b""
        content = content.encode() if isinstance(content, str) else content
        path, _, query = target.partition("?")
        pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
        if self.token is not None:
            pairs.append(("authorization", f"Bearer {self.token}"))
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in pairs],
        }
        parts = list(chunks) if chunks is not None else [content]
        waiting = [
            {"type": "http.request", "body": part, "more_body": number < len(parts)}
            for number, part in enumerate(parts, 1)
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Reply(
            sent[0]["status"],
            {name.lower(): value for name, value in answered.items()},
            b"".join(message.get("body", b"") for message in sent[1:]),
        )

    async def get(self, target: str, **headers: str) -> Reply:
        """Send a GET; header names are written with underscores."""
        return await self.ask("GET", target, headers=named(headers))

    async def post(self, target: str, data: Any = None, **headers: str) -> Reply:
        """Send a POST with JSON."""
        return await self.ask("POST", target, data=data, headers=named(headers))

    async def patch(self, target: str, data: Any, **headers: str) -> Reply:
        """Send a PATCH with JSON."""
        return await self.ask("PATCH", target, data=data, headers=named(headers))

    async def put(self, target: str, data: Any, **headers: str) -> Reply:
        """Send a PUT with JSON."""
        return await self.ask("PUT", target, data=data, headers=named(headers))

    async def delete(self, target: str, **headers: str) -> Reply:
        """Send a DELETE."""
        return await self.ask("DELETE", target, headers=named(headers))


def named(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers their dashes back."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
