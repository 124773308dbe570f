"""GET and PUT /user, GET /reauthenticate, POST /logout: what signed-in users do with their own account."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
from starlette.responses import Response

from headwater.local.auth.accounts import accounts, identities, one_time_tokens, passwords, sessions, users
from headwater.local.auth.accounts.contacts import check_email, check_phone
from headwater.local.auth.accounts.showing import show_user
from headwater.local.auth.accounts.users import User, merge_metadata
from headwater.local.auth.bodies import UserUpdate
from headwater.local.auth.call import Call, Caller
from headwater.local.auth.errors import AuthError, bad_request, forbidden, unprocessable
from headwater.local.auth.routes.signup import INVALID_CHANNEL
from headwater.local.auth.sign_in import audit, flows
from headwater.local.auth.sign_in.sending import send_email_change, send_link, send_phone_code

_FRESH_FOR = timedelta(hours=24)
_BAD_NONCE = "Nonce has expired or is invalid"


async def get_user(call: Call) -> Response:
    """Return the account behind the token."""
    caller = await call.require_user()
    if caller.claims.get("aud") not in (call.audience, [call.audience]):
        raise bad_request("validation_failed", "Token audience doesn't match request audience")
    return call.answer(show_user(caller.user))


async def update_user(call: Call) -> Response:
    """Change the account: metadata and password at once, address and number once they are confirmed."""
    caller = await call.require_user()
    limit = call.server.config.rate_limit.sign_in_sign_ups
    await call.limit("user", limit=limit, period=timedelta(minutes=5))
    body = call.read(UserUpdate)
    _check(call, caller, body)
    hashed = await _prepare_password(call, caller, body) if body.password is not None else None
    user = caller.user
    async with call.server.transaction() as connection:
        await users.lock_user(connection, user)
        await _refuse_taken(call, connection, user, body)
        if hashed is not None:
            keep = caller.session.id if caller.session is not None else None
            await accounts.set_password(connection, user, hashed, keep_session=keep, now=call.now)
            await audit.record(call, connection, user, "user_updated_password")
        if body.data is not None:
            merged = merge_metadata(user.raw_user_meta_data, body.data)
            await users.update_user(connection, user, now=call.now, raw_user_meta_data=merged)
        if body.email and body.email != user.email:
            await _begin_email_change(call, connection, user, body)
        if body.phone and body.phone != user.phone:
            await _begin_phone_change(call, connection, user, body.phone)
        await audit.record(call, connection, user, "user_modified")
        await users.reload_user(connection, user)
    return call.answer(show_user(user))


async def reauthenticate(call: Call) -> Response:
    """Send a code that a signed-in user enters before changing the password."""
    caller = await call.require_user()
    user = caller.user
    if not user.email and not user.phone:
        message = "Reauthentication requires the user to have an email or a phone number"
        raise bad_request("validation_failed", message)
    if user.email and user.email_confirmed_at is None:
        raise unprocessable("email_not_confirmed", "Please verify your email first.")
    if not user.email and user.phone_confirmed_at is None:
        raise unprocessable("phone_not_confirmed", "Please verify your phone first.")
    async with call.server.transaction() as connection:
        await audit.record(call, connection, user, "user_reauthenticate_requested")
        if user.email:
            await send_link(call, connection, user, "reauthentication")
            return call.answer({})
        column = "reauthentication_token"
        return call.answer(
            {"message_id": await send_phone_code(call, connection, user, user.phone, token_column=column)}
        )


async def log_out(call: Call) -> Response:
    """End sessions: all of the user (global), this one (local), or all but this one (others)."""
    caller = await call.require_user()
    scope = call.request.query_params.get("scope") or "global"
    if scope not in {"global", "local", "others"}:
        raise bad_request("validation_failed", f'Unsupported logout scope "{scope}"')
    session = caller.session
    async with call.server.transaction() as connection:
        await audit.record(call, connection, caller.user, "logout")
        await sessions.end_sessions(
            connection,
            caller.user.id,
            only=session.id if session is not None and scope == "local" else None,
            all_but=session.id if session is not None and scope == "others" else None,
        )
    return Response(status_code=204, headers=call.headers)


def _check(call: Call, caller: Caller, body: UserUpdate) -> None:
    user = caller.user
    if body.email:
        body.email = check_email(body.email)
    if body.phone:
        body.phone = check_phone(body.phone)
        if body.channel not in {"", "sms"}:
            raise bad_request("validation_failed", INVALID_CHANNEL)
    if body.password is not None:
        passwords.check_strength(body.password, call.server.config)
    flows.check_challenge(body)
    if body.app_metadata is not None:
        raise forbidden("not_admin", "Updating app_metadata requires admin privileges")
    changes_contact = (body.email and body.email != user.email) or (body.phone and body.phone != user.phone)
    has_second_level = caller.session is not None and caller.session.aal == "aal2"
    if user.has_verified_factor and not has_second_level and (body.password or changes_contact):
        message = "AAL2 session is required to update email or password when MFA is enabled."
        raise AuthError(401, "insufficient_aal", message)
    if user.is_anonymous and body.password and not body.email and not body.phone:
        message = "Updating password of an anonymous user without an email or phone is not allowed"
        raise unprocessable("validation_failed", message)


async def _prepare_password(call: Call, caller: Caller, body: UserUpdate) -> str:
    config, user, password = call.server.config, caller.user, body.password or ""
    fresh = caller.session is not None and call.now <= caller.session.created_at + _FRESH_FOR
    if config.email.secure_password_change and not fresh:
        await _check_nonce(call, user, body.nonce)
    cost = config.bcrypt_cost
    if user.encrypted_password and await passwords.matches(password, user.encrypted_password, cost=cost):
        raise unprocessable("same_password", "New password should be different from the old password.")
    return await passwords.hash_password(password, cost=cost)


async def _check_nonce(call: Call, user: User, nonce: str) -> None:
    if not nonce:
        raise bad_request("reauthentication_needed", "Password update requires reauthentication")
    given = one_time_tokens.hash_code(user.email or user.phone, nonce)
    sent_at, seconds = user.reauthentication_sent_at, call.server.config.email.otp_expiry
    if not one_time_tokens.holds(given, user.reauthentication_token, sent_at, now=call.now, seconds=seconds):
        raise unprocessable("reauthentication_not_valid", _BAD_NONCE)
    async with call.server.transaction() as connection:
        await users.update_user(connection, user, now=call.now, reauthentication_token="")
        await one_time_tokens.forget(connection, user.id)


async def _refuse_taken(call: Call, connection: asyncpg.Connection, user: User, body: UserUpdate) -> None:
    if body.email and body.email != user.email:
        taken = await accounts.is_email_taken(connection, body.email, call.audience, but_by=user.id)
        if taken is not None:
            raise unprocessable("email_exists", accounts.EMAIL_TAKEN)
    if body.phone and body.phone != user.phone:
        owner = await users.find_by_phone(connection, body.phone, call.audience)
        if owner is not None:
            raise unprocessable("phone_exists", accounts.PHONE_TAKEN)


async def _begin_email_change(call: Call, connection: asyncpg.Connection, user: User, body: UserUpdate) -> None:
    if user.is_anonymous and not call.server.config.email.enable_confirmations:
        user.email_change = body.email
        await accounts.change_email(connection, user, now=call.now)
        await identities.name_providers(connection, user, now=call.now)
        return
    proof = await flows.begin(connection, user.id, body, method="email_change", provider="email_change", now=call.now)
    await send_email_change(call, connection, user, body.email, with_proof_key=proof)


async def _begin_phone_change(call: Call, connection: asyncpg.Connection, user: User, phone: str) -> None:
    if call.server.config.sms.enable_confirmations:
        await send_phone_code(call, connection, user, phone, token_column="phone_change_token")  # noqa: S106
        return
    user.phone_change = phone
    await accounts.change_phone(connection, user, now=call.now)
    await identities.name_providers(connection, user, now=call.now)
