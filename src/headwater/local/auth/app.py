"""The ASGI application of Auth, to be mounted at `/auth/v1`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from headwater.core.auth import ClaimRules, StaticKeySource, TokenVerifier
from headwater.core.clock import Clock, SystemClock
from headwater.core.telemetry import get_logger
from headwater.local.auth.call import Call
from headwater.local.auth.config import AuthConfig
from headwater.local.auth.errors import AuthError, bad_request, render_error, unexpected
from headwater.local.auth.limits import Limiter, MemoryLimiter
from headwater.local.auth.outgoing import Mailer, send_emails
from headwater.local.auth.routes import (
    admin,
    admin_factors,
    discovery,
    factors,
    identities,
    links,
    otp,
    signup,
    token,
    user,
    verify,
)
from headwater.local.auth.server import AuthServer
from headwater.local.auth.sign_in.signing import TokenSigner
from headwater.local.keys import LocalKeys

logger = get_logger(__name__)
_LARGEST_BODY = 1 << 20
# Restarting, out of connections, out of time, or lost against another transaction: worth another try.
_PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
)
Handler = Callable[[Call], Awaitable[Response]]

_ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/health", discovery.get_health),
    ("GET", "/settings", discovery.get_settings),
    ("GET", "/.well-known/jwks.json", discovery.get_keys),
    ("GET", "/.well-known/openid-configuration", discovery.get_openid_configuration),
    ("POST", "/signup", signup.sign_up),
    ("POST", "/token", token.give_token),
    ("POST", "/otp", otp.send_otp),
    ("POST", "/magiclink", otp.send_magic_link),
    ("POST", "/recover", otp.send_recovery),
    ("POST", "/resend", otp.resend),
    ("GET", "/verify", verify.follow_link),
    ("POST", "/verify", verify.verify_code),
    ("POST", "/logout", user.log_out),
    ("GET", "/user", user.get_user),
    ("PUT", "/user", user.update_user),
    ("GET", "/reauthenticate", user.reauthenticate),
    ("GET", "/user/identities/authorize", identities.link),
    ("DELETE", "/user/identities/{identity_id}", identities.remove),
    ("GET", "/authorize", identities.authorize),
    ("POST", "/factors", factors.enroll),
    ("POST", "/factors/{factor_id}/challenge", factors.challenge),
    ("POST", "/factors/{factor_id}/verify", factors.verify),
    ("DELETE", "/factors/{factor_id}", factors.unenroll),
    ("POST", "/invite", links.invite),
    ("POST", "/admin/generate_link", links.generate_link),
    ("GET", "/admin/users", admin.list_users),
    ("POST", "/admin/users", admin.create_user),
    ("GET", "/admin/users/{user_id}", admin.get_user),
    ("PUT", "/admin/users/{user_id}", admin.update_user),
    ("DELETE", "/admin/users/{user_id}", admin.delete_user),
    ("GET", "/admin/users/{user_id}/factors", admin_factors.list_factors),
    ("PUT", "/admin/users/{user_id}/factors/{factor_id}", admin_factors.update_factor),
    ("DELETE", "/admin/users/{user_id}/factors/{factor_id}", admin_factors.delete_factor),
    ("*", "/sso/{rest:path}", discovery.refuse_single_sign_on),
    ("*", "/sso", discovery.refuse_single_sign_on),
    ("*", "/passkeys/{rest:path}", discovery.refuse_passkeys),
    ("*", "/passkeys", discovery.refuse_passkeys),
    ("*", "/oauth/{rest:path}", discovery.refuse_oauth_server),
    ("*", "/admin/oauth/{rest:path}", discovery.refuse_oauth_server),
]
# Mail programs look at links before anybody follows them: that must not use them up.
_NEVER_BY_HEAD = frozenset({"/verify", "/reauthenticate"})
_ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_auth_app(
    config: AuthConfig,
    pool: asyncpg.Pool,
    *,
    keys: LocalKeys,
    mailer: Mailer | None = None,
    limiter: Limiter | None = None,
    clock: Clock | None = None,
) -> Starlette:
    """Return the application.

    The pool must be that of a user who owns the tables of the schema `auth` (see `install_auth_schema`) or reaches them
    past row-level security. Without a mailer nothing is sent; without a limiter this process counts alone.
    """
    clock = clock or SystemClock()
    server = AuthServer(
        config=config,
        pool=pool,
        signer=TokenSigner(keys.signing_key),
        # Roles and audiences are looked at route by route; the keys of a project may have no end.
        verifier=TokenVerifier(
            StaticKeySource(keys.public_keys),
            legacy_secret=keys.jwt_secret,
            rules=ClaimRules(audience=None, roles=None, require_expiry=False, require_user=False),
            remembered=1_000,
            clock=clock,
        ),
        public_keys=keys.public_keys,
        mailer=mailer,
        limiter=limiter or MemoryLimiter(clock=clock),
        clock=clock,
    )
    routes = [_make_route(method, path, _answer_with(handler, server)) for method, path, handler in _ROUTES]
    return Starlette(routes=routes, exception_handlers={HTTPException: _answer_unknown, Exception: _answer_fault})


def _make_route(method: str, path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    route = Route(path, endpoint, methods=_ANY_METHOD if method == "*" else [method])
    if path in _NEVER_BY_HEAD and route.methods is not None:
        route.methods.discard("HEAD")
    return route


async def _answer_unknown(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    message = "Method not allowed" if status == 405 else "There is no such endpoint"
    return render_error(AuthError(status, "method_not_allowed" if status == 405 else "not_found", message), request)


async def _answer_fault(request: Request, _: Exception) -> Response:
    return render_error(unexpected(), request)


def _answer_with(handler: Handler, server: AuthServer) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        call = Call(request, server, b"")
        try:
            call.content = await _read_content(request)
            response = await handler(call)
            # After the transaction, so that a link works when it arrives and no connection waits for a mail server.
            await send_emails(call.auth_emails, mailer=server.mailer, config=server.config)
        except AuthError as error:
            response = render_error(error, request)
            response.headers.update(call.headers)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            response = render_error(_explain(error, request), request)
        return response

    return answer


def _explain(error: Exception, request: Request) -> AuthError:
    """Return the answer for what the database says."""
    if isinstance(error, (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)):
        return bad_request("validation_failed", "A text holds a character that can't be kept")
    if isinstance(error, asyncpg.DataError):
        return bad_request("validation_failed", "A value is too long or out of range")
    refused = isinstance(error, asyncpg.PostgresError) and not isinstance(error, _PASSING)
    if refused:
        logger.error(
            "auth_database_refused", path=request.url.path, state=getattr(error, "sqlstate", ""), exc_info=error
        )
        return unexpected()
    logger.error("auth_database_away", reason=f"{type(error).__name__}: {error}")
    return AuthError(503, "unexpected_failure", "The database can't answer now; try again shortly")


async def _read_content(request: Request) -> bytes:
    content = bytearray()
    try:
        async for part in request.stream():
            content += part
            if len(content) > _LARGEST_BODY:
                message = f"Request body too large (max {_LARGEST_BODY} bytes)"
                raise AuthError(413, "request_entity_too_large", message)
    except ClientDisconnect as error:
        raise bad_request("bad_json", "The request ended before its body") from error
    return bytes(content)
