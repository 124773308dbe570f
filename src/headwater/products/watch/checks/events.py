"""What the people of a workspace are notified of: alerts, sources that fail, sources that recovered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from headwater.kit.notify import Event, EventKind, Part
from headwater.products.watch.checks.fetching import SourceToCheck
from headwater.products.watch.checks.findings import Alert, FailedFinding, Finding, PageFinding
from headwater.products.watch.checks.judging.wording import split_spans
from headwater.products.watch.checks.reading import Failed
from headwater.products.watch.checks.timing import PAUSE_AFTER_ERRORS
from headwater.products.watch.kinds import ALERT, FAILING, RECOVERED

_SHOWN_PARTS = 5


def describe_findings(findings: Sequence[Finding], *, alert_ids: Mapping[UUID, UUID], at: datetime) -> list[Event]:
    """Describe what people are notified of. `alert_ids`: the alerts that were made, by check."""
    events: list[Event] = []
    for finding in findings:
        source = finding.source
        if isinstance(finding, FailedFinding):
            failure = describe_failure(source, finding.look, at=at)
            events += [failure] if failure is not None else []
            continue
        if isinstance(finding, PageFinding) and finding.alert is not None:
            events.append(describe_alert(source, finding.alert, alert_id=alert_ids[source.check_id], at=at))
        recovery = describe_recovery(source, at=at)
        events += [recovery] if recovery is not None else []
    return events


def describe_alert(source: SourceToCheck, alert: Alert, *, alert_id: UUID, at: datetime) -> Event:
    """Describe a change that matters."""
    return ALERT.describe(
        alert_id,
        title=f"{source.name}: {alert.summary}",
        summary=alert.summary,
        parts=tuple(_list_parts(alert.details)),
        url=source.url,
        severity=alert.severity,
        occurred_at=at,
        data={
            "alert_id": str(alert_id),
            "source": {"id": str(source.id), "name": source.name, "url": source.url},
            "summary": alert.summary,
            "severity": alert.severity,
            "score": alert.score,
            "details": dict(alert.details),
        },
    )


def _list_parts(details: Mapping[str, Any]) -> list[Part]:
    parts = [Part(one["text"], tone="removed") for one in details["removed"][:_SHOWN_PARTS]]
    parts += [Part(one["text"], tone="added") for one in details["added"][:_SHOWN_PARTS]]
    for one in details["reworded"][:_SHOWN_PARTS]:
        before, after = split_spans(one["spans"])
        parts += [Part(before, tone="removed", label="before"), Part(after, tone="added", label="after")]
    return parts


def describe_failure(source: SourceToCheck, failed: Failed, *, at: datetime) -> Event | None:
    """Describe checks that keep failing: at the number that the owner set, and when the source is paused for it."""
    errors = source.error_count + 1
    if failed.kind == "internal" and errors >= PAUSE_AFTER_ERRORS:
        # A fault of ours pauses no source, so its number of failures stays where it is.
        return None
    paused = errors == PAUSE_AFTER_ERRORS
    if errors != source.config.notify_after_failures and not paused:
        return None
    title = f"{source.name} is paused" if paused else f"{source.name} can't be checked"
    summary = f"{errors} checks in a row failed, the last one with: {failed.message}"
    if paused:
        summary += " It is paused until you wake it."
    return _describe_state(source, kind=FAILING, title=title, summary=summary, at=at)


def describe_recovery(source: SourceToCheck, *, at: datetime) -> Event | None:
    """Describe that a source works again, if people were notified that it didn't."""
    if source.error_count < source.config.notify_after_failures:
        return None
    return _describe_state(
        source,
        kind=RECOVERED,
        title=f"{source.name} can be checked again",
        summary=f"After {source.error_count} failed checks the page answers again.",
        at=at,
    )


def _describe_state(source: SourceToCheck, *, kind: EventKind, title: str, summary: str, at: datetime) -> Event:
    return kind.describe(
        source.id,
        occurrence_id=source.check_id,
        title=title,
        summary=summary,
        url=source.url,
        occurred_at=at,
        data={"source": {"id": str(source.id), "name": source.name, "url": source.url}},
    )
