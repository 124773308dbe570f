"""The two sides of a difference, read from their tables: a source, two of its versions, and the alert to explain."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import NotFound
from headwater.products.watch.tables import change_alerts, monitored_sources, scraped_contents, source_checks


@dataclass(frozen=True, slots=True)
class ComparedSource:
    """The source of both sides. `config` is what its table holds, which may be anything."""

    id: UUID
    workspace_id: UUID
    name: str
    url: str
    config: Any


@dataclass(frozen=True, slots=True)
class ComparedVersion:
    """One side: `content` has a line a passage, `passages` what markup said of each (`page.lines`)."""

    id: UUID
    title: str
    content: str
    passages: list[list[Any]]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ExplainedAlert:
    """The alert to explain, as its check judged."""

    id: UUID
    monitored_source_id: UUID
    check_id: UUID
    from_content_id: UUID | None
    to_content_id: UUID | None
    summary: str
    details: dict[str, Any]
    severity: str
    score: float
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sides:
    """A source and two of its versions; either is None where it is no longer kept. `alert` is the one to explain."""

    source: ComparedSource
    before: ComparedVersion | None
    after: ComparedVersion | None
    alert: ExplainedAlert | None = None
    seen_before_at: datetime | None = None


async def find_alert_sides(connection: AsyncConnection, *, alert_id: UUID) -> Sides:
    """Find the two versions that an alert compares. Raises NotFound."""
    statement = select(*_columns(change_alerts, ExplainedAlert)).where(change_alerts.c.id == alert_id)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound("There is no such alert.")
    alert = ExplainedAlert(**row)
    source = await _read_source(connection, alert.monitored_source_id)
    versions = await _read_versions(connection, source.id, alert.from_content_id, alert.to_content_id)
    return Sides(
        source,
        versions.get(alert.from_content_id),
        versions.get(alert.to_content_id),
        alert,
        await _find_last_look(connection, alert),
    )


async def find_version_sides(connection: AsyncConnection, *, source_id: UUID, from_id: UUID, to_id: UUID) -> Sides:
    """Find two versions of a source. Raises NotFound."""
    source = await _read_source(connection, source_id)
    versions = await _read_versions(connection, source_id, from_id, to_id)
    before, after = versions.get(from_id), versions.get(to_id)
    if before is None or after is None:
        raise NotFound("There is no such version of this source.")
    return Sides(source, before, after)


def _columns(table: Table, row: type[Any]) -> list[Any]:
    return [table.c[field.name] for field in fields(row)]


async def _read_source(connection: AsyncConnection, source_id: UUID) -> ComparedSource:
    statement = select(*_columns(monitored_sources, ComparedSource)).where(monitored_sources.c.id == source_id)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound("There is no such source.")
    return ComparedSource(**row)


async def _read_versions(
    connection: AsyncConnection, source_id: UUID, *version_ids: UUID | None
) -> dict[UUID | None, ComparedVersion]:
    statement = select(*_columns(scraped_contents, ComparedVersion)).where(
        scraped_contents.c.id.in_([one for one in version_ids if one is not None]),
        scraped_contents.c.monitored_source_id == source_id,
    )
    return {row["id"]: ComparedVersion(**row) for row in (await connection.execute(statement)).mappings()}


async def _find_last_look(connection: AsyncConnection, alert: ExplainedAlert) -> datetime | None:
    """Find when the page was last seen as it was before."""
    statement = select(func.max(source_checks.c.at)).where(
        source_checks.c.monitored_source_id == alert.monitored_source_id,
        source_checks.c.id < alert.check_id,
        source_checks.c.outcome.not_in(["error", "unusable"]),
    )
    found: datetime | None = (await connection.execute(statement)).scalar()
    return found
