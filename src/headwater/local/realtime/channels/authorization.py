"""Private channels: policies on `realtime.messages` say who may read and write which topic.

As on hosted Supabase, a message is written and read under the viewer's role and claims, with the topic at
`realtime.topic()`, in a transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

import asyncpg
import orjson

from headwater.local.realtime.tokens import Grant

EXTENSIONS = ("broadcast", "presence")

_ASSUME = """
select
  set_config('role', $1, true),
  set_config('realtime.topic', $2, true),
  set_config('request.jwt.claims', $3, true),
  set_config('request.jwt.claim.sub', $4, true),
  set_config('request.jwt.claim.role', $1, true),
  set_config('request.headers', $5, true)
"""
_INSERT = "insert into realtime.messages (id, topic, extension) values ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Rights:
    """What is allowed, for broadcasts and for presence."""

    broadcast: bool
    presence: bool


class _Undo(Exception):
    pass


class Authorizer:
    """Asks the policies."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def may_read(self, grant: Grant, topic: str, headers: Mapping[str, str]) -> Rights:
        """Say what of a private topic may be read.

        Raises:
            asyncpg.PostgresError: a policy failed.
        """
        ids = {extension: uuid4() for extension in EXTENSIONS}
        seen: set[object] = set()
        async with self._pool.acquire() as connection:
            try:
                async with connection.transaction():
                    for extension, made in ids.items():
                        await connection.execute(_INSERT, made, topic, extension)
                    await _assume(connection, grant, topic, headers)
                    rows = await connection.fetch(
                        "select id from realtime.messages where id = any($1)", list(ids.values())
                    )
                    seen = {row["id"] for row in rows}
                    raise _Undo
            except _Undo:
                pass
            except asyncpg.InsufficientPrivilegeError:
                return Rights(broadcast=False, presence=False)
        return Rights(*(ids[extension] in seen for extension in EXTENSIONS))

    async def may_write(self, grant: Grant, topic: str, headers: Mapping[str, str]) -> Rights:
        """Say what may be written to a private topic.

        Raises:
            asyncpg.PostgresError: a policy failed.
        """
        allowed: list[bool] = []
        async with self._pool.acquire() as connection:
            for extension in EXTENSIONS:
                try:
                    async with connection.transaction():
                        await _assume(connection, grant, topic, headers)
                        await connection.execute(_INSERT, uuid4(), topic, extension)
                        raise _Undo
                except _Undo:
                    allowed.append(True)
                except asyncpg.InsufficientPrivilegeError:
                    allowed.append(False)
        return Rights(*allowed)


async def _assume(connection: asyncpg.Connection, grant: Grant, topic: str, headers: Mapping[str, str]) -> None:
    told = orjson.dumps(dict(headers)).decode()
    await connection.execute(_ASSUME, grant.viewer.role, topic, grant.viewer.claims, grant.user_id, told)
