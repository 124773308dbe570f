"""What lies in a bucket: by folder with offsets, or page by page with a cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from headwater.local.storage import errors
from headwater.local.storage.calls import write_moment
from headwater.local.storage.objects.objects import read_mapping
from headwater.local.storage.server import Caller, StorageServer

_FOLDER_ORDERS = {
    "name": 'shown collate "C"',
    "created_at": "created_at",
    "updated_at": "updated_at",
    "last_accessed_at": "last_accessed_at",
}
_PAGE_ORDERS = {"name", "created_at", "updated_at"}
# Folders come first and by name; only what follows the prefix is shown.
_FOLDER = """
with below as (
  select *, substr(name, length($2) + 1) as rest
  from storage.objects
  where bucket_id = $1
    and name collate "C" ^@ $2
    and strpos(lower(substr(name, length($2) + 1)), lower($3)) = 1
)
select null::uuid as id, split_part(rest, '/', 1) as shown, null::timestamptz as created_at,
  null::timestamptz as updated_at, null::timestamptz as last_accessed_at, null::text as metadata, 0 as kind
from below
where strpos(rest, '/') > 0
group by 2
union all
select id, rest, created_at, updated_at, last_accessed_at, metadata::text, 1
from below
where strpos(rest, '/') = 0
"""
_PAGE = """
with items as (
  select
    case when $3 and strpos(substr(name, length($2) + 1), '/') > 0
      then $2 || split_part(substr(name, length($2) + 1), '/', 1) || '/'
      else name
    end as item,
    ($3 and strpos(substr(name, length($2) + 1), '/') > 0) as is_folder,
    *
  from storage.objects
  where bucket_id = $1 and name collate "C" ^@ $2
), shown as (
  select item, is_folder, min(id::text) as id, min(created_at) as created_at, max(updated_at) as updated_at,
    max(last_accessed_at) as last_accessed_at, min(metadata::text) as metadata
  from items
  group by item, is_folder
)
select * from shown
"""


async def list_folder(
    server: StorageServer,
    caller: Caller,
    bucket: str,
    *,
    prefix: str,
    search: str,
    limit: int,
    offset: int,
    sort: str,
    descending: bool,
) -> list[dict[str, Any]]:
    """Return the folders and objects right below `prefix` whose names begin with `search`, whatever the case."""
    folder = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    direction = "desc" if descending else "asc"
    order = _FOLDER_ORDERS.get(sort)
    if order is None:
        raise errors.bad_request("body/sortBy/column must be equal to one of the allowed values")
    statement = (
        f'select * from ({_FOLDER}) as listed order by kind, {order} {direction}, shown collate "C" {direction}'  # noqa: S608
        " limit $4 offset $5"
    )
    async with server.transaction(caller, "object.list") as connection:
        rows = await connection.fetch(statement, bucket, folder, search, limit, offset)
    return [_show(row, row["shown"]) for row in rows]


async def list_page(
    server: StorageServer,
    caller: Caller,
    bucket: str,
    *,
    prefix: str,
    limit: int,
    cursor: str,
    by_folder: bool,
    sort: str,
    descending: bool,
) -> dict[str, Any]:
    """Return at most `limit` objects and folders after `cursor`, and the cursor of the next page."""
    if sort not in _PAGE_ORDERS:
        raise errors.bad_request("body/sortBy/column must be equal to one of the allowed values")
    direction, comparison = ("desc", "<") if descending else ("asc", ">")
    key = 'item collate "C"' if sort == "name" else sort
    values: list[Any] = [bucket, prefix, by_folder, limit + 1]
    after = ""
    if cursor:
        moment, item = _read_cursor(cursor, sort, descending=descending)
        values.append(item)
        after = f'where item collate "C" {comparison} $5'
        if sort != "name":
            values.append(moment)
            after = f'where ({sort}, item collate "C") {comparison} ($6, $5)'
    statement = f'{_PAGE} {after} order by {key} {direction}, item collate "C" {direction} limit $4'
    async with server.transaction(caller, "object.list_v2") as connection:
        rows = await connection.fetch(statement, *values)
    page, has_next = rows[:limit], len(rows) > limit
    answer: dict[str, Any] = {
        "hasNext": has_next,
        "folders": [_show_folder(row) for row in page if row["is_folder"]],
        "objects": [{**_show(row, row["item"]), "key": row["item"]} for row in page if not row["is_folder"]],
    }
    if has_next:
        answer["nextCursor"] = _write_cursor(page[-1], sort, descending=descending)
    return answer


def _show(row: Mapping[str, Any] | asyncpg.Record, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": str(row["id"]) if row["id"] else None,
        "updated_at": write_moment(row["updated_at"]),
        "created_at": write_moment(row["created_at"]),
        "last_accessed_at": write_moment(row["last_accessed_at"]),
        "metadata": read_mapping(row["metadata"]) if row["id"] else None,
    }


def _show_folder(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "key": row["item"].removesuffix("/"),
        "name": row["item"],
        "created_at": write_moment(row["created_at"]),
        "updated_at": write_moment(row["updated_at"]),
    }


def _write_cursor(row: asyncpg.Record, sort: str, *, descending: bool) -> str:
    moment = row[sort].isoformat() if sort != "name" else None
    return base64.urlsafe_b64encode(orjson.dumps([sort, descending, moment, row["item"]])).decode()


def _read_cursor(cursor: str, sort: str, *, descending: bool) -> tuple[datetime | None, str]:
    """Return where a page ended. Raises InvalidRequest for a cursor of another listing."""
    try:
        given_sort, given_descending, moment, item = orjson.loads(base64.urlsafe_b64decode(cursor))
        if (given_sort, given_descending) != (sort, descending) or not isinstance(item, str) or "\x00" in item:
            raise ValueError("a cursor of another order")
        return (datetime.fromisoformat(moment) if sort != "name" else None), item
    except (binascii.Error, ValueError, TypeError) as error:
        raise errors.bad_request("Invalid cursor", code="InvalidParameter") from error
