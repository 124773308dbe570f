"""Buckets over HTTP."""

from __future__ import annotations

from typing import Any

import asyncpg
from starlette.responses import Response

from headwater.local.storage import errors
from headwater.local.storage.calls import Call, answer_json, read_integer, read_text, write_moment
from headwater.local.storage.objects import buckets
from headwater.local.storage.objects.names import check_bucket_name, parse_mime_types, parse_size


async def create(call: Call) -> Response:
    """Make a bucket."""
    caller, body = await call.caller(), await call.read_json()
    name = check_bucket_name(read_text(body.get("name"), "name"))
    limits = _read_limits(call, {"public": False, "file_size_limit": None, "allowed_mime_types": None, **body})
    try:
        await buckets.create_bucket(call.server, caller, check_bucket_name(body.get("id") or name), name=name, **limits)
    except asyncpg.UniqueViolationError as error:
        raise errors.already_there("BucketAlreadyExists") from error
    return answer_json({"name": name})


async def list_all(call: Call) -> Response:
    """Return the buckets that the caller may see."""
    query = call.request.query_params
    limit = query.get("limit")
    rows = await buckets.list_buckets(
        call.server,
        await call.caller(),
        limit=read_integer(limit, "limit", default=0, least=1) if limit else None,
        offset=read_integer(query.get("offset"), "offset", default=0),
        sort=query.get("sortColumn", ""),
        descending=query.get("sortOrder", "").lower() == "desc",
        search=query.get("search", ""),
    )
    return answer_json([_show(row) for row in rows])


async def get(call: Call) -> Response:
    """Return one bucket."""
    return answer_json(_show(await buckets.get_bucket(call.server, await call.caller(), call.bucket)))


async def update(call: Call) -> Response:
    """Change a bucket."""
    caller, body = await call.caller(), await call.read_json()
    await buckets.update_bucket(call.server, caller, call.bucket, _read_limits(call, body))
    return answer_json({"message": "Successfully updated"})


async def empty(call: Call) -> Response:
    """Delete every object of a bucket; done when the answer comes, in words the clients know."""
    await buckets.empty_bucket(call.server, await call.caller(), call.bucket)
    return answer_json({"message": "Empty bucket has been queued. Completion may take up to an hour."})


async def delete(call: Call) -> Response:
    """Delete an empty bucket."""
    await buckets.delete_bucket(call.server, await call.caller(), call.bucket)
    return answer_json({"message": "Successfully deleted"})


def _read_limits(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a bucket that a body names."""
    limits: dict[str, Any] = {}
    if "public" in body:
        if not isinstance(body["public"], bool | None):
            raise errors.bad_request("body/public must be boolean")
        limits["public"] = bool(body["public"])
    if "file_size_limit" in body:
        limits["file_size_limit"] = parse_size(body["file_size_limit"])
        if (limits["file_size_limit"] or 0) > call.server.config.file_size_limit:
            raise errors.too_large()
    if "allowed_mime_types" in body:
        limits["allowed_mime_types"] = parse_mime_types(body["allowed_mime_types"])
    return limits


def _show(row: asyncpg.Record) -> dict[str, Any]:
    """Return a bucket as the clients read it; the Python client wants a text for the owner."""
    return {
        "id": row["id"],
        "name": row["name"],
        "owner": str(row["owner"]) if row["owner"] else "",
        "public": bool(row["public"]),
        "file_size_limit": row["file_size_limit"],
        "allowed_mime_types": row["allowed_mime_types"],
        "created_at": write_moment(row["created_at"]),
        "updated_at": write_moment(row["updated_at"]),
    }
