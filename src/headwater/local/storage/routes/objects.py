"""Listing, moving, copying, deleting and signing objects over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from headwater.local.storage import errors
from headwater.local.storage.calls import (
    Call,
    answer_json,
    decode_base64,
    read_integer,
    read_metadata,
    read_text,
    write_moment,
)
from headwater.local.storage.images import read_transformation
from headwater.local.storage.objects import listing
from headwater.local.storage.objects.names import check_bucket_name, check_object_name
from headwater.local.storage.objects.objects import (
    MAX_OBJECTS,
    StoredObject,
    copy_object,
    delete_object,
    delete_objects,
    find_names,
    find_object,
    move_object,
)
from headwater.local.storage.objects.uploads import Target

_NO_OBJECT = "Either the object does not exist or you do not have access to it"
_LONGEST_SECONDS = 100 * 365 * 86_400


async def list_folder(call: Call) -> Response:
    """Return the folders and objects of one folder."""
    caller, body = await call.caller(), await call.read_json()
    sort = body.get("sortBy") or {}
    if not isinstance(sort, dict):
        raise errors.bad_request("body/sortBy must be object")
    rows = await listing.list_folder(
        call.server,
        caller,
        call.bucket,
        prefix=read_text(body.get("prefix"), "prefix"),
        search=read_text(body.get("search"), "search", default=""),
        limit=read_integer(body.get("limit"), "limit", default=100),
        offset=read_integer(body.get("offset"), "offset", default=0),
        sort=str(sort.get("column") or "name"),
        descending=sort.get("order") == "desc",
    )
    return answer_json(rows)


async def list_pages(call: Call) -> Response:
    """Return a page of objects, and of folders where a delimiter is asked for; the cursor leads to the next."""
    caller, body = await call.caller(), await call.read_json()
    sort = body.get("sortBy") or {}
    if not isinstance(sort, dict):
        raise errors.bad_request("body/sortBy must be object")
    page = await listing.list_page(
        call.server,
        caller,
        call.bucket,
        prefix=read_text(body.get("prefix"), "prefix", default=""),
        limit=read_integer(body.get("limit"), "limit", default=1_000, least=1, most=1_000),
        cursor=read_text(body.get("cursor"), "cursor", default=""),
        by_folder=body.get("with_delimiter") is True,
        sort=str(sort.get("column") or "name"),
        descending=sort.get("order") == "desc",
    )
    return answer_json(page)


async def delete_one(call: Call) -> Response:
    """Delete an object."""
    await delete_object(call.server, await call.caller(), call.bucket, call.name)
    return answer_json({"message": "Successfully deleted"})


async def delete_many(call: Call) -> Response:
    """Delete objects by name, and say which were deleted."""
    caller, names = await call.caller(), _read_names(await call.read_json(), "prefixes")
    deleted = await delete_objects(call.server, caller, call.bucket, names)
    return answer_json([show_object(found) for found in deleted])


async def move(call: Call) -> Response:
    """Move an object to another name or bucket."""
    caller, body = await call.caller(), await call.read_json()
    (bucket, name), (to_bucket, to_name) = _read_two(body)
    moved = await move_object(call.server, caller, bucket, name, to_bucket=to_bucket, to_name=to_name)
    return answer_json({"message": "Successfully moved", "Id": str(moved), "Key": to_name})


async def copy(call: Call) -> Response:
    """Copy an object."""
    caller, body = await call.caller(), await call.read_json()
    source, target = _read_two(body)
    given = body.get("metadata") or {}
    if not isinstance(given, dict):
        raise errors.bad_request("body/metadata must be object")
    encoded = call.request.headers.get("x-metadata")
    made = await copy_object(
        call.server,
        caller,
        source,
        Target(*target, caller, upsert=call.upserts),
        metadata={name: given[name] for name in ("cacheControl", "mimetype") if isinstance(given.get(name), str)},
        user_metadata=read_metadata(encoded, decode_base64) if encoded else None,
        copy_metadata=body.get("copyMetadata") is not False,
    )
    return answer_json({**show_object(made), "Id": str(made.id), "Key": "/".join(target)})


async def sign(call: Call) -> Response:
    """Return a URL that lets whoever has it read one object for a time, perhaps transformed."""
    caller, body = await call.caller(), await call.read_json()
    lifetime = _read_lifetime(body)
    transform = body.get("transform") or {}
    if not isinstance(transform, dict):
        raise errors.bad_request("body/transform must be object")
    found = await find_object(call.server, caller, call.bucket, call.name, operation="object.sign")
    url = f"{found.bucket}/{found.name}"
    if not transform:
        token = call.server.signer.sign(url, "read", lifetime=lifetime)
        return answer_json({"signedURL": f"/object/sign/{url}?token={token}"})
    transformation = read_transformation(transform)
    token = call.server.signer.sign(url, "read", lifetime=lifetime, transform=transformation.as_claims())
    return answer_json({"signedURL": f"/render/image/sign/{url}?token={token}"})


async def sign_many(call: Call) -> Response:
    """Return URLs for several objects; those that the caller may not see have an error in their place."""
    caller, body = await call.caller(), await call.read_json()
    names, lifetime = _read_names(body, "paths"), _read_lifetime(body)
    seen = await find_names(call.server, caller, call.bucket, names, operation="object.sign_many")
    answers = []
    for name in names:
        url = f"{call.bucket}/{name}"
        token = call.server.signer.sign(url, "read", lifetime=lifetime) if name in seen else None
        answers.append(
            {
                "error": None if token else _NO_OBJECT,
                "path": name,
                "signedURL": f"/object/sign/{url}?token={token}" if token else None,
            }
        )
    return answer_json(answers)


def show_object(found: StoredObject) -> dict[str, Any]:
    """Return an object as the clients read it."""
    return {
        "id": str(found.id),
        "bucket_id": found.bucket,
        "name": found.name,
        "owner": found.owner_id or "",
        "owner_id": found.owner_id,
        "version": found.version,
        "created_at": write_moment(found.created_at),
        "updated_at": write_moment(found.updated_at),
        "last_accessed_at": write_moment(found.last_accessed_at),
        "metadata": found.metadata,
        "user_metadata": found.user_metadata,
    }


def _read_two(body: dict[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return where an object is and where it shall be."""
    bucket = check_bucket_name(read_text(body.get("bucketId"), "bucketId"))
    name = check_object_name(read_text(body.get("sourceKey"), "sourceKey"))
    to_bucket = check_bucket_name(body.get("destinationBucket") or bucket)
    return (bucket, name), (to_bucket, check_object_name(read_text(body.get("destinationKey"), "destinationKey")))


def _read_names(body: dict[str, Any], field: str) -> list[str]:
    names = body.get(field)
    if not isinstance(names, list) or not names or len(names) > MAX_OBJECTS:
        raise errors.bad_request(f"body/{field} must hold 1 to {MAX_OBJECTS} names")
    return [read_text(name, field) for name in names]


def _read_lifetime(body: dict[str, Any]) -> timedelta:
    if body.get("expiresIn") is None:
        raise errors.bad_request("body must have required property 'expiresIn'")
    seconds = read_integer(body["expiresIn"], "expiresIn", default=0, least=1, most=_LONGEST_SECONDS)
    return timedelta(seconds=seconds)
