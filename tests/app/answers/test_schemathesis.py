"""What the OpenAPI document allows and forbids is sent to the real gateway: it never crashes, it answers as stated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import asyncpg
import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi.checks import RejectedPositiveData

from headwater.core.database.database import Database
from tests.database.rows import open_stage
from tests.fixtures.gateway import Gateway

PATIENCE_SECONDS = 30
_ERROR = {"code", "message", "details", "hint"}


# What a schema can name and not say: places that there are, hosts that may be asked.
_OPML = b'<opml version="2.0"><head/><body><outline xmlUrl="https://1.1.1.1/feed" text="Feed"/></body></opml>'
schemathesis.openapi.format(
    "date-time",
    # No moment is kept that lies further off.
    st.integers(min_value=86_400, max_value=4_102_000_000).map(lambda at: datetime.fromtimestamp(at, UTC).isoformat()),
)
schemathesis.openapi.format("time-zone", st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles"]))
schemathesis.openapi.format("uri", st.integers(min_value=1).map(lambda number: f"https://1.1.1.1/{number}"))
schemathesis.openapi.format("email", st.integers(min_value=1).map(lambda number: f"person{number}@example.com"))
schemathesis.openapi.format("css-selector", st.sampled_from(["main", ".price", "#stock > li"]))
schemathesis.openapi.media_type("text/x-opml", st.just(_OPML))


# Refused for what a schema can't say: who signed a link, whose address it is, what two values are to each other.
_BEYOND_SCHEMAS = {"invalid_link", "address_differs", "nothing_to_search", "invalid_range", "half_quiet_hours"}


def send(case: Case[Any], *, url: str, headers: dict[str, str]) -> requests.Response:
    """Send a case as a signed-in user."""
    with requests.Session() as session:
        arguments = case.as_transport_kwargs(base_url=url, headers=headers)
        return session.request(**{**arguments, "allow_redirects": False, "timeout": PATIENCE_SECONDS})


def find_faults(case: Case[Any], answer: requests.Response, *, headers: dict[str, str]) -> list[str]:
    """List what every check of schemathesis says against an answer, and an error of another shape than ours."""
    found = []
    try:
        case.validate_response(answer, headers=headers, transport_kwargs={"timeout": PATIENCE_SECONDS})
    except FailureGroup as failures:
        beyond = answer.status_code == 422 and (
            answer.json()["code"] in _BEYOND_SCHEMAS
            # Postgres keeps no NUL, and a schema can't forbid one within JSON of any shape.
            or "\\u0000" in str(answer.request.body)
        )
        found += [
            f"{type(one).__name__}: {one.title}: {str(one)[:300]}"
            for one in failures.exceptions
            if not (beyond and isinstance(one, RejectedPositiveData))
        ]
    if answer.status_code >= 400 and set(answer.json()) != _ERROR:
        found.append("not in the shape of every error")
    return found


def name_things(case: Case[Any], known: Mapping[str, str]) -> None:
    """Let a case speak of things that there are: `known` by the name of the parameter, or by `*`."""
    case.path_parameters = {name: known.get(name, known["*"]) for name in case.path_parameters or {}}
    for place in (case.query, case.headers):
        for name in [name for name in place or {} if name.lower() in {"workspace_id", "x-workspace-id"}]:
            place[name] = known["workspace_id"]


def try_everything(
    gateway: Gateway, mode: GenerationMode, *, examples: int, known: Mapping[str, str] | None = None
) -> tuple[list[str], set[int]]:
    """Send cases of every operation; give what shouldn't have been answered, and every status that was seen."""
    schema = schemathesis.openapi.from_dict(gateway.app.openapi())
    results: list[Any] = list(schema.get_all_operations())
    operations = [result.ok() for result in results]
    headers, faults, seen = gateway.credentials("owner"), [], set()
    # What is deleted can't be tried afterwards, and a workspace takes everything along.
    operations.sort(key=lambda operation: (operation.method.upper() == "DELETE", -len(operation.path), operation.path))
    for operation in operations:

        @hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Case[Any]) -> None:
            if known is not None:
                name_things(case, known)
            answer = send(case, url=gateway.url, headers=headers)
            seen.add(answer.status_code)
            for fault in find_faults(case, answer, headers=headers):
                faults.append(f"{fault}\n{case.as_curl_command()}\n{answer.status_code} {answer.text[:500]}")

        # An operation that takes nothing can't be asked wrongly.
        with suppress(hypothesis.errors.Unsatisfiable):
            check()
    return faults, seen


@pytest.mark.timeout(300)
async def test_what_the_document_allows_crashes_nothing(served_gateway: Gateway) -> None:
    faults, seen = await asyncio.to_thread(try_everything, served_gateway, GenerationMode.POSITIVE, examples=4)
    assert faults == [], "\n\n".join(faults[:5])
    assert {200, 201, 404} <= seen


@pytest.mark.timeout(300)
async def test_what_the_document_forbids_crashes_nothing(served_gateway: Gateway) -> None:
    faults, seen = await asyncio.to_thread(try_everything, served_gateway, GenerationMode.NEGATIVE, examples=5)
    assert faults == [], "\n\n".join(faults[:5])
    assert {401, 422} <= seen


@pytest.mark.timeout(300)
async def test_what_the_document_allows_crashes_nothing_that_is_there(
    served_gateway: Gateway, owner: asyncpg.Connection
) -> None:
    cast = served_gateway.cast
    stage = await open_stage(owner, cast, served_gateway.resources.get(Database))
    known = {
        "*": str(stage.row),
        "workspace_id": str(cast.workspace_id),
        "user_id": str(cast["editor"].user_id),
    }
    faults, seen = await asyncio.to_thread(
        try_everything, served_gateway, GenerationMode.POSITIVE, examples=5, known=known
    )
    assert faults == [], "\n\n".join(faults[:5])
    assert {200, 201, 204} <= seen
