"""How often one person may ask for what costs money or disturbs others."""

from __future__ import annotations

from headwater.core.errors import RateLimited
from headwater.core.resources import Resources
from headwater.kit.controls import RateLimiter
from headwater.kit.http.caller import Caller


async def limit_calls(resources: Resources, caller: Caller, *, what: str, an_hour: float, at_once: float) -> None:
    """Count a call of `what` by the caller, whichever of their keys it came with.

    Valkey away, everything passes: this limit spares others, it guards nothing.

    Raises:
        RateLimited: it was asked for too often.
    """
    decision = await resources.get(RateLimiter).allow(
        f"calls:{what}:{caller.user_id}", rate=an_hour / 3600, burst=at_once, on_failure="open"
    )
    if not decision.allowed:
        raise RateLimited(
            "This was asked for too often.",
            retry_after=decision.retry_after,
            hint="Retry-After says in how many seconds it can be asked for again.",
        )
