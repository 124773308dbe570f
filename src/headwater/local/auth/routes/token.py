"""POST /token: a session for a password, a refresh token or the code of a proof-key flow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from headwater.local.auth.accounts import passwords, users
from headwater.local.auth.accounts.contacts import format_phone
from headwater.local.auth.accounts.users import User
from headwater.local.auth.bodies import CodeGrant, PasswordGrant, RefreshGrant
from headwater.local.auth.call import Call
from headwater.local.auth.errors import AuthError, bad_request, not_found, unprocessable
from headwater.local.auth.sign_in import audit, flows, guesses, issuing
from headwater.local.auth.sign_in.issuing import issue_session


async def give_token(call: Call) -> Response:
    """Exchange what the grant type names for a session."""
    grants: dict[str, Callable[[Call], Awaitable[dict[str, Any]]]] = {
        "password": _by_password,
        "refresh_token": _by_refresh_token,
        "pkce": _by_code,
        "id_token": _by_id_token,
        "web3": _by_wallet,
    }
    grant = grants.get(call.request.query_params.get("grant_type", ""))
    if grant is None:
        raise bad_request("invalid_credentials", "unsupported_grant_type")
    limit = call.server.config.rate_limit.token_refresh
    await call.limit("token", limit=limit, period=timedelta(minutes=5))
    return call.answer(await grant(call))


async def _by_password(call: Call) -> dict[str, Any]:
    body, config = call.read(PasswordGrant), call.server.config
    user = await _find_user(call, body)
    hashed = user.encrypted_password if user is not None else ""
    known = await passwords.matches(body.password, hashed, cost=config.bcrypt_cost)
    if user is None or not known:
        raise bad_request("invalid_credentials", "Invalid login credentials")
    if user.is_banned(call.now):
        raise bad_request("user_banned", "User is banned")
    if body.email and user.email_confirmed_at is None:
        raise bad_request("email_not_confirmed", "Email not confirmed")
    if body.phone and user.phone_confirmed_at is None:
        raise bad_request("phone_not_confirmed", "Phone not confirmed")
    async with call.server.transaction() as connection:
        await audit.record(call, connection, user, "login", provider="email" if body.email else "phone")
        response = await issue_session(call, connection, user, "password")
    try:
        passwords.check_strength(body.password, config)
    except AuthError as weak:
        response["weak_password"] = {"message": weak.message, "reasons": weak.reasons or []}
    return response


async def _find_user(call: Call, body: PasswordGrant) -> User | None:
    config = call.server.config
    if body.email and body.phone:
        message = "Only an email address or phone number should be provided on login."
        raise bad_request("validation_failed", message)
    async with call.server.pool.acquire() as connection:
        if body.email:
            if not config.email.enable_signup:
                raise unprocessable("email_provider_disabled", "Email logins are disabled")
            user = await users.find_by_email(connection, body.email, call.audience)
            await guesses.limit_password(call, connection, user, body.email)
            return user
        if body.phone:
            if not config.sms.enable_signup:
                raise unprocessable("phone_provider_disabled", "Phone logins are disabled")
            phone = format_phone(body.phone)
            user = await users.find_by_phone(connection, phone, call.audience)
            await guesses.limit_password(call, connection, user, phone)
            return user
    raise bad_request("validation_failed", "missing email or phone")


async def _by_refresh_token(call: Call) -> dict[str, Any]:
    token = call.read(RefreshGrant).refresh_token
    if len(token) != 12 or not (token.isascii() and token.isalnum() and token == token.lower()):
        raise bad_request("validation_failed", "Refresh token is not valid")
    return await issuing.refresh(call, token)


async def _by_code(call: Call) -> dict[str, Any]:
    body = call.read(CodeGrant)
    if not body.auth_code or not body.code_verifier:
        message = "invalid request: both auth code and code verifier should be non-empty"
        raise bad_request("validation_failed", message)
    async with call.server.transaction() as connection:
        flow = await flows.take(connection, body.auth_code)
        user = await users.find_by_id(connection, flow.user_id) if flow is not None and flow.user_id else None
        if flow is None or user is None:
            raise not_found("flow_state_not_found", "invalid flow state, no valid flow state found")
        if flow.has_ended(call.now):
            raise unprocessable("flow_state_expired", "invalid flow state, flow state has expired")
        if not flow.accepts(body.code_verifier):
            message = "code challenge does not match previously saved code verifier"
            raise bad_request("bad_code_verifier", message)
        if user.is_banned(call.now):
            raise bad_request("user_banned", "User is banned")
        await audit.record(call, connection, user, "login", provider_type=flow.provider_type)
        response = await issue_session(call, connection, user, flow.authentication_method)
        await flows.end(connection, flow)
    return response


async def _by_id_token(_: Call) -> dict[str, Any]:
    raise bad_request("validation_failed", "Unsupported provider: provider is not enabled")


async def _by_wallet(_: Call) -> dict[str, Any]:
    raise unprocessable("web3_provider_disabled", "Web3 provider is disabled")
