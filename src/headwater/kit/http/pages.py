"""Pages of lists over HTTP: `before` and `limit` in, `Link: <…>; rel="next"` out where more follows (RFC 8288)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from headwater.kit.pages import Page, PageRequest

Row = TypeVar("Row")

MAX_LIMIT = 200
PAGED: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Link": {
                "description": 'The next page, as `<address>; rel="next"`, relative to this one; missing on the last.',
                "schema": {"type": "string"},
            }
        }
    }
}
"""For `responses` of the routes that answer a page."""


@dataclass(frozen=True, slots=True)
class Paging:
    """The page that a request asks for, and the answer to it."""

    page: PageRequest
    request: Request
    response: Response

    def answer(self, found: Page[Row]) -> list[Row]:
        """Say in the answer's headers where the next page is; return what is on this one."""
        if found.next_before is not None:
            url = self.request.url.remove_query_params("cursor").include_query_params(before=found.next_before)
            # Relative, because only the caller knows by which address we are reached.
            self.response.headers["Link"] = f'<{quote(url.path)}?{url.query}>; rel="next"'
        return found.items


async def read_paging(
    request: Request,
    response: Response,
    before: Annotated[UUID | None, Query(description="Only entries older than this one: the last `id` so far.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most so many entries.")] = 50,
) -> Paging:
    """Read which page is asked for; async, because the framework sends plain functions to a thread."""
    return Paging(PageRequest(before, limit), request, response)


async def read_paging_by_cursor(
    paging: Annotated[Paging, Depends(read_paging)],
    cursor: Annotated[UUID | None, Query(deprecated=True, description="`before` by its former name.")] = None,
) -> Paging:
    """Read which page is asked for where `before` was called `cursor` once."""
    if paging.page.before is not None or cursor is None:
        return paging
    return Paging(PageRequest(cursor, paging.page.limit), paging.request, paging.response)


ListPage = Annotated[Paging, Depends(read_paging)]
CursorPage = Annotated[Paging, Depends(read_paging_by_cursor)]
