"""Every list is walked the same way: newest first, from page to page by `Link`, without a gap or a double."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.fixtures.gateway import Gateway

# What is answered whole, and what bounds it.
WHOLE = {
    "/api/v1/api-keys": "the most keys that a workspace may have",
    "/api/v1/notifications/event-kinds": "the kinds that rooms and products declare",
    "/api/v1/notifications/webhook-endpoints": "the most endpoints that a workspace may have",
    "/api/v1/workspaces": "the workspaces that one is in",
    "/api/v1/workspaces/{workspace_id}/invitations": "the people who are asked",
    "/api/v1/workspaces/{workspace_id}/members": "the people who work together",
}
SOURCE = UUID(int=1)
# Each list with the table that it shows and one more row of it; `{number}` makes rows differ.
OF_SOURCE = "workspace_id, monitored_source_id"
LISTS = {
    "/api/v1/alerts": (
        "change_alerts",
        f"({OF_SOURCE}, check_id, summary, severity, score)"
        " values ('{workspace}', '{source}', headwater.uuidv7(), 'It changed.', 'high', 0.9)",
    ),
    "/api/v1/jobs": (
        "jobs",
        "(workspace_id, engine_id, kind, queue, state, max_attempts)"
        " values ('{workspace}', {number}, 'test.one', 'fetch', 'queued', 5)",
    ),
    "/api/v1/monitored-sources": (
        "monitored_sources",
        "(workspace_id, url, normalised_url, host, name) values"
        " ('{workspace}', 'https://example.com/{number}', 'https://example.com/{number}', 'example.com', '{number}')",
    ),
    "/api/v1/monitored-sources/{source_id}/history": (
        "source_checks",
        f"({OF_SOURCE}, outcome) values ('{{workspace}}', '{{source}}', 'unchanged')",
    ),
    "/api/v1/monitored-sources/{source_id}/versions": (
        "scraped_contents",
        f"({OF_SOURCE}, content, content_hash, passages)"
        " values ('{workspace}', '{source}', 'text {number}', '{number}', '[]')",
    ),
    "/api/v1/notifications": (
        "notifications",
        "(workspace_id, user_id, event_id, kind, title, summary, severity, occurred_at)"
        " select workspace_id, '{user}', id, kind, title, '', severity, occurred_at"
        " from public.notification_events where title = '{number}'",
    ),
    "/api/v1/notifications/deliveries": (
        "notification_deliveries",
        "(workspace_id, user_id, channel, idempotency_key, status, due_at)"
        " values ('{workspace}', '{user}', 'email', '{number}', 'sent', now())",
    ),
    "/api/v1/user-queries": ("user_queries", "(workspace_id, raw_query) values ('{workspace}', 'What is {number}?')"),
    "/api/v1/workspaces/{workspace_id}/activity": (
        "activity_log",
        "(workspace_id, actor_kind, action, subject_kind) values ('{workspace}', 'user', 'made', 'thing')",
    ),
}


def list_lists(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path and the description of every operation that answers a list: an array, or `items`."""
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        operation = operations.get("get", {})
        answer = operation.get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
        schema = answer.get("schema", {})
        named = schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
        if schema.get("type") == "array" or "items" in named.get("properties", {}):
            yield path, operation


async def test_every_list_has_pages_or_is_bounded(gateway: Gateway) -> None:
    paged, whole = set(), set()
    for path, operation in list_lists(gateway.app.openapi()):
        parameters = {one["name"] for one in operation.get("parameters", ())}
        headers = operation["responses"]["200"].get("headers", {})
        if parameters & {"before", "limit"}:
            assert {"before", "limit"} <= parameters, path
            assert headers["Link"]["description"], path
            paged.add(path)
        else:
            assert not headers, path
            whole.add(path)
    assert (paged, whole) == (set(LISTS), set(WHOLE))


