"""Serves the built dashboard beside the API: its files, and its index for every page that it draws itself.

Files are read once at the start into a table by path, so a request can name nothing that isn't in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from headwater.app.mounts import find_prefix
from headwater.core.answer_headers import list_transport_headers
from headwater.core.settings import Settings

INDEX = "/index.html"
HASHED = "/assets/"
# Of the API, and of what the local data plane (or a proxy before a Supabase project) serves under the same address.
RESERVED = ("/api", "/health", "/metrics", "/auth/v1", "/rest/v1", "/realtime/v1", "/storage/v1")
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
# Not the machine's own table, which differs from one to the next.
_MEDIA_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class Asset:
    """One file: its body as it is and as it was compressed, its type, and a tag of what is in it."""

    bodies: Mapping[str, bytes]
    media_type: str
    tag: str
    is_hashed: bool


def read_assets(folder: Path) -> dict[str, Asset]:
    """Read what may be served from `folder`, by its path in an address. Hidden files and source maps stay out."""
    found: dict[str, Asset] = {}
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in place.parts)
        if file.is_symlink() or not file.is_file() or hidden or file.suffix in {".map", *_ENCODINGS.values()}:
            continue
        body = file.read_bytes()
        bodies = {"identity": body}
        for encoding, suffix in _ENCODINGS.items():
            compressed = file.with_name(file.name + suffix)
            if compressed.is_file():
                bodies[encoding] = compressed.read_bytes()
        path = f"/{place.as_posix()}"
        digest = hashlib.sha256(body).hexdigest()[:20]
        media_type = _MEDIA_TYPES.get(file.suffix, "application/octet-stream")
        found[path] = Asset(bodies, media_type, digest, path.startswith(HASHED))
    return found


def make_policy(settings: Settings) -> str:
    """Return the Content-Security-Policy: scripts of our own alone, calls to ourselves and to the Supabase project."""
    ours = _websockets_of(settings.resolved_public_url)
    theirs = [settings.supabase_url, _websockets_of(settings.supabase_url)] if settings.supabase_url else []
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # Components set sizes and colours where they are drawn; a style runs nothing.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", *theirs[:1]],
        "font-src": ["'self'"],
        "connect-src": ["'self'", ours, *theirs],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def _websockets_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"


class Dashboard:
    """ASGI middleware that answers what belongs to the dashboard and lets everything else through to the API."""

    def __init__(self, app: ASGIApp, *, folder: Path, settings: Settings, public_prefixes: Sequence[str] = ()) -> None:
        """Take `public_prefixes`, paths beside `RESERVED` that a browser opens and that the API answers."""
        self._app = app
        self._reserved = (*RESERVED, *public_prefixes)
        self._assets = read_assets(folder)
        self._headers = {
            "Content-Security-Policy": make_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            **{name.decode(): value.decode() for name, value in list_transport_headers(settings)},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asset = None
        if (
            scope["type"] == "http"
            and scope["method"] in {"GET", "HEAD"}
            and find_prefix(scope["path"], self._reserved) is None
        ):
            asset = self._find(scope["path"], Headers(scope=scope))
        if asset is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        await self._answer(asset, Headers(scope=scope), is_head=scope["method"] == "HEAD")(scope, receive, send)

    def _find(self, path: str, headers: Headers) -> Asset | None:
        """Return the file at `path`, or the index where a browser goes to a page; None where nothing is there."""
        known = self._assets.get(INDEX if path == "/" else path)
        if known is not None:
            return known
        is_file = path.startswith(HASHED) or "/." in path or PurePosixPath(path).suffix.lower() in _MEDIA_TYPES
        return None if is_file or "text/html" not in headers.get("accept", "") else self._assets[INDEX]

    def _answer(self, asset: Asset, headers: Headers, *, is_head: bool) -> Response:
        encoding = choose_encoding(headers.get("accept-encoding", ""), asset.bodies)
        tag = f'"{asset.tag}"' if encoding == "identity" else f'"{asset.tag}-{encoding}"'
        told = {
            **self._headers,
            "Cache-Control": _FOREVER if asset.is_hashed else _ASK_AGAIN,
            "ETag": tag,
            "Vary": "Accept-Encoding",
        }
        if _has_tag(headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=told)
        if encoding != "identity":
            told["Content-Encoding"] = encoding
        body = asset.bodies[encoding]
        told |= {"Content-Type": asset.media_type, "Content-Length": str(len(body))}
        return Response(b"" if is_head else body, headers=told)


@dataclass(frozen=True)
class _Route:
    """What the dashboard's requests are counted under in the metrics."""

    path: str


_ROUTE = _Route("/{dashboard}")


def choose_encoding(accepted: str, available: Mapping[str, object]) -> str:
    """Choose among the bodies by Accept-Encoding (RFC 9110, 12.5.3), the smallest of those equally welcome."""
    weights = dict(_read_weights(accepted))
    known = [name for name in _ENCODINGS if name in available and weights.get(name, weights.get("*", 0.0)) > 0]
    return max(known, key=lambda name: weights.get(name, weights.get("*", 0.0)), default="identity")


def _read_weights(accepted: str) -> Iterator[tuple[str, float]]:
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        key, _, value = parameter.strip().partition("=")
        try:
            yield name.strip(), float(value) if key.strip() == "q" else 1.0
        except ValueError:
            yield name.strip(), 0.0


def _has_tag(listed: str, tag: str) -> bool:
    return any(one.strip().removeprefix("W/") in {tag, "*"} for one in listed.split(","))
