"""Trying a statement as somebody."""

from __future__ import annotations

from typing import Any

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Forbidden

SEE_ROLE = "select role from public.workspace_members where workspace_id = $1 and user_id = $2"


async def try_as(database: Database, identity: Identity, statement: str, *values: Any) -> int:
    """Run a statement and keep what it did; give how many rows it reached, 0 when it was refused."""
    try:
        async with database.raw(identity) as connection:
            return int((await connection.execute(statement, *values)).rsplit(" ", 1)[1])
    except Forbidden:
        return 0
