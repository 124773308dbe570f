"""How long the history of checks is kept."""

from __future__ import annotations

from datetime import timedelta

from headwater.core.db import Database, Identity
from headwater.core.resources import Resources

CHECKS_KEPT_FOR = timedelta(days=90)
_BATCH = 10_000

_DELETE = """
delete from public.source_checks
where id in (
    select id
    from public.source_checks
    where at < headwater.now() - $1::interval
    limit $2
)
"""


async def delete_old_checks(resources: Resources) -> None:
    """Delete checks that are older than 90 days, in batches that hold no lock for long."""
    database = resources.get(Database)
    while True:
        async with database.raw(Identity.service()) as connection:
            deleted = await connection.execute(_DELETE, CHECKS_KEPT_FOR, _BATCH)
        if deleted != f"DELETE {_BATCH}":
            return
