"""How many requests a minute a caller and a workspace may make, and an address that isn't signed in.

One count for each request: that of the person or key behind it, and that of the workspace it acts in. Whoever shows no
credentials, or some that don't hold, is counted by address, at each public door by itself. The service key of a project
is the operator's own and isn't counted.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs
from uuid import UUID

from starlette.types import Scope

from headwater.core.auth import TokenVerifier, read_bearer
from headwater.core.clock import monotonic
from headwater.core.database.database import Database, Identity
from headwater.core.errors import HeadwaterError, RateLimited
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.controls import Budget, RequestBudgets, Spending
from headwater.kit.controls.recent import Recent
from headwater.kit.http.keys import KEY_PREFIX, identify_key

_REMEMBERED_SECONDS = 60.0
_MAX_REMEMBERED = 20_000
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_IN_PATH = re.compile(r"/api/v1/workspaces/([0-9a-fA-F-]{36})(?:/|$)")
# Rows are read by POST, too; files come in many pieces; what is broadcast changes no row.
_READ_BY_ANY_METHOD = ("/rest/v1/rpc/", "/storage/v1", "/realtime/v1", "/auth/v1")
_DOORS = (
    ("/health", "health"),
    ("/api/v1/health", "health"),
    ("/metrics", "metrics"),
    ("/api/docs", "documentation"),
    ("/api/openapi.json", "documentation"),
    ("/api/v1/config", "config"),
    ("/api/v1/alerts/feed.xml", "feed"),
    ("/api/v1/notifications/unsubscribe", "links"),
    ("/api/v1/notifications/verify", "links"),
    ("/api/v1/auth/verify-token", "verify-token"),
    ("/auth/v1", "auth"),
    ("/rest/v1", "rest"),
    ("/storage/v1", "storage"),
    ("/realtime/v1", "realtime"),
)
# A member's own workspaces are theirs to name; another's must not be used up by whoever knows its id.
_IS_MEMBER = "select $1::uuid in (select headwater.workspaces_with_role('viewer'))"
_PERSONAL = (
    "select workspace.id from public.workspaces as workspace"
    " join public.workspace_members as member on member.workspace_id = workspace.id"
    " where member.user_id = $1"
    " order by (workspace.is_personal and workspace.created_by = $1) desc, workspace.id limit 1"
)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Under which name a caller is counted, and as whom to look for the workspace; None for the operator's own key."""

    name: str
    identity: Identity | None
    key_workspace_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Remembered:
    workspace_id: UUID | None
    until: float


