"""Transformed images over HTTP: authenticated, public, or by a signed URL."""

from __future__ import annotations

from starlette.responses import Response

from headwater.local.storage import errors
from headwater.local.storage.calls import Call
from headwater.local.storage.images import Asked, Transformation, read_transformation
from headwater.local.storage.objects.downloads import answer_file, describe_file, is_unchanged, open_content
from headwater.local.storage.objects.objects import StoredObject, find_object
from headwater.local.storage.routes.downloading import find_public, find_signed


async def render_authenticated(call: Call) -> Response:
    """Return an image that the caller may see, transformed as the query says."""
    caller = await call.caller()
    found = await find_object(call.server, caller, call.bucket, call.name, operation="render.image_authenticated")
    return await _answer(call, found, read_transformation(call.request.query_params))


async def render_public(call: Call) -> Response:
    """Return an image of a public bucket, transformed as the query says."""
    return await _answer(call, await find_public(call), read_transformation(call.request.query_params))


async def render_signed(call: Call) -> Response:
    """Return an image to who has a signed URL for it, transformed as was signed."""
    found, claims = await find_signed(call)
    signed = claims.get("transform")
    return await _answer(call, found, read_transformation(signed if isinstance(signed, dict) else {}))


async def _answer(call: Call, found: StoredObject, transformation: Transformation) -> Response:
    if (found.size or 0) > call.server.config.image_source_limit:
        raise errors.bad_request("The source image file is too large to process")
    if found.digest is None:
        raise errors.object_missing()
    if found.mime_type.startswith("image/svg+xml") and transformation.format in {None, "origin"}:
        # Drawings are of every size: as at Supabase they stay as they are.
        return await answer_file(call.request, call.server.files, found)
    asked = Asked(found.digest, transformation, "image/webp" in call.request.headers.get("accept", ""))
    headers = {**describe_file(call.request, found), "etag": asked.etag, "vary": "Accept"}
    headers.pop("accept-ranges")
    if is_unchanged(call.request, asked.etag, found.updated_at):
        return Response(None, 304, {name: headers[name] for name in ("etag", "last-modified", "cache-control", "vary")})

    async def load() -> bytes:
        content = await open_content(call.server.files, found)
        try:
            return b"".join([part async for part in content.parts])
        finally:
            await content.close()

    rendered = await call.server.renderer.render(asked, load)
    headers |= {"content-type": rendered.mime_type, "x-transformations": transformation.describe()}
    return Response(None if call.request.method == "HEAD" else rendered.content, 200, headers)
