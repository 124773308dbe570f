"""Uploads: asked of the policies first, then written to disk, then made known by a row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from headwater.local.storage import errors
from headwater.local.storage.contents.arrivals import TooMuch
from headwater.local.storage.contents.contents import keep_content, sweep_digest
from headwater.local.storage.contents.stores import Written
from headwater.local.storage.contents.writing import Part
from headwater.local.storage.objects.buckets import Bucket, read_bucket
from headwater.local.storage.objects.names import is_allowed
from headwater.local.storage.server import SERVICE, Caller, StorageServer, assume, read_uuid

_INSERT = (
    "insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)"
    " values ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8::text::jsonb)"
)
_UPSERT = (
    " on conflict (bucket_id, name) do update set owner = excluded.owner, owner_id = excluded.owner_id,"
    " version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata,"
    " updated_at = now()"
)


@dataclass(frozen=True)
class Target:
    """Where an upload goes, and on whose behalf: policies judge `caller`, the row names `owner_id`."""

    bucket: str
    name: str
    caller: Caller
    upsert: bool = False
    owner_id: str | None = None


@dataclass(frozen=True)
class Description:
    """What is said about a content beside its bytes."""

    mime_type: str = "application/octet-stream"
    cache_control: str = "no-cache"
    user_metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """An object that an upload made, and the version that it replaced, which is to be swept."""

    id: UUID
    replaced: str | None = None


class _Undo(Exception):
    """Takes back a trial."""


async def try_upload(
    server: StorageServer, target: Target, description: Description | None = None, operation: str = "object.upload"
) -> Bucket:
    """Return the bucket of a target where the caller may upload; nothing is changed.

    Before the body is read: who may not upload can't fill the disk either. Raises NoSuchBucket, AccessDenied,
    Duplicate.
    """
    metadata = {"mimetype": description.mime_type} if description else {}
    user_metadata = description.user_metadata if description else {}
    try:
        async with server.transaction(SERVICE, operation) as connection:
            bucket = await read_bucket(connection, target.bucket)
            await assume(connection, target.caller, operation)
            await insert_object(
                connection, target, uuid4(), version=str(uuid4()), metadata=metadata, user_metadata=user_metadata
            )
            raise _Undo
    except _Undo:
        return bucket


def find_limit(server: StorageServer, bucket: Bucket) -> int:
    """Return the most bytes that an object of this bucket may have."""
    return min(server.config.file_size_limit, bucket.file_size_limit or server.config.file_size_limit)


def check_mime_type(bucket: Bucket, mime_type: str) -> None:
    """Raise InvalidMimeType where the bucket doesn't take this kind of content."""
    if not is_allowed(mime_type, bucket.allowed_mime_types):
        raise errors.bad_mime_type(mime_type)


async def write_body(server: StorageServer, parts: AsyncIterator[Part], *, limit: int) -> Written:
    """Write a body to disk. Raises EntityTooLarge."""
    try:
        return await server.arrivals.write(parts, limit=limit)
    except TooMuch:
        raise errors.too_large() from None


async def finish_upload(
    server: StorageServer, target: Target, written: Written, description: Description, operation: str = "object.upload"
) -> Made:
    """Make a written file an object. Without a commit nothing of it stays."""
    version = str(uuid4())
    try:
        await server.files.bring(written)
        async with server.transaction(SERVICE, operation) as connection:
            await read_bucket(connection, target.bucket)
            replaced = await connection.fetchrow(
                "select id, version from storage.objects where bucket_id = $1 and name = $2 for update",
                target.bucket,
                target.name,
            )
            await keep_content(connection, server, written, version)
            await assume(connection, target.caller, operation)
            made = Made(replaced["id"], replaced["version"]) if replaced else Made(uuid4())
            await insert_object(
                connection,
                target,
                made.id,
                version=version,
                metadata=describe(server, written, description),
                user_metadata=description.user_metadata,
            )
    except Exception:  # whatever it was: the row is undone, and its file must not wait for the next sweep
        await sweep_digest(server, written.digest)
        raise
    finally:
        await server.arrivals.discard(written)
    return made


def describe(server: StorageServer, written: Written, description: Description) -> dict[str, Any]:
    """Return the metadata of an object as Supabase Storage keeps it."""
    return {
        "eTag": make_etag(written.digest),
        "size": written.size,
        "mimetype": description.mime_type,
        "cacheControl": description.cache_control,
        "lastModified": server.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "contentLength": written.size,
        "httpStatusCode": 200,
    }


def make_etag(digest: str) -> str:
    """Return the entity tag of a content."""
    return f'"{digest[:32]}"'


async def insert_object(
    connection: asyncpg.Connection,
    target: Target,
    object_id: UUID,
    *,
    version: str,
    metadata: Mapping[str, Any],
    user_metadata: Mapping[str, Any],
) -> None:
    """Write the row of an object as the transaction's role.

    Nothing is read back: a caller who may insert but not select may upload.
    """
    owner_id = target.owner_id or target.caller.owner_id
    await connection.execute(
        _INSERT + (_UPSERT if target.upsert else ""),
        object_id,
        target.bucket,
        target.name,
        read_uuid(owner_id),
        owner_id,
        version,
        orjson.dumps(metadata).decode(),
        orjson.dumps(user_metadata).decode(),
    )
