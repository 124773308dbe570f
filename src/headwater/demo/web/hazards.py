"""The bodies that break crawlers: endless, enormous, compressed beyond reason, in the wrong letters, or not there."""

from __future__ import annotations

import asyncio
import functools
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

MEGABYTE = 1024 * 1024
BOMB_BYTES = 256 * MEGABYTE
MANY_NODES = 1_000_000
DEEP_NODES = 50_000

PARAGRAPH = b"<p>The committee met again on Thursday and agreed, after some debate, to meet once more.</p>\n"
BLOCK = PARAGRAPH * (64 * 1024 // len(PARAGRAPH))
OPENING = b"<!doctype html><html><head><title>Minutes</title></head><body><main>\n"
LARGE_BLOCKS = 50 * MEGABYTE // len(BLOCK) + 1
LARGE_BYTES = len(OPENING) + LARGE_BLOCKS * len(BLOCK)
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of a page in a mode."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


CHALLENGE = (
    "<!doctype html><html><head><title>Just a moment...</title><meta name='robots' content='noindex'></head><body>"
    "<h1>Checking your browser</h1><p>Enable JavaScript and cookies to continue. Please complete the CAPTCHA to prove "
    "that you are human.</p><div class='cf-turnstile' data-sitekey='0x4AAA'></div><div class='g-recaptcha'></div>"
    "<p>Ray ID: 8f2c41d0aa3be7b1</p></body></html>"
)
LOGIN = (
    "<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1>"
    "<p>You need an account to see this page.</p><form method='post' action='/session'>"
    "<input name='email' type='email'><input name='password' type='password'><button>Sign in</button></form>"
    "<p><a href='/join'>Create an account</a></p></body></html>"
)
MAINTENANCE = "<html><body><h1>503 Service Temporarily Unavailable</h1><hr><center>nginx</center></body></html>"
EMPTY = (
    "<!doctype html><html><head><title></title></head><body><div id='root'></div>"
    "<script src='/app.js'></script></body></html>"
)
CAFE = (
    "<!doctype html><html><head><meta charset='utf-8'><title>Café</title></head><body><main>"
    "<p>Crème brûlée costs 7 €, naïve façade, „Größe“.</p></main></body></html>"
)

FIXED: dict[str, Answer] = {
    "empty": Answer(200, EMPTY.encode(), {"Content-Type": HTML}),
    "blank": Answer(200, b"", {"Content-Type": HTML}),
    "captcha": Answer(403, CHALLENGE.encode(), {"Content-Type": HTML, "cf-mitigated": "challenge"}),
    "soft_captcha": Answer(200, CHALLENGE.encode(), {"Content-Type": HTML}),
    "login": Answer(200, LOGIN.encode(), {"Content-Type": HTML}),
    "unauthorized": Answer(401, LOGIN.encode(), {"Content-Type": HTML, "WWW-Authenticate": 'Basic realm="members"'}),
    "forbidden": Answer(403, b"<h1>403 Forbidden</h1>", {"Content-Type": HTML}),
    "gone": Answer(410, b"<h1>410 Gone</h1>", {"Content-Type": HTML}),
    "missing": Answer(404, b"<h1>404 Not Found</h1>", {"Content-Type": HTML}),
    "error": Answer(500, b"<h1>500 Internal Server Error</h1>", {"Content-Type": HTML}),
    "binary": Answer(200, bytes(range(256)) * 64, {"Content-Type": "application/octet-stream"}),
    "image": Answer(200, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 16, {"Content-Type": "image/png"}),
    "disguised_binary": Answer(200, b"\x89PNG\r\n\x1a\n\x00" + bytes(range(256)) * 64, {"Content-Type": HTML}),
    "wrong_charset": Answer(200, CAFE.encode("cp1252"), {"Content-Type": HTML}),
    "unknown_charset": Answer(200, CAFE.encode(), {"Content-Type": "text/html; charset=x-klingon"}),
    "utf16": Answer(200, CAFE.encode("utf-16"), {"Content-Type": "text/html"}),
    "broken_gzip": Answer(200, b"\x1f\x8b\x08\x00not gzip at all", {"Content-Type": HTML, "Content-Encoding": "gzip"}),
    "unknown_encoding": Answer(200, b"<p>?</p>", {"Content-Type": HTML, "Content-Encoding": "zoo"}),
}  # fmt: skip
REFUSING = {"rate_limited": 429, "unavailable": 503}
STREAMING = frozenset({"large", "large_unannounced", "endless", "drip", "truncated"})
ABRUPT = frozenset({"reset", "held"})
BUILT = frozenset({"bomb", "many_nodes", "deep"})
MODES = ("normal", "slow", *FIXED, *REFUSING, *sorted(STREAMING), *sorted(ABRUPT), *sorted(BUILT))


def refuse_request(mode: str, *, seconds: float) -> Answer:
    """Answer 429 or 503 with Retry-After in whole seconds."""
    headers = {"Content-Type": HTML, "Retry-After": str(max(0, round(seconds)))}
    return Answer(REFUSING[mode], MAINTENANCE.encode(), headers)


async def build_answer(mode: str) -> Answer:
    """Build one of the heavy bodies, off the loop and once."""
    if mode == "bomb":
        body = await asyncio.to_thread(_build_bomb)
        return Answer(200, body, {"Content-Type": HTML, "Content-Encoding": "gzip"})
    build = _build_many_nodes if mode == "many_nodes" else _build_deep
    return Answer(200, await asyncio.to_thread(build), {"Content-Type": HTML})


async def stream_body(mode: str, *, seconds: float) -> AsyncIterator[bytes]:
    """Yield the pieces of a streamed body; `drip` waits that many seconds between two of them."""
    yield OPENING
    if mode == "truncated":
        yield PARAGRAPH
        return
    if mode in {"large", "large_unannounced"}:
        for _ in range(LARGE_BLOCKS):
            yield BLOCK
        return
    while True:
        yield PARAGRAPH if mode == "drip" else BLOCK
        await asyncio.sleep(seconds if mode == "drip" else 0)


@functools.cache
def _build_bomb() -> bytes:
    """Compress 256 MiB of paragraphs into a few hundred kilobytes."""
    compressor = zlib.compressobj(level=1, wbits=31)
    block = b" " * MEGABYTE
    pieces = [compressor.compress(b"<!doctype html><html><body><p>")]
    pieces += [compressor.compress(block) for _ in range(BOMB_BYTES // MEGABYTE)]
    return b"".join((*pieces, compressor.compress(b"</p></body></html>"), compressor.flush()))


@functools.cache
def _build_many_nodes() -> bytes:
    return b"<!doctype html><html><body><main>" + b"<b>1</b>" * MANY_NODES + b"</main></body></html>"


@functools.cache
def _build_deep() -> bytes:
    return b"<!doctype html><html><body>" + b"<div>" * DEEP_NODES + b"deep" + b"</div>" * DEEP_NODES + b"</body></html>"
