"""A simulated AI provider with OpenAI's interface, and Perplexity's for the model `sonar`.

Serves `chat/completions` (whole and streamed), `embeddings` and `models` under `/v1`, `/openai/v1` (Groq) and `/`
(Perplexity). Shapes: OpenAI API reference (chat, embeddings, errors); Perplexity API reference (citations,
search_results, usage with cost).

Modes: `normal`, `slow`, `held`, `down` (refuses connections), `rate_limited` and `out_of_quota` (429), `failing` (500),
`unavailable` (503), `unauthorized` (401), `wrong_json` (cut off in the middle), `wrong_shape` (JSON that fits no
schema), `wrong_urls` (addresses that do not exist), `empty`, `refusal`, `garbage` (an HTML page with status 200).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from headwater.core.clock import now
from headwater.demo.completions import Completion, complete_chat, describe_completion, list_chunks
from headwater.demo.vectors import embed_text, encode_vector
from headwater.demo.web.catalogue import Listing
from headwater.kit.demo.control import Action, control_routes
from headwater.kit.demo.loopback import HOST, Listener, serve_http
from headwater.kit.demo.modes import Mode, ModeSwitch

MODES = (
    "normal", "slow", "held", "down", "rate_limited", "out_of_quota", "failing", "unavailable", "unauthorized",
    "wrong_json", "wrong_shape", "wrong_urls", "empty", "refusal", "garbage",
)  # fmt: skip
KNOWN_MODELS = ("gpt-5-mini", "gpt-4o-mini", "llama-3.3-70b-versatile", "sonar", "sonar-pro", "text-embedding-3-small")
DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
MAX_INPUTS = 2048
KEPT = 5000
#: status, message, type, code
ERRORS: dict[str, tuple[int, str, str, str | None]] = {
    "rate_limited": (429, "Rate limit reached for requests", "requests", "rate_limit_exceeded"),
    "out_of_quota": (429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
    "failing": (500, "The server had an error while processing your request", "server_error", None),
    "unavailable": (503, "The engine is currently overloaded, please try again later", "server_error", None),
    "unauthorized": (401, "Incorrect API key provided", "invalid_request_error", "invalid_api_key"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `key` is the bearer token, `mode` how it was answered."""

    path: str
    at: datetime
    key: str
    mode: str
    body: dict[str, Any]


