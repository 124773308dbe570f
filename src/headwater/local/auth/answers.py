"""JSON as Supabase Auth writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.responses import Response


def answer_json(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `body` as a JSON answer."""
    return Response(orjson.dumps(body), status, dict(headers or {}), media_type="application/json")


def format_time(moment: datetime | None) -> str | None:
    """Write a time as RFC 3339 in UTC, ending in Z."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def drop_unset(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out members that are None or empty texts."""
    return {name: value for name, value in values.items() if value is not None and value != ""}
