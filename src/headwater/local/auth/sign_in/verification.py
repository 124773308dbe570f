"""Finds whom a code or a link belongs to, and does what it was sent for."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from headwater.local.auth.accounts import accounts, identities, one_time_tokens, passwords, users
from headwater.local.auth.accounts.one_time_tokens import PROOF_KEY_PREFIX, holds, is_late
from headwater.local.auth.accounts.users import User
from headwater.local.auth.bodies import Verify
from headwater.local.auth.call import Call
from headwater.local.auth.errors import AuthError, bad_request, forbidden
from headwater.local.auth.sign_in import audit

HALF_CONFIRMED = "Confirmation link accepted. Please proceed to confirm link sent to the other email"
_LINK_TOKENS = {
    "email": ("confirmation_token", "recovery_token"),
    "signup": ("confirmation_token",),
    "invite": ("confirmation_token",),
    "recovery": ("recovery_token",),
    "magiclink": ("recovery_token",),
    "email_change": ("email_change_token_current", "email_change_token_new"),
}
_SENT_AT = {
    "confirmation_token": "confirmation_sent_at",
    "recovery_token": "recovery_sent_at",
    "email_change_token_current": "email_change_sent_at",
    "email_change_token_new": "email_change_sent_at",
}


async def find_by_link(call: Call, connection: asyncpg.Connection, body: Verify) -> tuple[User, str]:
    """Return the user to whom the link was sent and what kind it is ("email" is resolved).

    Raises:
        AuthError: 403 otp_expired for an unknown, used or late link.
    """
    kinds = _LINK_TOKENS.get(body.type)
    if kinds is None:
        raise bad_request("validation_failed", "Invalid email verification type")
    user = await one_time_tokens.find_owner(connection, body.token_hash, *kinds)
    if user is None:
        raise _no_such_link()
    _refuse_banned(user, call.now)
    column = next((name for name in kinds if getattr(user, name) == body.token_hash), kinds[0])
    sent_at = getattr(user, _SENT_AT[column])
    if is_late(sent_at, now=call.now, seconds=call.server.config.email.otp_expiry):
        raise _no_such_link()
    kind = body.type
    if kind == "email":
        kind = "magiclink" if column == "recovery_token" else "signup"
    return user, kind


async def find_by_code(call: Call, connection: asyncpg.Connection, body: Verify) -> tuple[User, str]:
    """Return the user to whom the code was sent and what kind it is ("email" is resolved).

    Raises:
        AuthError: 403 otp_expired for a wrong, used or late code, and for an address that nobody has.
    """
    user = await _find_receiver(call, connection, body)
    if user is None:
        raise _no_such_code()
    _refuse_banned(user, call.now)
    # Of two who bring the same code at once, the second waits here and then finds it used.
    await users.lock_user(connection, user)
    config = call.server.config
    if body.type in {"sms", "phone_change"}:
        expected, sent_at = user.confirmation_token, user.confirmation_sent_at
        if body.type == "phone_change":
            expected, sent_at = user.phone_change_token, user.phone_change_sent_at
        if not holds(body.token_hash, expected, sent_at, now=call.now, seconds=config.email.otp_expiry):
            raise _no_such_code()
        return user, body.type
    for column in _LINK_TOKENS.get(body.type, ()):
        sent_at = getattr(user, _SENT_AT[column])
        expected = getattr(user, column)
        if holds(body.token_hash, expected, sent_at, now=call.now, seconds=config.email.otp_expiry):
            if body.type == "email":
                return user, "signup" if column == "confirmation_token" else "magiclink"
            return user, body.type
    if body.type not in _LINK_TOKENS:
        raise bad_request("validation_failed", "Unsupported verification type")
    raise _no_such_code()


async def complete(call: Call, connection: asyncpg.Connection, user: User, kind: str, body: Verify) -> bool:
    """Do what the code or link was sent for. Returns False when the other address must confirm as well."""
    if kind in {"signup", "invite"}:
        await _confirm_sign_up(call, connection, user)
    elif kind in {"recovery", "magiclink"}:
        await accounts.take_recovery(connection, user, now=call.now)
        if user.email_confirmed_at is None:
            await audit.record(call, connection, user, "user_signedup", provider="email")
            await accounts.confirm_email(connection, user, now=call.now)
        else:
            await audit.record(call, connection, user, "login")
    elif kind == "email_change":
        if await _needs_other_address(call, connection, user, body.token_hash):
            return False
        await audit.record(call, connection, user, "user_modified")
        await accounts.change_email(connection, user, now=call.now)
    elif kind == "sms":
        await audit.record(call, connection, user, "user_signedup", provider="phone")
        await accounts.confirm_phone(connection, user, now=call.now)
    else:
        await audit.record(call, connection, user, "user_modified")
        await accounts.change_phone(connection, user, now=call.now)
    await identities.name_providers(connection, user, now=call.now)
    await users.reload_user(connection, user)
    return True


async def _confirm_sign_up(call: Call, connection: asyncpg.Connection, user: User) -> None:
    if not user.encrypted_password and user.invited_at is not None:
        cost = call.server.config.bcrypt_cost
        hashed = await passwords.hash_password(passwords.invent_password(), cost=cost)
        await accounts.set_password(connection, user, hashed, keep_session=None, now=call.now)
    await audit.record(call, connection, user, "user_signedup", provider="email")
    await accounts.confirm_email(connection, user, now=call.now)
    identity = identities.find_identity(user, "email")
    if identity is not None and identity["email"] == user.email:
        await identities.update_identity(connection, user, identity, {"email_verified": True}, now=call.now)


async def _needs_other_address(call: Call, connection: asyncpg.Connection, user: User, token_hash: str) -> bool:
    """Note one of two confirmations. Each token counts once, so the same link twice doesn't confirm for both."""
    config = call.server.config.email
    used = [
        column
        for column in ("email_change_token_current", "email_change_token_new")
        if getattr(user, column) in {token_hash, f"{PROOF_KEY_PREFIX}{token_hash}"}
    ]
    if not used:
        raise _no_such_link()
    if not config.double_confirm_changes or not user.email or user.email_change_confirm_status > 0:
        return False
    await one_time_tokens.forget(connection, user.id, used[0])
    await users.update_user(connection, user, now=call.now, email_change_confirm_status=1, **{used[0]: ""})
    return True


async def _find_receiver(call: Call, connection: asyncpg.Connection, body: Verify) -> User | None:
    if body.type == "phone_change":
        condition = "u.phone_change = $1 and u.aud = $2 and not u.is_sso_user"
        return await users.find_user(connection, condition, body.phone, call.audience)
    if body.type == "sms":
        return await users.find_by_phone(connection, body.phone, call.audience)
    if body.type != "email_change":
        return await users.find_by_email(connection, body.email, call.audience)
    kinds = _LINK_TOKENS["email_change"]
    for token_hash in (body.token_hash, f"{PROOF_KEY_PREFIX}{body.token_hash}"):
        user = await one_time_tokens.find_owner(connection, token_hash, *kinds)
        if user is not None and body.email in {user.email, user.email_change}:
            return user
    return None


def _refuse_banned(user: User, now: datetime) -> None:
    if user.is_banned(now):
        raise forbidden("user_banned", "User is banned")


def _no_such_link() -> AuthError:
    return forbidden("otp_expired", "Email link is invalid or has expired")


def _no_such_code() -> AuthError:
    return forbidden("otp_expired", "Token has expired or is invalid")
