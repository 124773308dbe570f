"""The private RSS 2.0 feed of a person's alerts in a workspace."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.core.database.database import Database, Identity
from headwater.core.errors import NotFound
from headwater.kit.feeds.rss import Item, write_rss
from headwater.kit.pages import PageRequest
from headwater.products.watch.alerts import alerts
from headwater.products.watch.alerts.rows import AlertRow

_ENTRIES = 100


async def read_feed(database: Database, *, token: str, public_url: str) -> bytes:
    """Return the feed that a token opens. Raises NotFound."""
    async with database.raw(Identity.service()) as connection:
        row = await connection.fetchrow("select * from headwater.find_alert_feed($1)", alerts.hash_feed_token(token))
    if row is None:
        raise NotFound("This feed's address is no longer valid.", hint="Make a new one in the settings of alerts.")
    reader = Identity.user({"sub": str(row["user_id"])})
    async with database.transaction(reader) as transaction:
        newest = PageRequest(limit=_ENTRIES)
        found = await alerts.list_alerts(transaction, workspace_id=row["workspace_id"], page=newest)
    return write_feed(found.items, public_url=public_url)


def write_feed(entries: Sequence[AlertRow], *, public_url: str) -> bytes:
    """Write alerts as RSS 2.0, newest first; an entry's guid is the alert's id."""
    items = (
        Item(
            guid=str(entry.id),
            title=f"{entry.source_name}: {entry.summary}"[:300],
            link=entry.source_url,
            published=entry.created_at,
            category=entry.severity,
            description=entry.summary,
        )
        for entry in entries
    )
    return write_rss(
        items,
        title="Headwater alerts",
        link=public_url,
        description="Changes that matter on the pages that you watch.",
    )
