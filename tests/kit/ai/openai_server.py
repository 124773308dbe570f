"""A server with the wire shape of OpenAI's API, whose answers a test sets and whose requests it reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class OpenAIServer:
    url: str = ""
    content: str = "fine"
    status: int = 200
    extra: dict[str, Any] = field(default_factory=dict)
    hangs: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    async def answer_chat(self, request: web.Request) -> web.Response:
        self.requests.append(await request.json())
        self.paths.append(request.path)
        if self.hangs:
            await asyncio.Event().wait()
        if self.status != 200:
            return web.json_response({"error": {"message": "no", "type": "x"}}, status=self.status)
        return web.json_response(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1,
                "model": "served-model",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": self.content},
                    }
                ],
                "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
                **self.extra,
            }
        )

    async def answer_embeddings(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        if self.status != 200:
            return web.json_response({"error": {"message": "no"}}, status=self.status)
        data = [
            {"object": "embedding", "index": index, "embedding": [float(len(text)), 1.0, 0.0]}
            for index, text in enumerate(body["input"])
        ]
        # Nobody promises the order, so the index must be read.
        return web.json_response({"object": "list", "data": data[::-1], "model": body["model"], **self.extra})


@asynccontextmanager
async def serve_openai(**answers: Any) -> AsyncIterator[OpenAIServer]:
    server = OpenAIServer(**answers)
    app = web.Application()
    app.router.add_post("/{prefix:.*}chat/completions", server.answer_chat)
    app.router.add_post("/{prefix:.*}embeddings", server.answer_embeddings)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()
