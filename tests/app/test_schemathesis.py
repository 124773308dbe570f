"""What the OpenAPI document allows and forbids is sent to the real gateway: it never crashes, it answers as stated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import Case, GenerationMode

from headwater.core.db import Database
from tests.database.rows import open_stage
from tests.fixtures.gateway import Gateway

PATIENCE_SECONDS = 30
_ERROR = {"code", "message", "details", "hint"}
# Frameworks answer these before an endpoint is chosen, so no endpoint states them.
_ALWAYS = {"400", "405"}


def send(case: Case[Any], *, url: str, headers: dict[str, str]) -> requests.Response:
    """Send a case as a signed-in user."""
    with requests.Session() as session:
        arguments = case.as_transport_kwargs(base_url=url, headers=headers)
        return session.request(**{**arguments, "allow_redirects": False, "timeout": PATIENCE_SECONDS})


def is_faulty(case: Case[Any], answer: requests.Response) -> bool:
    """Say whether an answer is a crash, one that the document doesn't know, or an error of another shape."""
    stated = {*case.operation.definition.raw["responses"], *_ALWAYS}
    if answer.status_code >= 500 or str(answer.status_code) not in stated:
        return True
    return answer.status_code >= 400 and set(answer.json()) != _ERROR


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
            if is_faulty(case, answer):
                faults.append(f"{case.as_curl_command()}\n{answer.status_code} {answer.text[:500]}")

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