class RequestLimits:
    """Counts requests by who makes them and where, before anything is done for them."""

    def __init__(self, resources: Resources) -> None:
        settings = resources.get(Settings)
        self._database = resources.get(Database)
        self._verifier = resources.get(TokenVerifier)
        self._budgets = resources.get(RequestBudgets)
        self._caller = {True: settings.rate_limit_writes, False: settings.rate_limit_reads}
        self._workspace = {True: settings.rate_limit_workspace_writes, False: settings.rate_limit_workspace_reads}
        self._public = settings.rate_limit_public
        self._keys: Recent[tuple[_Counted | None, float]] = Recent(_MAX_REMEMBERED)
        self._workspaces: Recent[_Remembered] = Recent(_MAX_REMEMBERED)

    async def count(self, scope: Scope) -> Spending | None:
        """Count a request; None for one that has no limit."""
        budgets = await self._find_budgets(scope)
        return await self._budgets.spend(budgets) if budgets else None

    async def _find_budgets(self, scope: Scope) -> list[Budget]:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        credentials = _find_credentials(headers)
        counted = await self._identify(credentials) if credentials else None
        if counted is None:
            return self._of_address(scope)
        if counted.identity is None:
            return []
        is_write = _is_write(scope)
        kind = "writes" if is_write else "reads"
        budgets = []
        if self._caller[is_write]:
            budgets.append(Budget(f"{kind}:{counted.name}", self._caller[is_write]))
        if self._workspace[is_write]:
            workspace_id = await self._find_workspace(scope, headers, counted, identity=counted.identity)
            if workspace_id is not None:
                budgets.append(Budget(f"{kind}:workspace:{workspace_id}", self._workspace[is_write]))
        return budgets

    def _of_address(self, scope: Scope) -> list[Budget]:
        if not self._public:
            return []
        return [Budget(f"public:{name_door(scope['path'])}:{_read_address(scope)}", self._public)]

    async def _identify(self, credentials: str) -> _Counted | None:
        """Find whom credentials count for; None where they don't hold, which the endpoint says by itself."""
        if credentials.startswith(KEY_PREFIX):
            return await self._identify_key(credentials)
        try:
            claims = await self._verifier.verify(credentials)
        except HeadwaterError:
            return None
        if claims.role == "service_role":
            return _Counted("operator", None)
        if claims.role != "authenticated":
            return None
        return _Counted(f"person:{claims['sub']}", Identity.user(claims))

    async def _identify_key(self, key: str) -> _Counted | None:
        """Find whom a key counts for. A key revoked since is refused by the endpoint, which looks each time."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        known = self._keys.get(digest)
        if known is not None and known[1] > monotonic():
            return known[0]
        try:
            found = await identify_key(self._database, key)
        except HeadwaterError:
            # The endpoint says what is wrong with the key, or that the database is away.
            return None
        counted = _Counted(f"key:{found.key_id}", found.identity, found.workspace_id)
        self._keys.put(digest, (counted, monotonic() + _REMEMBERED_SECONDS))
        return counted

    async def _find_workspace(
        self, scope: Scope, headers: Mapping[bytes, bytes], counted: _Counted, *, identity: Identity
    ) -> UUID | None:
        """Return the workspace that a request counts for: the key's, the one named, or the caller's own."""
        if counted.key_workspace_id is not None:
            return counted.key_workspace_id
        named = _find_named(scope, headers)
        name = f"{counted.name}:{named or ''}"
        known = self._workspaces.get(name)
        if known is not None and known.until > monotonic():
            return known.workspace_id
        found: UUID | None
        try:
            async with self._database.raw(identity) as connection:
                if named is not None:
                    found = named if await connection.fetchval(_IS_MEMBER, named) else None
                else:
                    found = await connection.fetchval(_PERSONAL, identity.user_id)
        except HeadwaterError:
            # The endpoint says that the database is away; until it is back the caller alone is counted.
            return None
        self._workspaces.put(name, _Remembered(found, monotonic() + _REMEMBERED_SECONDS))
        return found


def name_door(path: str) -> str:
    """Return the public door that a path belongs to; each is counted by itself, and what is none, together."""
    return next((name for prefix, name in _DOORS if path == prefix or path.startswith(f"{prefix}/")), "other")


def make_refusal(spending: Spending) -> RateLimited:
    """Make the error for a request that a spent budget refuses."""
    return RateLimited(
        "Too many requests in a minute.",
        retry_after=spending.retry_after,
        details={"limit": spending.budget.per_minute, "seconds": 60},
        hint="Retry-After says in how many seconds there is room again; ask for more at once, less often.",
    )


def list_headers(spending: Spending) -> list[tuple[bytes, bytes]]:
    """Return the headers that tell a client how it stands (the older, widely read form of the IETF's draft)."""
    return [
        (b"ratelimit-limit", b"%d" % spending.budget.per_minute),
        (b"ratelimit-remaining", b"%d" % spending.left),
        (b"ratelimit-reset", b"%d" % (spending.full_in + 0.999)),
    ]


def _find_credentials(headers: Mapping[bytes, bytes]) -> str:
    bearer = read_bearer(headers.get(b"authorization", b"").decode("latin-1")) or ""
    key = headers.get(b"apikey", b"").decode("latin-1")
    return key if key.startswith(KEY_PREFIX) and not bearer.startswith(KEY_PREFIX) else bearer


def _find_named(scope: Scope, headers: Mapping[bytes, bytes]) -> UUID | None:
    given = ""
    in_path = _IN_PATH.match(scope["path"])
    if in_path is not None:
        given = in_path[1]
    elif b"workspace_id=" in scope["query_string"]:
        # REST writes a filter where the API writes a value.
        given = parse_qs(scope["query_string"].decode("latin-1")).get("workspace_id", [""])[0].removeprefix("eq.")
    elif b"x-workspace-id" in headers:
        given = headers[b"x-workspace-id"].decode("latin-1")
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


def _is_write(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] in _READING:
        return False
    return not scope["path"].startswith(_READ_BY_ANY_METHOD)


def _read_address(scope: Scope) -> str:
    """Return the caller's address; of IPv6 the network of 64 bits, since one subscriber has all of it."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if address.version == 6:
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((int(address), 64), strict=False).network_address)
    return str(address)
