"""Counts what reaches the stand-in among the requests of its callers."""

from __future__ import annotations

from starlette.types import Scope

from headwater.kit.workspaces.request_limits import RequestLimits, list_headers, make_refusal
from headwater.local.gateway import Counted


class PlatformCounter:
    """The stand-in's counter over the platform's request limits."""

    def __init__(self, limits: RequestLimits) -> None:
        self._limits = limits

    async def count(self, scope: Scope) -> Counted | None:
        """Count one request or connection; None for one that has no limit."""
        spending = await self._limits.count(scope)
        if spending is None:
            return None
        return Counted(list_headers(spending), None if spending.allowed else make_refusal(spending))
