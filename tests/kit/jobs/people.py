"""People with workspaces of their own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg

from headwater.core.database.database import Identity


@dataclass(frozen=True)
class Person:
    """A user and the personal workspace that signing up made."""

    user_id: UUID
    workspace_id: UUID

    @property
    def identity(self) -> Identity:
        """How requests of this person run."""
        return Identity.user({"sub": str(self.user_id)})


async def make_person(owner: asyncpg.Connection, email: str) -> Person:
    """Sign somebody up."""
    user_id = uuid4()
    await owner.execute("insert into auth.users (id, email) values ($1, $2)", user_id, email)
    workspace_id = await owner.fetchval("select id from public.workspaces where created_by = $1", user_id)
    return Person(user_id, workspace_id)
