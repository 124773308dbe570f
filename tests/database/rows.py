"""Doing something to a row as somebody, and undoing it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg

from headwater.core.database.database import Database, Identity
from headwater.kit.policy_cases import CALLERS
from tests.database.cases import SEED
from tests.fixtures.workspaces import Cast, make_user

_ASSUME = (
    "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),"
    " set_config('headwater.workspace_id', $3, true)"
)


@dataclass
class Stage:
    """A database with everybody and a row of everything in it."""

    owner: asyncpg.Connection
    cast: Cast
    identities: dict[str, Identity]
    row: UUID
    bare: UUID

    def fill(self, text: str, *, caller: str) -> str:
        """Put the ids into a text of the table of cases."""
        return text.format(
            workspace=self.cast.workspace_id,
            other=self.cast.other_workspace_id,
            row=self.row,
            new=uuid4(),
            user=self.identities[caller].user_id or self.cast["admin"].user_id,
            admin=self.cast["admin"].user_id,
            editor=self.cast["editor"].user_id,
            bare=self.bare,
        )

    async def attempt(self, caller: str, statement: str, *, before: str = "") -> int:
        """Run a statement as a caller, give how many rows it reached (0 when refused), and undo it.

        `before` is run by the owner in the same transaction.
        """
        transaction = self.owner.transaction()
        await transaction.start()
        try:
            if before:
                await self.owner.execute(self.fill(before, caller=caller))
            await self.assume(caller)
            return int((await self.owner.execute(self.fill(statement, caller=caller))).rsplit(" ", 1)[1])
        except asyncpg.InsufficientPrivilegeError:
            return 0
        finally:
            await transaction.rollback()

    async def assume(self, caller: str) -> None:
        """Go on as a caller until the transaction ends."""
        await self.owner.execute(_ASSUME, *self.identities[caller].as_settings())

    async def list_allowed(self, statement: str, *, before: str = "") -> frozenset[str]:
        """Return the callers whose statement reached a row."""
        return frozenset([caller for caller in CALLERS if await self.attempt(caller, statement, before=before)])


async def open_stage(owner: asyncpg.Connection, cast: Cast, database: Database) -> Stage:
    """Lay the seed."""
    identities = {caller: await cast.identify(caller, database=database) for caller in CALLERS}
    row, bare = uuid4(), (await make_user(owner)).user_id
    ids = {"row": row, "workspace": cast.workspace_id, "admin": cast["admin"].user_id}
    await owner.execute(SEED % {name: f"'{value}'" for name, value in ids.items()})
    await owner.execute("delete from public.profiles where id = $1", bare)
    return Stage(owner, cast, identities, row, bare)
