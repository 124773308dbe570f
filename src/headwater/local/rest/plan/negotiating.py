"""Choosing the media type of the answer and what makes it."""

from __future__ import annotations

from headwater.local.rest import errors
from headwater.local.rest.catalog.model import ANY_ELEMENT, Handler, SchemaCache
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.requests.media_types import ANY, MediaType

Choice = tuple[Handler, MediaType]


def negotiate(
    cache: SchemaCache,
    accepts: tuple[MediaType, ...],
    target: QualifiedName,
    *,
    default_select: bool,
    plan_enabled: bool,
) -> Choice:
    """Return the first acceptable media type with its handler; raises PGRST107 for none.

    A handler of the table itself counts only where the select is the whole row that it takes.
    """
    for accepted in accepts:
        found = match_media(cache, accepted, target, default_select=default_select, plan_enabled=plan_enabled)
        if found:
            return found
    raise errors.unavailable_media_types([accepted.name for accepted in accepts])


def match_media(
    cache: SchemaCache,
    accepted: MediaType,
    target: QualifiedName,
    *,
    default_select: bool,
    plan_enabled: bool,
) -> Choice | None:
    """Find the handler of one media type."""
    if accepted.kind == "object":
        return Handler("single-stripped" if accepted.stripped else "single"), accepted
    if accepted.kind == "array":
        return Handler("json-stripped"), accepted
    if accepted.kind == "plan" and accepted.plan_for:
        if not plan_enabled:
            return None
        inner = match_media(cache, accepted.plan_for, target, default_select=default_select, plan_enabled=False)
        return (inner[0], accepted) if inner else None
    handlers = cache.handlers
    if default_select:
        own = handlers.get((target, ANY)) or handlers.get((target, accepted))
        if own:
            return own
    return handlers.get((ANY_ELEMENT, accepted))
