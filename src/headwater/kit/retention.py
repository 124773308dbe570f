"""How long rows are kept: each room and product lists its keeps, one implementation deletes what is older.

Rows go in batches that hold no lock for long, in every workspace at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import (
    Alias,
    ColumnElement,
    DateTime,
    Executable,
    Interval,
    Table,
    alias,
    delete,
    func,
    literal,
    select,
    text,
)

from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.kit.jobs import Schedule

BATCH = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Keep:
    """Rows of one table that are kept for so long.

    Attributes:
        name: of the schedule that deletes what is older: `watch.delete_old_checks`.
        about: one line on it.
        table: the table, whose key is `id`.
        age: reads from the tools how old a row may become.
        cron, every: when it runs, as of a schedule.
        moment: the column that a row's age counts from.
        where: condition in SQL, a constant, for the rows that may go at all; the row is called `old`.
        batch: how many rows go at once.
        is_taken_up: whether another transaction may take an old row up again while it is deleted.
        then: what is done when all of them are gone.
    """

    name: str
    about: str
    table: Table
    age: Callable[[Resources], timedelta]
    cron: str | None = None
    every: timedelta | None = None
    moment: str = "created_at"
    where: str = "true"
    batch: int = BATCH
    is_taken_up: bool = False
    then: Callable[[Resources], Awaitable[None]] | None = None

    def make_statement(self, *, age: timedelta) -> Executable:
        """Make what deletes one batch of the rows that are older than `age`."""
        old = cast(Alias, alias(self.table, name="old"))
        ids = select(old.c.id).where(*self._conditions(old, age=age)).limit(self.batch)
        return delete(self.table).where(self.table.c.id.in_(ids))

    def make_hold(self, *, age: timedelta) -> Executable:
        """Make what locks one batch of those rows and returns their ids; rows that somebody else holds are left."""
        old = cast(Alias, alias(self.table, name="old"))
        rows = select(old.c.id).where(*self._conditions(old, age=age)).limit(self.batch)
        return rows.with_for_update(of=old, skip_locked=True)

    def make_deletion(self, ids: Sequence[UUID], *, age: timedelta) -> Executable:
        """Make what deletes rows that are held, as far as they may still go."""
        old = cast(Alias, alias(self.table, name="old"))
        return delete(old).where(old.c.id.in_(ids), *self._conditions(old, age=age))

    def _conditions(self, old: Alias, *, age: timedelta) -> tuple[ColumnElement[bool], ...]:
        # By Postgres' clock, as the rows were written; after a leap of it nothing is older than it was before.
        present = func.headwater.bound_by_clock(func.headwater.now(), type_=DateTime(timezone=True))
        return old.c[self.moment] < present - literal(age, Interval()), cast(ColumnElement[bool], text(self.where))


async def delete_old(resources: Resources, keep: Keep) -> None:
    """Delete what is older than a keep says."""
    age = keep.age(resources)
    if keep.is_taken_up:
        await _delete_held(resources, keep, age=age)
    else:
        await delete_in_batches(resources, keep.make_statement(age=age), batch=keep.batch)
    if keep.then is not None:
        await keep.then(resources)


async def _delete_held(resources: Resources, keep: Keep, *, age: timedelta) -> None:
    """Delete rows that others may take up again.

    What is held nobody takes up, and what was taken up before is seen by the second statement: a statement by itself
    would judge by what it saw first.
    """
    held = keep.batch
    while held == keep.batch:
        async with resources.get(Database).transaction(Identity.service()) as connection:
            ids = list((await connection.execute(keep.make_hold(age=age))).scalars())
            await connection.execute(keep.make_deletion(ids, age=age))
        held = len(ids)


async def delete_in_batches(resources: Resources, statement: Executable, *, batch: int) -> None:
    """Run a statement that deletes at most `batch` rows in a transaction of its own, until it finds fewer."""
    deleted = batch
    while deleted == batch:
        async with resources.get(Database).transaction(Identity.service()) as connection:
            deleted = (await connection.execute(statement)).rowcount


def make_schedules(keeps: Iterable[Keep]) -> tuple[Schedule, ...]:
    """Make the schedules that delete what is too old."""
    return tuple(
        Schedule(keep.name, run=_make_run(keep), cron=keep.cron, every=keep.every, about=keep.about) for keep in keeps
    )


def _make_run(keep: Keep) -> Callable[[Resources], Awaitable[None]]:
    async def run(resources: Resources) -> None:
        await delete_old(resources, keep)

    return run
