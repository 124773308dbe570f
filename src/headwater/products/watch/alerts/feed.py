"""The private RSS 2.0 feed of a person's alerts in a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime

from lxml import etree

from headwater.core.database.database import Database, Identity
from headwater.core.errors import NotFound
from headwater.core.text import clean_xml
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
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")
    etree.SubElement(channel, "title").text = "Headwater alerts"
    etree.SubElement(channel, "link").text = public_url
    etree.SubElement(channel, "description").text = "Changes that matter on the pages that you watch."
    for entry in entries:
        item = etree.SubElement(channel, "item")
        etree.SubElement(item, "title").text = clean_xml(f"{entry.source_name}: {entry.summary}"[:300])
        etree.SubElement(item, "link").text = clean_xml(entry.source_url)
        etree.SubElement(item, "guid", isPermaLink="false").text = str(entry.id)
        etree.SubElement(item, "pubDate").text = format_datetime(entry.created_at)
        etree.SubElement(item, "category").text = entry.severity
        etree.SubElement(item, "description").text = clean_xml(entry.summary)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return document
