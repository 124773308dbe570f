"""One request to Auth: its body, its caller, and what is to be sent once it is answered."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from headwater.core.auth import Claims, read_bearer
from headwater.core.errors import Unauthenticated
from headwater.local.auth.accounts import sessions, users
from headwater.local.auth.accounts.sessions import Session
from headwater.local.auth.accounts.users import User
from headwater.local.auth.answers import answer_json
from headwater.local.auth.bodies import Body
from headwater.local.auth.errors import AuthError, bad_request, forbidden, too_many
from headwater.local.auth.outgoing import AuthEmail
from headwater.local.auth.server import AuthServer

ADMIN_ROLES = frozenset({"service_role", "supabase_admin"})
_B = TypeVar("_B", bound=Body)


@dataclass
class Caller:
    """Who asks: the verified claims, the user behind them and the session they were issued in."""

    claims: Claims
    user: User
    session: Session | None


@dataclass
class Call:
    """A request under way. Headers go onto its answer, e-mails are sent after it."""

    request: Request
    server: AuthServer
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    auth_emails: list[AuthEmail] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The present moment in UTC."""
        return self.server.now()

    @property
    def audience(self) -> str:
        """The audience whose users are meant."""
        return self.server.config.audience

    @property
    def address(self) -> str:
        """The caller's IP address."""
        host = self.request.client.host if self.request.client else ""
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            return "127.0.0.1"

    def answer(self, body: Any, *, status: int = 200) -> Response:
        """Return the JSON answer."""
        return answer_json(body, status=status, headers=self.headers)

    def read(self, model: type[_B]) -> _B:
        """Return the body as `model`. Raises AuthError for a body that is not such a JSON object."""
        try:
            return model.model_validate(orjson.loads(self.content))
        except orjson.JSONDecodeError as error:
            message = f"Could not parse request body as JSON: {error}"
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            reason = f"{where}: {first['msg']}" if where else "it must be an object"
            message = f"Could not parse request body as JSON: {reason}"
        raise bad_request("bad_json", message)

    async def limit(self, what: str, *, limit: int, period: timedelta, subject: str = "") -> None:
        """Count this call under `what` for `subject`, or for the caller's address.

        Raises:
            AuthError: 429 when there were too many.
        """
        wait = await self.server.limiter.take(f"auth:{what}:{subject or self.address}", limit=limit, period=period)
        if wait is not None:
            self.headers["retry-after"] = str(max(1, int(wait) + 1))
            raise too_many("over_request_rate_limit", "Request rate limit reached")

    async def verify_bearer(self) -> Claims:
        """Return the claims of the bearer token. Raises AuthError when there is none or it doesn't hold."""
        token = read_bearer(self.request.headers.get("authorization"))
        if token is None:
            raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
        try:
            return await self.server.verifier.verify(token)
        except Unauthenticated as error:
            reason = "token is expired" if error.code == "token_expired" else error.message
            message = f"invalid JWT: unable to parse or verify signature, {reason}"
            raise forbidden("bad_jwt", message) from error

    async def require_admin(self) -> Claims:
        """Let only the project's own service through."""
        claims = await self.verify_bearer()
        if claims.role not in ADMIN_ROLES:
            raise forbidden("not_admin", "User not allowed")
        return claims

    async def require_user(self) -> Caller:
        """Return the user behind the bearer token, whose session must still be open."""
        claims = await self.verify_bearer()
        subject = claims.get("sub")
        if not subject:
            raise forbidden("bad_jwt", "invalid claim: missing sub claim")
        if claims.user_id is None:
            raise bad_request("bad_jwt", "invalid claim: sub claim must be a UUID")
        async with self.server.pool.acquire() as connection:
            user = await users.find_by_id(connection, claims.user_id)
            if user is None:
                raise forbidden("user_not_found", "User from sub claim in JWT does not exist")
            session = None
            if claims.get("session_id"):
                if claims.session_id is None:
                    raise forbidden("bad_jwt", "invalid claim: session_id claim must be a UUID")
                session = await _open_session(connection, claims.session_id, user.id)
        if user.is_banned(self.now):
            raise forbidden("user_banned", "User is banned")
        return Caller(claims, user, session)


async def _open_session(connection: Any, session_id: UUID, user_id: UUID) -> Session | None:
    if session_id == UUID(int=0):
        return None
    session = await sessions.find_session(connection, session_id)
    if session is None or session.user_id != user_id:
        raise forbidden("session_not_found", "Session from session_id claim in JWT does not exist")
    return session