async def insert_row(gateway: Gateway, owner: asyncpg.Connection, path: str, number: int) -> None:
    """Put one more row into what a list shows."""
    table, values = LISTS[path]
    cast = gateway.cast
    filled = values.format(workspace=cast.workspace_id, user=cast["editor"].user_id, source=SOURCE, number=number)
    await owner.execute(f"insert into public.{table} {filled}")


async def make_parents(gateway: Gateway, owner: asyncpg.Connection) -> None:
    """Make the source and the events that rows of several lists belong to."""
    workspace_id = gateway.cast.workspace_id
    await owner.execute(
        "insert into public.monitored_sources (id, workspace_id, url, normalised_url, host, name)"
        " values ($1, $2, 'https://example.com/', 'https://example.com/', 'example.com', 'Parent')",
        SOURCE,
        workspace_id,
    )
    await owner.execute(
        "insert into public.notification_events (workspace_id, kind, subject_id, title, severity, occurred_at)"
        " select $1, 'watch.alert', headwater.uuidv7(), number::text, 'low', now()"
        " from generate_series(0, 110) as number",
        workspace_id,
    )


@pytest.mark.parametrize("path", sorted(LISTS))
async def test_a_list_is_walked_by_link_without_gap_or_double(
    gateway: Gateway, owner: asyncpg.Connection, path: str
) -> None:
    await make_parents(gateway, owner)
    for number in range(6):
        await insert_row(gateway, owner, path, number)
    where = path.format(workspace_id=gateway.cast.workspace_id, source_id=SOURCE)
    async with gateway.client("editor", **{"X-Workspace-Id": str(gateway.cast.workspace_id)}) as editor:
        everything = await editor.get(where, params={"limit": 200})
        expected = read_ids(everything.json())
        assert len(expected) >= 6
        assert expected == sorted(expected, reverse=True), "newest first"
        assert "link" not in everything.headers, "one page holds all"
        number, found, address = 100, [], f"{where}?limit=2"
        while address:
            answer = await editor.get(address)
            assert answer.status_code == 200, answer.text
            found += read_ids(answer.json())
            address = answer.links.get("next", {}).get("url", "")
            if number < 103:
                # What arrives meanwhile is above what is walked.
                await insert_row(gateway, owner, path, number)
                number += 1
        assert found == expected
        exactly = await editor.get(where, params={"limit": 1, "before": expected[-2]})
    assert (read_ids(exactly.json()), "link" in exactly.headers) == (expected[-1:], False), "the last page says so"


async def test_the_next_page_asks_for_the_same_things(gateway: Gateway, owner: asyncpg.Connection) -> None:
    for number in range(3):
        await insert_row(gateway, owner, "/api/v1/jobs", number)
    asked = [("state", "queued"), ("state", "running"), ("kind", "test.one"), ("limit", "1")]
    async with gateway.client("editor") as editor:
        answer = await editor.get("/api/v1/jobs", params=[*asked, ("workspace_id", str(gateway.cast.workspace_id))])
        link = answer.links["next"]["url"]
    assert "state=queued&state=running&kind=test.one&limit=1&workspace_id=" in link
    assert link.endswith(f"&before={answer.json()['items'][0]['id']}")


async def test_a_page_of_rows_that_cannot_be_read_leads_on(gateway: Gateway, owner: asyncpg.Connection) -> None:
    path = "/api/v1/notifications/deliveries"
    for number in range(3):
        await insert_row(gateway, owner, path, number)
    await owner.execute(
        "alter table public.notification_deliveries drop constraint notification_deliveries_status_check"
    )
    await owner.execute("update public.notification_deliveries set status = 'odd' where idempotency_key in ('1', '2')")
    headers = {"X-Workspace-Id": str(gateway.cast.workspace_id)}
    async with gateway.client("editor", **headers) as editor:
        first = await editor.get(path, params={"limit": 2})
        assert first.json() == []
        second = await editor.get(first.links["next"]["url"])
    assert len(second.json()) == 1


def read_ids(body: Any) -> list[str]:
    """Return the ids of a list as it was answered."""
    return [one["id"] for one in (body["items"] if isinstance(body, dict) else body)]
