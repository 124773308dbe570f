"""Health and metrics: whether the process lives, whether it can do its work, and how it has been doing."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

import headwater
from headwater.core.auth import read_bearer
from headwater.core.clock import monotonic
from headwater.core.database.database import Database
from headwater.core.database.readable import count_left_out
from headwater.core.errors import HeadwaterError, Unauthenticated
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.core.telemetry import REGISTRY
from headwater.kit.controls import PostgresState, SharedState
from headwater.kit.controls.postgres import KEPT_IN_POSTGRES
from headwater.kit.http.caller import OPEN_TO_ALL, RequestResources
from headwater.kit.jobs.workers.ages import ScheduleBook

router = APIRouter(tags=["health"])
_PROBE_SECONDS = 2.0


class Health(BaseModel):
    """The process lives."""

    status: str
    version: str


class Readiness(BaseModel):
    """Whether each part that this process needs answers, and in how many milliseconds.

    `monitoring` is how many seconds ago the workers last looked for what is due, and which schedules are late.
    """

    status: str
    dependencies: dict[str, dict[str, Any]]
    left_out: dict[str, int] = Field(
        description="Rows that this process left out of answers since it began, because they can't be read, by kind."
    )


@router.get("/health", response_model=Health, openapi_extra=OPEN_TO_ALL)
@router.get("/api/v1/health/", response_model=Health, include_in_schema=False)
async def read_health() -> Health:
    """Say that the process lives. Nothing else is looked at."""
    return Health(status="ok", version=headwater.__version__)


@router.get("/health/ready", response_model=Readiness, responses={503: {"model": Readiness}}, openapi_extra=OPEN_TO_ALL)
async def read_readiness(resources: RequestResources) -> JSONResponse:
    """Say whether each dependency answers. Without Postgres the answer is 503; without Valkey it is `degraded`.

    Where no Valkey is configured there is none among them, but `controls` says that Postgres keeps what it would.
    So it is while the workers don't look for what is due: this process serves all the same. Postgres is asked over the
    connections that requests use: none to be had means that requests have none either.
    """
    shared = resources.get(SharedState)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    postgres, controls = await asyncio.gather(_probe(resources.get(Database).ping), _probe(shared.ping))
    found = {"postgres": postgres}
    if isinstance(shared, PostgresState):
        found["controls"] = controls | {"detail": KEPT_IN_POSTGRES}
    else:
        found["valkey"] = controls
    if postgres["ok"] and resources.has(ScheduleBook):
        found["monitoring"] = await _look_at_schedules(resources)
    status = "unavailable"
    if postgres["ok"]:
        status = "ok" if all(part["ok"] for part in found.values()) else "degraded"
    body = Readiness(status=status, dependencies=found, left_out=count_left_out())
    return JSONResponse(body.model_dump(), status_code=200 if postgres["ok"] else 503)


async def _look_at_schedules(resources: Resources) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            ages = await resources.get(ScheduleBook).read_ages(resources.get(Database))
    except (HeadwaterError, TimeoutError) as error:
        return {"ok": False, "seconds": None, "late": [], "problem": type(error).__name__}
    late = [age.name for age in ages if age.is_late]
    last = ages[0].seconds if ages else None
    found: dict[str, Any] = {"ok": not late and last is not None, "seconds": last, "late": late}
    if not found["ok"]:
        found["problem"] = "Late" if late else "NeverRan"
    return found


async def _probe(ping: Callable[[], Awaitable[object]]) -> dict[str, Any]:
    started = monotonic()
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            if await ping() is False:
                return {"ok": False, "milliseconds": _since(started), "problem": "NoAnswer"}
    except Exception as error:  # noqa: BLE001  # a probe reports whatever keeps the part from answering
        return {"ok": False, "milliseconds": _since(started), "problem": type(error).__name__}
    return {"ok": True, "milliseconds": _since(started)}


def _since(started: float) -> float:
    return round((monotonic() - started) * 1000, 1)


@router.get("/metrics", response_class=Response, include_in_schema=False)
async def read_metrics(request: Request, resources: RequestResources) -> Response:
    """Return the metrics in Prometheus's text form, to loopback callers or holders of METRICS_TOKEN."""
    _admit_scraper(request, resources.get(Settings))
    if resources.has(ScheduleBook):
        with suppress(HeadwaterError, TimeoutError):
            async with asyncio.timeout(_PROBE_SECONDS):
                await resources.get(ScheduleBook).show_ages(resources.get(Database))
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _admit_scraper(request: Request, settings: Settings) -> None:
    if settings.metrics_token is not None:
        given = read_bearer(request.headers.get("authorization")) or ""
        if secrets.compare_digest(given.encode(), settings.metrics_token.get_secret_value().encode()):
            return
    elif request.client is not None and _is_loopback(request.client.host):
        return
    raise Unauthenticated("Metrics need the token in METRICS_TOKEN.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
