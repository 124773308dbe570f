"""Objects: finding, moving, copying and deleting them as the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from headwater.local.storage import errors
from headwater.local.storage.contents.contents import share_content, sweep_versions
from headwater.local.storage.objects.buckets import read_bucket
from headwater.local.storage.objects.uploads import Target, insert_object
from headwater.local.storage.server import SERVICE, Caller, StorageServer, assume

_COLUMNS = (
    "id, bucket_id, name, owner, owner_id, version, created_at, updated_at, last_accessed_at,"
    " metadata::text as metadata, user_metadata::text as user_metadata"
)
MAX_OBJECTS = 1_000


@dataclass(frozen=True)
class StoredObject:
    """A row of storage.objects; digest and size are those of the file, None where there is none."""

    id: UUID
    bucket: str
    name: str
    owner_id: str | None
    version: str | None
    created_at: datetime
    updated_at: datetime
    last_accessed_at: datetime | None
    metadata: dict[str, Any]
    user_metadata: dict[str, Any]
    digest: str | None = None
    size: int | None = None
    is_public: bool = False

    @property
    def mime_type(self) -> str:
        """What kind of content the uploader said it is."""
        found = self.metadata.get("mimetype")
        return found if isinstance(found, str) and found else "application/octet-stream"

    @property
    def cache_control(self) -> str:
        """How long the uploader lets it be cached."""
        found = self.metadata.get("cacheControl")
        return found if isinstance(found, str) and found else "no-cache"


async def find_object(
    server: StorageServer, caller: Caller, bucket: str, name: str, *, operation: str, may_be_public: bool = False
) -> StoredObject:
    """Return an object that the caller may see, or that anybody may where its bucket is public and that counts.

    Raises NoSuchBucket, NoSuchKey.
    """
    async with server.transaction(SERVICE, operation) as connection:
        found = await read_bucket(connection, bucket)
        is_open = may_be_public and found.public
        if caller.role != SERVICE.role and not is_open:
            await assume(connection, caller, operation)
        row = await connection.fetchrow(
            f"select {_COLUMNS} from storage.objects where bucket_id = $1 and name = $2",  # noqa: S608
            bucket,
            name,
        )
        if row is None:
            raise errors.object_missing()
        await assume(connection, SERVICE, operation)
        content = await connection.fetchrow(
            "select digest, size from storage.contents where version = $1", row["version"]
        )
    return replace(read_object(row, content), is_public=found.public)


async def delete_object(server: StorageServer, caller: Caller, bucket: str, name: str) -> None:
    """Delete one object. Raises NoSuchKey."""
    if not await delete_objects(server, caller, bucket, [name], operation="object.delete"):
        raise errors.object_missing()


async def delete_objects(
    server: StorageServer, caller: Caller, bucket: str, names: Sequence[str], *, operation: str = "object.delete_many"
) -> list[StoredObject]:
    """Delete those objects that the caller may delete, and return them. The files go after the commit."""
    async with server.transaction(caller, operation) as connection:
        rows = await connection.fetch(
            "delete from storage.objects where bucket_id = $1 and name = any ($2)"  # noqa: S608
            f" returning {_COLUMNS}",
            bucket,
            list(names),
        )
    await sweep_versions(server, [row["version"] for row in rows])
    return [read_object(row, None) for row in rows]


async def move_object(
    server: StorageServer, caller: Caller, bucket: str, name: str, *, to_bucket: str, to_name: str
) -> UUID:
    """Move an object to another name or bucket; returns its id. Raises NoSuchBucket, NoSuchKey, Duplicate."""
    async with server.transaction(SERVICE, "object.move") as connection:
        await read_bucket(connection, bucket)
        await read_bucket(connection, to_bucket)
        await assume(connection, caller, "object.move")
        moved: UUID | None = await connection.fetchval(
            "update storage.objects set bucket_id = $3, name = $4, updated_at = now()"
            " where bucket_id = $1 and name = $2 returning id",
            bucket,
            name,
            to_bucket,
            to_name,
        )
    if moved is None:
        raise errors.object_missing()
    return moved


async def copy_object(
    server: StorageServer,
    caller: Caller,
    source: tuple[str, str],
    target: Target,
    *,
    metadata: dict[str, Any],
    user_metadata: dict[str, Any] | None,
    copy_metadata: bool,
) -> StoredObject:
    """Copy an object that the caller may see to where it may upload; both share one file.

    Raises NoSuchBucket, NoSuchKey, Duplicate, AccessDenied.
    """
    found = await find_object(server, caller, *source, operation="object.copy")
    if found.digest is None or found.size is None:
        raise errors.object_missing()
    described = {**found.metadata, **metadata}
    own = found.user_metadata if copy_metadata else {}
    version, made = str(uuid4()), uuid4()
    async with server.transaction(SERVICE, "object.copy") as connection:
        await read_bucket(connection, target.bucket)
        replaced = await connection.fetchrow(
            "select id, version from storage.objects where bucket_id = $1 and name = $2 for update",
            target.bucket,
            target.name,
        )
        if not await share_content(connection, found.digest, found.size, version):
            raise errors.object_missing()
        await assume(connection, caller, "object.copy")
        made = replaced["id"] if replaced else made
        await insert_object(
            connection,
            target,
            made,
            version=version,
            metadata=described,
            user_metadata=user_metadata if user_metadata is not None else own,
        )
    await sweep_versions(server, [replaced["version"]] if replaced else [])
    return await find_object(server, SERVICE, target.bucket, target.name, operation="object.copy")


async def find_names(
    server: StorageServer, caller: Caller, bucket: str, names: Sequence[str], *, operation: str
) -> set[str]:
    """Return those of `names` that the caller may see."""
    async with server.transaction(caller, operation) as connection:
        rows = await connection.fetch(
            "select name from storage.objects where bucket_id = $1 and name = any ($2)", bucket, list(names)
        )
    return {row["name"] for row in rows}


def read_object(row: asyncpg.Record, content: asyncpg.Record | None) -> StoredObject:
    """Return the object of a row, with the file that holds its bytes."""
    return StoredObject(
        id=row["id"],
        bucket=row["bucket_id"],
        name=row["name"],
        owner_id=row["owner_id"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        last_accessed_at=row["last_accessed_at"],
        metadata=read_mapping(row["metadata"]),
        user_metadata=read_mapping(row["user_metadata"]),
        digest=content["digest"] if content else None,
        size=content["size"] if content else None,
    )


def read_mapping(text: str | None) -> dict[str, Any]:
    """Return the object that a column of JSON holds, empty for anything else."""
    value = orjson.loads(text) if text else {}
    return value if isinstance(value, dict) else {}
