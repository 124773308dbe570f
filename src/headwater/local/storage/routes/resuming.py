"""Resumable uploads over HTTP: tus 1.0 (tus.io) with the extensions that Supabase's server has."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime

import asyncpg
from starlette.background import BackgroundTask
from starlette.datastructures import Headers
from starlette.responses import Response

from headwater.local.storage import errors
from headwater.local.storage.calls import Call, read_metadata
from headwater.local.storage.contents.contents import sweep_versions
from headwater.local.storage.contents.resumable import Upload, UploadStore
from headwater.local.storage.errors import StorageError, translate_error
from headwater.local.storage.objects.names import check_bucket_name, check_object_name
from headwater.local.storage.objects.uploads import (
    Description,
    Target,
    check_mime_type,
    find_limit,
    finish_upload,
    try_upload,
)
from headwater.local.storage.routes.uploading import read_upload_token
from headwater.local.storage.server import SERVICE, Caller

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,expiration"
_BYTES = "application/offset+octet-stream"
Handler = Callable[[Call], Awaitable[Response]]


def speaking_tus(handler: Handler) -> Handler:
    """Return the handler with the protocol's version demanded and said. Errors have their true status here."""

    async def answer(call: Call) -> Response:
        try:
            if call.request.headers.get("tus-resumable", VERSION) != VERSION:
                raise StorageError(412, "TusError", "Tus-Resumable must be 1.0.0", wire_status=412)
            response = await handler(call)
        except (StorageError, asyncpg.PostgresError) as error:
            refusal = error if isinstance(error, StorageError) else translate_error(error)
            if refusal is None:
                raise
            refusal.wire_status = refusal.status
            refusal.headers = {**refusal.headers, "tus-resumable": VERSION, "tus-version": VERSION}
            raise refusal from error
        response.headers["tus-resumable"] = VERSION
        return response

    return answer


@speaking_tus
async def describe(call: Call) -> Response:
    """Say what of the protocol is spoken."""
    headers = {"tus-version": VERSION, "tus-extension": EXTENSIONS}
    return Response(None, 204, {**headers, "tus-max-size": str(call.server.config.file_size_limit)})


@speaking_tus
async def create(call: Call) -> Response:
    """Begin an upload where the caller may upload; a body with it is its first part."""
    headers = call.request.headers
    length = _read_new_length(headers)
    raw = headers.get("upload-metadata", "")
    given = parse_metadata(raw)
    bucket_name, name = check_bucket_name(given.get("bucketName")), check_object_name(given.get("objectName"))
    target, caller, signed = await _find_target(call, bucket_name, name)
    seconds = given.get("cacheControl", "")
    description = Description(
        given.get("contentType") or "application/octet-stream",
        f"max-age={seconds}" if seconds.isdigit() else seconds or "no-cache",
        read_metadata(given.get("metadata")),
    )
    bucket = await try_upload(call.server, target, description)
    check_mime_type(bucket, description.mime_type)
    most = find_limit(call.server, bucket)
    if length is not None and length > most:
        raise errors.upload_too_large()
    store = call.server.uploads
    upload = await asyncio.to_thread(
        store.begin,
        bucket=bucket_name,
        name=name,
        length=length,
        most=most,
        role=caller.role,
        owner_id=target.owner_id or caller.owner_id,
        upsert=target.upsert,
        signed=signed,
        mime_type=description.mime_type,
        cache_control=description.cache_control,
        expires=(call.server.now() + call.server.config.resumable_lifetime).timestamp(),
        raw_metadata=raw,
        user_metadata=dict(description.user_metadata),
    )
    answer = {"location": f"{call.request.url.path.rstrip('/')}/{upload.id}", **_show(upload, 0)}
    response = Response(None, 201, answer)
    if headers.get("content-type") == _BYTES or length == 0:
        with store.lock(upload):
            await _take(call, target, upload, response)
    return response


@speaking_tus
async def measure(call: Call) -> Response:
    """Say how much of an upload has come."""
    upload, _ = await _find_own(call)
    headers = {**_show(upload, call.server.uploads.measure(upload)), "cache-control": "no-store"}
    return Response(None, 200, {**headers, "upload-metadata": upload.raw_metadata})


@speaking_tus
async def append(call: Call) -> Response:
    """Take the next part of an upload; the last one makes it an object."""
    headers = call.request.headers
    if headers.get("content-type") != _BYTES:
        raise StorageError(415, "TusError", f"Content-Type must be {_BYTES}")
    upload, target = await _find_own(call)
    store: UploadStore = call.server.uploads
    with store.lock(upload):
        if _read_length(headers.get("upload-offset"), "Upload-Offset") != store.measure(upload):
            raise StorageError(409, "TusError", "Upload-Offset conflict")
        if "upload-length" in headers:
            upload = await _settle_length(call, upload)
        response = Response(None, 204, _show(upload, 0))
        await _take(call, target, upload, response)
        return response


