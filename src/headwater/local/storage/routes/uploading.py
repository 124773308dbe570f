"""Uploads over HTTP: as the caller, or by a signed URL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from starlette.background import BackgroundTask
from starlette.responses import Response

from headwater.local.storage import errors
from headwater.local.storage.calls import BodyBroken, Call, answer_json, decode_base64, read_metadata
from headwater.local.storage.contents.contents import sweep_versions
from headwater.local.storage.objects.buckets import Bucket
from headwater.local.storage.objects.multipart import Form, read_boundary
from headwater.local.storage.objects.uploads import (
    Description,
    Made,
    Target,
    check_mime_type,
    find_limit,
    finish_upload,
    try_upload,
    write_body,
)
from headwater.local.storage.server import SERVICE

_SPARE = 1 << 21
"""How much longer than its file a form may be, in bytes."""


async def upload(call: Call) -> Response:
    """Keep a new object; one that is there is replaced with `x-upsert: true`."""
    return await _receive(call, Target(call.bucket, call.name, await call.caller(), upsert=call.upserts))


async def update(call: Call) -> Response:
    """Replace an object, or make it where it isn't there."""
    return await _receive(call, Target(call.bucket, call.name, await call.caller(), upsert=True))


async def sign_upload(call: Call) -> Response:
    """Return a URL that lets whoever has it upload this one object as the caller might now."""
    target = Target(call.bucket, call.name, await call.caller(), upsert=call.upserts)
    await try_upload(call.server, target, operation="object.sign_upload_url")
    url = f"{target.bucket}/{target.name}"
    lifetime = call.server.config.upload_url_lifetime
    token = call.server.signer.sign(
        url, "upload", lifetime=lifetime, owner=target.caller.owner_id, upsert=target.upsert
    )
    return answer_json({"url": f"/object/upload/sign/{url}?token={token}", "token": token})


async def upload_signed(call: Call) -> Response:
    """Keep an object that a signed URL allows."""
    return await _receive(call, await read_upload_token(call, call.request.query_params.get("token", "")))


async def read_upload_token(call: Call, token: str, bucket: str | None = None, name: str | None = None) -> Target:
    """Return what a token lets one upload; it was asked of the policies when it was signed. Raises InvalidSignature."""
    claims = await call.server.signer.read(token, "upload")
    bucket, name = bucket or call.bucket, name or call.name
    if claims["url"] != f"{bucket}/{name}":
        raise errors.bad_signature()
    owner = claims.get("owner")
    return Target(
        bucket,
        name,
        SERVICE,
        upsert=claims.get("upsert") is True,
        owner_id=owner if isinstance(owner, str) else None,
    )


async def _receive(call: Call, target: Target) -> Response:
    body = _read_body(call)
    boundary = read_boundary(call.request.headers.get("content-type", ""))
    if boundary is None:
        made = await _receive_raw(call, target, body)
    else:
        made = await _receive_form(call, target, Form(boundary, body))
    answer = answer_json({"Id": str(made.id), "Key": f"{target.bucket}/{target.name}"})
    if made.replaced:
        # Nobody waits until a large file is removed; what is left of it by a crash is found by the next sweep.
        answer.background = BackgroundTask(sweep_versions, call.server, [made.replaced])
    return answer


async def _receive_raw(call: Call, target: Target, body: AsyncIterator[bytes]) -> Made:
    headers = call.request.headers
    description = Description(
        headers.get("content-type") or "application/octet-stream",
        headers.get("cache-control") or "no-cache",
        read_metadata(headers.get("x-metadata"), decode_base64),
    )
    bucket = await _allow(call, target, description, spare=0)
    written = await write_body(call.server, body, limit=find_limit(call.server, bucket))
    return await finish_upload(call.server, target, written, description)


async def _receive_form(call: Call, target: Target, form: Form) -> Made:
    await form.read_until_file()
    kind = form.file_type or "application/octet-stream"
    bucket = await _allow(call, target, _describe_form(call, form, kind), spare=_SPARE)
    written = await write_body(call.server, form.read_file(), limit=find_limit(call.server, bucket))
    # Fields may stand behind the file as well.
    return await finish_upload(call.server, target, written, _describe_form(call, form, kind))


def _describe_form(call: Call, form: Form, kind: str) -> Description:
    described = Description(kind, call.request.headers.get("cache-control") or "no-cache")
    seconds = form.fields.get("cacheControl", b"").decode("latin-1").strip()
    if seconds:
        described = replace(described, cache_control=f"max-age={seconds}" if seconds.isdigit() else seconds)
    metadata = read_metadata(form.fields.get("metadata"))
    if not metadata:
        metadata = read_metadata(call.request.headers.get("x-metadata"), decode_base64)
    return replace(described, user_metadata=metadata)


async def _allow(call: Call, target: Target, description: Description, *, spare: int) -> Bucket:
    """Return the bucket where everything that is known before the body allows the upload."""
    bucket = await try_upload(call.server, target, description)
    check_mime_type(bucket, description.mime_type)
    announced = call.request.headers.get("content-length", "")
    if announced.isdigit() and len(announced) < 19 and int(announced) > find_limit(call.server, bucket) + spare:
        raise errors.too_large()
    return bucket


async def _read_body(call: Call) -> AsyncIterator[bytes]:
    try:
        async for part in call.read_parts():
            yield part
    except BodyBroken as error:
        raise errors.bad_request("The request ended before its body") from error
