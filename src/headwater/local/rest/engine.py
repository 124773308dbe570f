"""The engine: holds configuration and catalog, reloads them when told, and turns requests into answers."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from headwater.core.clock import monotonic
from headwater.core.telemetry import get_logger
from headwater.local.rest import errors
from headwater.local.rest.catalog import queries
from headwater.local.rest.catalog.hints import table_not_found
from headwater.local.rest.catalog.loading import format_names, load_schema_cache
from headwater.local.rest.config import SETTING_NAMES, RestConfig, apply_settings
from headwater.local.rest.database.connection import ConnectionLost, DatabaseFailure, Statement
from headwater.local.rest.database.pool import PipelinePool, fetch_json
from headwater.local.rest.database.transaction import Surroundings, dump_pairs, run_request
from headwater.local.rest.description.document import describe_api
from headwater.local.rest.identifiers import quote_name
from headwater.local.rest.plan.calling import choose_routine
from headwater.local.rest.plan.planner import Compiled, Planner
from headwater.local.rest.requests.request import RestRequest, parse_request
from headwater.local.rest.responses import Answer, answer, answer_info, answer_table_info, warning_header
from headwater.local.rest.tokens import Caller, RestTokenVerifier, identify, token_required

logger = get_logger(__name__)
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as HTTP has it.

    `headers` are by lower-case name, `prefer` is every Prefer header, `path` has no prefix of a mount.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    prefer: Sequence[str]
    body: bytes


class Timings:
    """How long each stage took, for the `Server-Timing` header."""

    def __init__(self) -> None:
        self._last = monotonic()
        self.stages: list[str] = []

    def mark(self, stage: str) -> None:
        """Note the end of a stage, in milliseconds."""
        now = monotonic()
        self.stages.append(f"{stage};dur={(now - self._last) * 1000:.1f}")
        self._last = now


class RestEngine:
    """Answers requests over one database."""

    def __init__(self, config: RestConfig, pool: PipelinePool, verifier: RestTokenVerifier) -> None:
        self.base_config = config
        self.config = config
        self.pool = pool
        self.verifier = verifier
        self.planner: Planner | None = None
        self._loading = asyncio.Lock()
        self._failed_at: float | None = None
        self._callers: OrderedDict[str, tuple[Mapping[str, Any], Caller]] = OrderedDict()
        self._anonymous: Caller | None = None

    async def reload(self) -> None:
        """Read configuration and catalog anew; raises `RestError` where the database can't be asked."""
        async with self._loading:
            await self._load()

    async def _load(self) -> None:
        try:
            async with self.pool.connection() as connection:
                begin = b"begin isolation level repeatable read read only"
                await connection.run([Statement(begin), Statement(b"select set_config('search_path', '', true)")])

                async def fetch(text: str, parameters: list[str | None]) -> Any:
                    return await fetch_json(connection, text, parameters)

                config = self.base_config
                if config.in_database_config:
                    found = await fetch(queries.DATABASE_SETTINGS, [config.settings_role])
                    config = configure(config, found)
                    if config.pre_config:
                        name = quote_name(config.pre_config).encode()
                        await connection.run([Statement(b"select " + name + b"()", reusable=False)])
                        names = format_names(SETTING_NAMES)
                        own = await fetch(queries.CURRENT_SETTINGS, [names])
                        # What the role is given stands above what the function says.
                        config = configure(configure(self.base_config, own), found)
                cache = await load_schema_cache(fetch, config)
                await connection.run([Statement(b"commit")])
        except (DatabaseFailure, ConnectionLost) as error:
            self._failed_at = monotonic()
            logger.warning("rest_catalog_failed", error=str(error))
            raise errors.cache_missing() from error
        self._failed_at = None
        self.config = config
        self.planner = Planner(cache, config)
        self._callers.clear()
        self._anonymous = None
        self.pool.forget_statements()

    async def _ready(self) -> Planner:
        """Return the planner, reading the catalog first where that has not worked yet."""
        if self.planner is not None:
            return self.planner
        async with self._loading:
            if self.planner is None:
                if self._failed_at is not None and monotonic() - self._failed_at < RETRY_SECONDS:
                    raise errors.cache_missing()
                await self._load()
        if self.planner is None:
            raise errors.cache_missing()
        return self.planner

    async def answer(self, incoming: Incoming) -> Answer:
        """Answer a request; raises `RestError` for every refusal."""
        planner = self.planner or await self._ready()
        config = self.config
        timings = Timings() if config.server_timing else None
        caller = await self._identify(incoming.headers.get("authorization"))
        if timings:
            timings.mark("jwt")
        request = parse_request(
            config,
            method=incoming.method,
            path=incoming.path,
            query_string=incoming.query,
            headers=incoming.headers,
            prefer=incoming.prefer,
            body=incoming.body,
        )
        if config.roles_told_guesses is not None and caller.role not in config.roles_told_guesses:
            request.preferences = request.preferences.without_guesses()
        if timings:
            timings.mark("parse")
        if request.kind == "info":
            return self._inform(planner, request)
        surroundings = make_surroundings(incoming, caller)
        if request.kind == "schema":
            return await describe_api(self.pool, config, planner.cache, request, surroundings)
        if request.kind == "call" and request.action == "info":
            return self._inform_call(planner, request)
        compiled = planner.compile(request)
        if timings:
            timings.mark("plan")
        async with self.pool.connection() as connection:
            outcome = await run_request(connection, config, planner.cache, request, compiled, surroundings)
        if timings:
            timings.mark("transaction")
        result = answer(request, compiled, outcome)
        self._add_notes(result, compiled, config)
        if timings:
            timings.mark("response")
            result.headers.append(("Server-Timing", ", ".join(timings.stages)))
        return result

    def _add_notes(self, result: Answer, compiled: Compiled, config: RestConfig) -> None:
        if compiled.plan.warnings and config.legacy_target_names:
            result.headers.append(warning_header(compiled.plan.warnings, config.version))

    async def _identify(self, authorization: str | None) -> Caller:
        """Find the caller; claims verified before are not read again."""
        token = read_bearer(authorization)
        if token is None:
            if self._anonymous is None:
                if self.config.anon_role is None:
                    raise token_required()
                self._anonymous = identify({}, path="role", anon_role=self.config.anon_role)
            return self._anonymous
        claims = await self.verifier.verify(token)
        known = self._callers.get(token)
        if known is not None and known[0] is claims:
            return known[1]
        caller = identify(claims, path=self.config.role_claim, anon_role=self.config.anon_role)
        self._callers[token] = (claims, caller)
        if len(self._callers) > 1000:
            self._callers.popitem(last=False)
        return caller

    def _inform(self, planner: Planner, request: RestRequest) -> Answer:
        if request.action == "schema":
            return answer_info(("OPTIONS", "GET", "HEAD"))
        table = planner.cache.tables.get(request.name)
        if table is None:
            raise table_not_found(planner.cache, request.name)
        return answer_table_info(table)

    def _inform_call(self, planner: Planner, request: RestRequest) -> Answer:
        routine = choose_routine(planner.cache, request)
        if routine.volatility == "v":
            return answer_info(("OPTIONS", "POST"))
        return answer_info(("OPTIONS", "GET", "HEAD", "POST"))


def configure(config: RestConfig, found: Sequence[str]) -> RestConfig:
    """Return the configuration with settings found in the database, each written `pgrst.name=value`."""
    return apply_settings(config, dict(text.removeprefix("pgrst.").split("=", 1) for text in found))


def read_bearer(authorization: str | None) -> str | None:
    """Return the token of an Authorization header, or None where there is no bearer."""
    if authorization is None:
        return None
    scheme, _, rest = authorization.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else None


def make_surroundings(incoming: Incoming, caller: Caller) -> Surroundings:
    """Gather what the database is told beside the statement."""
    headers = dict(incoming.headers)
    cookies = headers.pop("cookie", None)
    return Surroundings(
        caller,
        incoming.path.encode(),
        dump_pairs(headers),
        dump_pairs(read_cookies(cookies)) if cookies else b"{}",
    )


def read_cookies(header: str) -> dict[str, str]:
    """Read a Cookie header."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