@speaking_tus
async def delete(call: Call) -> Response:
    """Give up an upload."""
    upload, _ = await _find_own(call)
    with call.server.uploads.lock(upload):
        await asyncio.to_thread(call.server.uploads.forget, upload)
    return Response(None, 204)


def parse_metadata(header: str) -> dict[str, str]:
    """Read Upload-Metadata: pairs of a name and a value in base64, parted by commas. Raises InvalidRequest."""
    pairs = {}
    for pair in header.split(",") if header else []:
        name, _, encoded = pair.strip().partition(" ")
        try:
            pairs[name] = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise errors.bad_request("Upload-Metadata can't be read", code="TusError") from error
    return pairs


async def _find_target(call: Call, bucket: str, name: str) -> tuple[Target, Caller, bool]:
    """Return where an upload goes, on whose behalf, and whether a signed token says so."""
    if "/resumable/sign" in call.request.url.path:
        target = await read_upload_token(call, call.request.headers.get("x-signature", ""), bucket, name)
        return target, SERVICE, True
    caller = await call.caller()
    return Target(bucket, name, caller, upsert=call.upserts), caller, False


async def _find_own(call: Call) -> tuple[Upload, Target]:
    """Return the upload that the path names, to who began it. For others it isn't there."""
    store = call.server.uploads
    upload = await asyncio.to_thread(store.find, call.request.path_params["upload"], now=call.server.now().timestamp())
    if upload is None:
        raise StorageError(404, "NoSuchUpload", "Upload not found")
    target, caller, signed = await _find_target(call, upload.bucket, upload.name)
    if signed != upload.signed or (
        not signed and caller.role != SERVICE.role and (caller.role, caller.owner_id) != (upload.role, upload.owner_id)
    ):
        raise StorageError(404, "NoSuchUpload", "Upload not found")
    return upload, Target(upload.bucket, upload.name, target.caller, upsert=upload.upsert, owner_id=upload.owner_id)


async def _settle_length(call: Call, upload: Upload) -> Upload:
    """Take the length that was left open when the upload was begun. Raises TusError, EntityTooLarge."""
    length = _read_length(call.request.headers.get("upload-length"))
    if length == upload.length:
        return upload
    if upload.length is not None or length < call.server.uploads.measure(upload):
        raise errors.bad_request("Upload-Length can't be changed", code="TusError")
    if length > upload.most:
        raise errors.upload_too_large()
    return await asyncio.to_thread(call.server.uploads.settle_length, upload, length)


async def _take(call: Call, target: Target, upload: Upload, response: Response) -> None:
    """Append the body, say in the answer how much there is, and make the upload an object where it is complete."""
    store = call.server.uploads
    size = await store.append(upload, call.read_parts())
    response.headers["upload-offset"] = str(size)
    if size != upload.length:
        return
    written = await call.server.arrivals.adopt(store.part(upload.id), store.find_digest(upload))
    description = Description(upload.mime_type, upload.cache_control, upload.user_metadata)
    # What fails here can be tried again with an empty part, until the upload expires.
    made = await finish_upload(call.server, target, written, description, "object.upload_resumable")
    await asyncio.to_thread(store.forget, upload)
    if made.replaced:
        response.background = BackgroundTask(sweep_versions, call.server, [made.replaced])


def _show(upload: Upload, offset: int) -> dict[str, str]:
    expires = format_datetime(datetime.fromtimestamp(upload.expires, UTC), usegmt=True)
    length = {"upload-defer-length": "1"} if upload.length is None else {"upload-length": str(upload.length)}
    return {"upload-offset": str(offset), **length, "upload-expires": expires}


def _read_new_length(headers: Headers) -> int | None:
    """Return how long a new upload will be, or None where its sender says so later."""
    deferred = headers.get("upload-defer-length")
    if deferred is None:
        return _read_length(headers.get("upload-length"))
    if deferred != "1" or "upload-length" in headers:
        raise errors.bad_request("Upload-Defer-Length must be 1, without Upload-Length", code="TusError")
    return None


def _read_length(value: str | None, name: str = "Upload-Length") -> int:
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 18:
        raise errors.bad_request(f"{name} must be a number of bytes", code="TusError")
    return int(value)
