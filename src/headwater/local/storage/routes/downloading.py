"""Downloads, heads and descriptions of objects over HTTP: authenticated, public, or by a signed URL."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from headwater.local.storage import errors
from headwater.local.storage.calls import Call, answer_json, write_moment
from headwater.local.storage.objects.downloads import answer_file, describe_file
from headwater.local.storage.objects.objects import StoredObject, find_object
from headwater.local.storage.server import SERVICE


async def download(call: Call) -> Response:
    """Return an object that the caller may see, or that lies in a public bucket."""
    return await answer_file(call.request, call.server.files, await find_seen(call, "object.get"))


async def download_authenticated(call: Call) -> Response:
    """Return an object that the caller may see."""
    found = await find_object(
        call.server, await call.caller(), call.bucket, call.name, operation="object.get_authenticated"
    )
    return await answer_file(call.request, call.server.files, found)


async def download_public(call: Call) -> Response:
    """Return an object of a public bucket to anybody."""
    return await answer_file(call.request, call.server.files, await find_public(call))


async def download_signed(call: Call) -> Response:
    """Return an object to who has a signed URL for it."""
    found, _ = await find_signed(call)
    return await answer_file(call.request, call.server.files, found)


async def describe(call: Call) -> Response:
    """Describe an object that the caller may see, or that lies in a public bucket."""
    return _show(call, await find_seen(call, "object.info"))


async def describe_authenticated(call: Call) -> Response:
    """Describe an object that the caller may see."""
    caller = await call.caller()
    return _show(call, await find_object(call.server, caller, call.bucket, call.name, operation="object.info"))


async def describe_public(call: Call) -> Response:
    """Describe an object of a public bucket to anybody."""
    return _show(call, await find_public(call))


async def find_seen(call: Call, operation: str) -> StoredObject:
    """Return an object that the caller may see, or that lies in a public bucket."""
    caller = await call.caller()
    return await find_object(call.server, caller, call.bucket, call.name, operation=operation, may_be_public=True)


async def find_public(call: Call) -> StoredObject:
    """Return an object of a public bucket. A private bucket is answered as one that isn't there."""
    found = await find_object(call.server, SERVICE, call.bucket, call.name, operation="object.get_public")
    if not found.is_public:
        raise errors.bucket_missing()
    return found


async def find_signed(call: Call) -> tuple[StoredObject, Mapping[str, object]]:
    """Return the object that the URL's token opens, and the token's claims. Raises InvalidSignature."""
    claims = await call.server.signer.read(call.request.query_params.get("token", ""), "read")
    if claims["url"] != f"{call.bucket}/{call.name}":
        raise errors.bad_signature()
    found = await find_object(call.server, SERVICE, call.bucket, call.name, operation="object.get_signed")
    return found, claims


def _show(call: Call, found: StoredObject) -> Response:
    headers = describe_file(call.request, found)
    size = found.size if found.size is not None else found.metadata.get("size")
    body = {
        "id": str(found.id),
        "name": found.name,
        "version": found.version,
        "bucket_id": found.bucket,
        "size": size,
        "content_type": found.mime_type,
        "cache_control": found.cache_control,
        "etag": headers["etag"],
        "metadata": found.user_metadata,
        "last_modified": write_moment(found.updated_at),
        "created_at": write_moment(found.created_at),
    }
    kept = {name: headers[name] for name in ("etag", "last-modified", "cache-control")}
    return answer_json(body, 200, **kept)