class DemoModels:
    """The provider and the requests that it got."""

    def __init__(self, *, find_listings: Callable[[], Sequence[Listing]]) -> None:
        """Take where the pages come from that it can speak of."""
        self.port = 0
        self.control_port = 0
        self.listener: Listener | None = None
        self.find_listings = find_listings
        self.asked: deque[Asked] = deque(maxlen=KEPT)
        self._switch = ModeSwitch(*MODES)

    @property
    def url(self) -> str:
        """Return the base URL of the OpenAI-compatible interface."""
        return f"http://{HOST}:{self.port}/v1"

    @property
    def perplexity_url(self) -> str:
        """Return the base URL of Perplexity's interface, which has no version in its path."""
        return f"http://{HOST}:{self.port}"

    @property
    def control_url(self) -> str:
        """Return the address of the control interface."""
        return f"http://{HOST}:{self.control_port}"

    @property
    def waiting(self) -> int:
        """Return how many requests a slow or held mode keeps waiting now."""
        return self._switch.waiting

    async def set_mode(self, mode: str, times: int | None = None, seconds: float | None = None) -> Mode:
        """Change how requests are answered, for the next `times` only where given."""
        chosen = self._switch.set(mode, times=times, seconds=seconds)
        if self.listener is not None:
            await (self.listener.refuse() if mode == "down" else self.listener.accept())
        return chosen

    def list_requests(self, path: str | None = None) -> list[Asked]:
        """Return the requests (whose path ends so), the oldest first."""
        return [asked for asked in self.asked if path is None or asked.path.endswith(path)]

    def reset(self) -> None:
        """Forget the requests; the mode stays."""
        self.asked.clear()

    def actions(self) -> Mapping[str, Action]:
        """Return what can be done from outside."""
        return {"set_mode": self.set_mode, "list_requests": self.list_requests, "reset": self.reset}

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """Answer a chat completion, streamed where asked for."""
        body, mode, refusal = await self._begin(request)
        if refusal is not None:
            return refusal
        if not isinstance(body.get("messages"), list) or not body["messages"] or not isinstance(body.get("model"), str):
            return _error(400, "Missing required parameter: 'messages' or 'model'.", "invalid_request_error", None)
        completion = complete_chat(body, listings=self.find_listings(), mode=mode.name, at=int(now().timestamp()))
        if body.get("stream"):
            return await self._stream(request, completion, body)
        return web.json_response(describe_completion(completion), headers=_rate_headers())

    async def embed(self, request: web.Request) -> web.StreamResponse:
        """Answer with one vector for each input."""
        body, mode, refusal = await self._begin(request)
        if refusal is not None:
            return refusal
        given = body.get("input")
        inputs = [given] if isinstance(given, str) else list(given or [])
        if not inputs or len(inputs) > MAX_INPUTS or any(text == "" for text in inputs):
            return _error(400, "'$.input' is invalid.", "invalid_request_error", None)
        texts = [text if isinstance(text, str) else " ".join(map(str, text)) for text in inputs]
        model = str(body.get("model", "text-embedding-3-small"))
        dimensions = int(body.get("dimensions") or DIMENSIONS.get(model, 1536))
        if mode.name.startswith("wrong"):
            dimensions += 1
        encoding = str(body.get("encoding_format", "float"))
        data = [
            {"object": "embedding", "index": index, "embedding": encode_vector(embed_text(text, dimensions), encoding)}
            for index, text in enumerate(texts)
        ]
        tokens = sum(max(1, len(text) // 4) for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return web.json_response({"object": "list", "data": data, "model": model, "usage": usage})

    async def list_models(self, request: web.Request) -> web.Response:
        """Answer with the models that there are."""
        known = [{"id": name, "object": "model", "created": 1_760_000_000, "owned_by": "demo"} for name in KNOWN_MODELS]
        return web.json_response({"object": "list", "data": known})

    async def _begin(self, request: web.Request) -> tuple[dict[str, Any], Mode, web.Response | None]:
        """Record a request, wait where the mode says so, and return the refusal where there is one."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        try:
            body = await request.json()
        except ValueError:
            body = None
        mode = self._switch.take()
        held = body if isinstance(body, dict) else {}
        self.asked.append(Asked(request.path, now(), key, mode.name, held))
        if mode.name in {"slow", "held"}:
            await self._switch.pause(mode.seconds if mode.name == "slow" else None)
        if mode.name in ERRORS:
            headers = {"retry-after": str(round(mode.seconds))} if mode.name == "rate_limited" else {}
            return held, mode, _error(*ERRORS[mode.name], headers=headers)
        if mode.name == "garbage":
            return held, mode, web.Response(text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
        if scheme.lower() != "bearer" or not key:
            return held, mode, _error(401, "You didn't provide an API key.", "invalid_request_error", None)
        if not isinstance(body, dict):
            return held, mode, _error(400, "We could not parse the JSON body.", "invalid_request_error", None)
        return held, mode, None

    async def _stream(
        self, request: web.Request, completion: Completion, body: Mapping[str, Any]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **_rate_headers()})
        await response.prepare(request)
        with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        for chunk in list_chunks(completion, with_usage=with_usage):
            await response.write(f"data: {json.dumps(chunk)}\n\n".encode())
            await asyncio.sleep(0)
        await response.write(b"data: [DONE]\n\n")
        return response


@asynccontextmanager
async def open_models(
    *, port: int = 0, control_port: int = 0, find_listings: Callable[[], Sequence[Listing]] = tuple
) -> AsyncIterator[DemoModels]:
    """Run the provider while the block runs; `find_listings` gives the pages that discovery may offer."""
    demo = DemoModels(find_listings=find_listings)
    application, control = web.Application(client_max_size=64 * 1024 * 1024), web.Application()
    for prefix in ("/v1", "/openai/v1", ""):
        application.router.add_post(f"{prefix}/chat/completions", demo.chat)
        application.router.add_post(f"{prefix}/embeddings", demo.embed)
        application.router.add_get(f"{prefix}/models", demo.list_models)
    control.add_routes(control_routes(demo.actions))
    async with contextlib.AsyncExitStack() as stack:
        (demo.listener,) = await stack.enter_async_context(serve_http(application, port=port))
        (control_listener,) = await stack.enter_async_context(serve_http(control, port=control_port))
        demo.port, demo.control_port = demo.listener.port, control_listener.port
        yield demo


def _rate_headers() -> dict[str, str]:
    return {
        "openai-processing-ms": "12",
        "x-ratelimit-limit-requests": "10000",
        "x-ratelimit-remaining-requests": "9999",
        "x-ratelimit-reset-requests": "6ms",
    }


def _error(
    status: int, message: str, kind: str, code: str | None, *, headers: Mapping[str, str] | None = None
) -> web.Response:
    described = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return web.json_response(described, status=status, headers=headers)
