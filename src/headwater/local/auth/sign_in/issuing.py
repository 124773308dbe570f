"""Hands out access and refresh tokens: at sign-in, at refresh and after a second factor."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID

import asyncpg

from headwater.core.clock import monotonic
from headwater.local.auth.accounts import sessions, users
from headwater.local.auth.accounts.sessions import RefreshToken, Session
from headwater.local.auth.accounts.showing import show_user
from headwater.local.auth.accounts.users import User
from headwater.local.auth.call import Call
from headwater.local.auth.errors import AuthError, bad_request
from headwater.local.auth.sign_in import audit, guesses

_WAIT_SECONDS = 5.0
_ALREADY_USED = ("refresh_token_already_used", "Invalid Refresh Token: Already Used")


async def issue_session(call: Call, connection: asyncpg.Connection, user: User, method: str) -> dict[str, Any]:
    """Open a session for a user who proved themself by `method`; return the token response."""
    session = await sessions.create_session(
        connection, user.id, now=call.now, address=call.address, user_agent=_user_agent(call)
    )
    await sessions.add_method(connection, session, method, now=call.now)
    await guesses.note_address(connection, user, call.address, now=call.now)
    refresh_token = await sessions.create_refresh_token(connection, session, now=call.now)
    await users.update_user(connection, user, now=call.now, last_sign_in_at=call.now)
    return respond(call, user, session, refresh_token)


async def renew_after_factor(
    call: Call, connection: asyncpg.Connection, user: User, session: Session, *, method: str, factor_id: UUID
) -> dict[str, Any]:
    """Raise the session to the second level; return fresh tokens, since the earlier ones claim the first level."""
    await sessions.add_method(connection, session, method, now=call.now)
    await sessions.set_level(connection, session, factor_id=factor_id)
    active = await sessions.find_active_token(connection, session.id)
    if active is None:
        raise bad_request("session_not_found", "Session has no refresh token")
    refresh_token = await sessions.swap_refresh_token(connection, session, active, now=call.now)
    return respond(call, user, session, refresh_token)


async def refresh(call: Call, token: str) -> dict[str, Any]:
    """Exchange a refresh token for its child and a fresh access token.

    Callers that come at the same time wait here and not in the database, for up to five seconds.

    Raises:
        AuthError: unknown, reused, or its session has ended. The revocation of a reused token's family is committed.
    """
    began = monotonic()
    while monotonic() - began < _WAIT_SECONDS:
        async with call.server.pool.acquire() as connection:
            user = await _check_refresh(call, connection, token)
            async with connection.transaction():
                outcome = await _try_refresh(call, connection, token, user)
        if isinstance(outcome, AuthError):
            raise outcome
        if outcome is not None:
            return outcome
        await asyncio.sleep(random.uniform(0.01, 0.03))
    raise AuthError(409, "conflict", "Too many concurrent token refresh requests on the same session or refresh token")


async def _check_refresh(call: Call, connection: asyncpg.Connection, token: str) -> User:
    known = await sessions.find_refresh_token(connection, token)
    user = await users.find_by_id(connection, known.user_id) if known is not None else None
    if known is None or user is None:
        raise bad_request("refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
    call.headers["sb-auth-user-id"] = str(user.id)
    if user.is_banned(call.now):
        raise bad_request("user_banned", "Invalid Refresh Token: User Banned")
    session = await sessions.find_session(connection, known.session_id) if known.session_id else None
    if session is None:
        raise bad_request("session_not_found", "Invalid Refresh Token: No Valid Session Found")
    call.headers["sb-auth-session-id"] = str(session.id)
    ended = session.end_reason(call.server.config.sessions, call.now, known.updated_at)
    if ended is not None:
        raise bad_request("session_expired", f"Invalid Refresh Token: {ended}")
    return user


async def _try_refresh(
    call: Call, connection: asyncpg.Connection, token: str, user: User
) -> dict[str, Any] | AuthError | None:
    """Return the response, or the error to raise after the commit, or None while somebody else holds the rows."""
    known = await sessions.find_refresh_token(connection, token, lock=True)
    if known is None or known.session_id is None:
        return None
    session = await sessions.find_session(connection, known.session_id, lock=True)
    if session is None:
        return None
    if known.revoked:
        issued = await _take_reused(call, connection, session, known)
        if isinstance(issued, AuthError):
            return issued
    else:
        await audit.record(call, connection, user, "token_revoked")
        issued = await sessions.swap_refresh_token(connection, session, known, now=call.now)
    await audit.record(call, connection, user, "token_refreshed")
    await sessions.mark_refreshed(connection, session, now=call.now, address=call.address, user_agent=_user_agent(call))
    await users.reload_user(connection, user)
    return respond(call, user, session, issued)


async def _take_reused(
    call: Call, connection: asyncpg.Connection, session: Session, known: RefreshToken
) -> str | AuthError:
    config = call.server.config
    active = await sessions.find_active_token(connection, session.id)
    if active is not None:
        # The caller may have lost the answer of the first use, or ask from several places at once: all of them get the
        # one token that is in force, so that the chain never branches.
        lost_answer = active.parent == known.token
        if lost_answer or known.may_be_reused(call.now, config.refresh_token_reuse_interval):
            return active.token
    if config.enable_refresh_token_rotation:
        await sessions.revoke_family(connection, session.id, now=call.now)
    return bad_request(*_ALREADY_USED)


def respond(call: Call, user: User, session: Session, refresh_token: str) -> dict[str, Any]:
    """Return the token response: a signed access token beside the refresh token and the user."""
    config, issued_at = call.server.config, int(call.now.timestamp())
    call.headers["sb-auth-user-id"] = str(user.id)
    call.headers["sb-auth-session-id"] = str(session.id)
    expires_at = issued_at + config.jwt_expiry
    claims = {
        "iss": config.issuer,
        "sub": str(user.id),
        "aud": user.aud,
        "exp": expires_at,
        "iat": issued_at,
        "email": user.email,
        "phone": user.phone,
        "app_metadata": user.raw_app_meta_data,
        "user_metadata": user.raw_user_meta_data,
        "role": user.role,
        "aal": session.level,
        "amr": [{"method": method, "timestamp": int(moment.timestamp())} for method, moment in session.methods],
        "session_id": str(session.id),
        "is_anonymous": user.is_anonymous,
    }
    return {
        "access_token": call.server.signer.sign(claims),
        "token_type": "bearer",
        "expires_in": config.jwt_expiry,
        "expires_at": expires_at,
        "refresh_token": refresh_token,
        "user": show_user(user),
    }


def _user_agent(call: Call) -> str | None:
    return call.request.headers.get("user-agent") or None
