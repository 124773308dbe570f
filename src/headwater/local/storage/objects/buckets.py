"""Buckets: making, finding, changing, emptying and deleting them as the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg

from headwater.local.storage import errors
from headwater.local.storage.contents.contents import sweep_versions
from headwater.local.storage.server import Caller, StorageServer

_COLUMNS = "id, name, owner, public, created_at, updated_at, file_size_limit, allowed_mime_types"
_ORDERS = {"id", "name", "created_at", "updated_at"}


@dataclass(frozen=True)
class Bucket:
    """What an upload or download asks of a bucket."""

    id: str
    public: bool
    file_size_limit: int | None
    allowed_mime_types: list[str] | None


async def read_bucket(connection: asyncpg.Connection, bucket_id: str) -> Bucket:
    """Return a bucket that the transaction's role may see. Raises NoSuchBucket."""
    row = await connection.fetchrow(
        "select id, public, file_size_limit, allowed_mime_types from storage.buckets where id = $1", bucket_id
    )
    if row is None:
        raise errors.bucket_missing()
    return Bucket(row["id"], bool(row["public"]), row["file_size_limit"], row["allowed_mime_types"])


async def create_bucket(server: StorageServer, caller: Caller, bucket_id: str, *, name: str, **limits: Any) -> None:
    """Make a bucket. Raises Duplicate, or AccessDenied where policies refuse."""
    async with server.transaction(caller, "bucket.create") as connection:
        await connection.execute(
            "insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            bucket_id,
            name,
            caller.owner,
            caller.owner_id,
            limits["public"],
            limits["file_size_limit"],
            limits["allowed_mime_types"],
        )


async def list_buckets(
    server: StorageServer,
    caller: Caller,
    *,
    limit: int | None,
    offset: int,
    sort: str = "",
    descending: bool = False,
    search: str = "",
) -> list[asyncpg.Record]:
    """Return the buckets that the caller may see."""
    order = f"{sort if sort in _ORDERS else 'name'} {'desc' if descending else 'asc'}"
    async with server.transaction(caller, "bucket.list") as connection:
        rows: list[asyncpg.Record] = await connection.fetch(
            f"select {_COLUMNS} from storage.buckets where strpos(lower(name), lower($3)) > 0"  # noqa: S608
            f" order by {order}, id limit $1 offset $2",
            limit,
            offset,
            search,
        )
    return rows


async def get_bucket(server: StorageServer, caller: Caller, bucket_id: str) -> asyncpg.Record:
    """Return a bucket that the caller may see. Raises NoSuchBucket."""
    async with server.transaction(caller, "bucket.get") as connection:
        row = await connection.fetchrow(
            f"select {_COLUMNS} from storage.buckets where id = $1",  # noqa: S608
            bucket_id,
        )
    if row is None:
        raise errors.bucket_missing()
    return row


async def update_bucket(server: StorageServer, caller: Caller, bucket_id: str, changes: dict[str, Any]) -> None:
    """Change what `changes` names: public, file_size_limit, allowed_mime_types. Raises NoSuchBucket."""
    names = [name for name in ("public", "file_size_limit", "allowed_mime_types") if name in changes]
    settings = "".join(f", {name} = ${number}" for number, name in enumerate(names, 2))
    async with server.transaction(caller, "bucket.update") as connection:
        found = await connection.fetchval(
            f"update storage.buckets set updated_at = now(){settings} where id = $1 returning id",  # noqa: S608
            bucket_id,
            *(changes[name] for name in names),
        )
    if found is None:
        raise errors.bucket_missing()


async def empty_bucket(server: StorageServer, caller: Caller, bucket_id: str) -> None:
    """Delete the objects of a bucket that the caller may delete. Raises NoSuchBucket."""
    async with server.transaction(caller, "bucket.empty") as connection:
        await read_bucket(connection, bucket_id)
        rows = await connection.fetch("delete from storage.objects where bucket_id = $1 returning version", bucket_id)
    await sweep_versions(server, [row["version"] for row in rows])


async def delete_bucket(server: StorageServer, caller: Caller, bucket_id: str) -> None:
    """Delete an empty bucket. Raises NoSuchBucket, or ResourceNotEmpty."""
    async with server.transaction(caller, "bucket.delete") as connection:
        await read_bucket(connection, bucket_id)
        try:
            async with connection.transaction():
                found = await connection.fetchval("delete from storage.buckets where id = $1 returning id", bucket_id)
        except asyncpg.ForeignKeyViolationError as error:
            message = "The bucket you tried to delete is not empty"
            raise errors.StorageError(409, "ResourceNotEmpty", message, code="ResourceNotEmpty") from error
        if found is None:
            raise errors.access_denied("You may not delete this bucket")
