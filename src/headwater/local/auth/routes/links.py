"""POST /invite and POST /admin/generate_link, for the project's own service: links sent, or given back unsent."""

from __future__ import annotations

from typing import Any

import asyncpg
from starlette.responses import Response

from headwater.local.auth.accounts import accounts, identities, one_time_tokens, passwords, users
from headwater.local.auth.accounts.contacts import check_email
from headwater.local.auth.accounts.one_time_tokens import hash_code, make_code
from headwater.local.auth.accounts.showing import show_user
from headwater.local.auth.accounts.users import User, merge_metadata
from headwater.local.auth.bodies import GenerateLink, Invite
from headwater.local.auth.call import Call
from headwater.local.auth.errors import bad_request, not_found, unprocessable
from headwater.local.auth.sign_in import audit
from headwater.local.auth.sign_in.redirects import choose_redirect
from headwater.local.auth.sign_in.sending import make_link, send_link

# Type of the link → column of the token, column of the time.
_COLUMNS = {
    "signup": ("confirmation_token", "confirmation_sent_at"),
    "invite": ("confirmation_token", "confirmation_sent_at"),
    "magiclink": ("recovery_token", "recovery_sent_at"),
    "recovery": ("recovery_token", "recovery_sent_at"),
    "email_change_current": ("email_change_token_current", "email_change_sent_at"),
    "email_change_new": ("email_change_token_new", "email_change_sent_at"),
}


async def invite(call: Call) -> Response:
    """Make an account for somebody and send them a link to take it."""
    await call.require_admin()
    body = call.read(Invite)
    email = check_email(body.email)
    async with call.server.transaction() as connection:
        user = await users.find_by_email(connection, email, call.audience)
        if user is None:
            user = await _make_account(call, connection, email, data=body.data)
        elif user.email_confirmed_at is not None:
            raise unprocessable("email_exists", accounts.EMAIL_TAKEN)
        await audit.record(call, connection, None, "user_invited", user_id=str(user.id))
        await send_link(call, connection, user, "invite")
    return call.answer(show_user(user))


async def generate_link(call: Call) -> Response:
    """Return a link and a code of the type asked for, without sending them."""
    await call.require_admin()
    body, config = call.read(GenerateLink), call.server.config
    email = check_email(body.email)
    if body.type not in _COLUMNS:
        raise bad_request("validation_failed", f"Invalid email action link type requested: {body.type}")
    if body.type == "email_change_current" and not config.email.double_confirm_changes:
        raise bad_request("validation_failed", "Enable secure email change to generate link for current email")
    redirect_to = choose_redirect(call.request, config, body.redirect_to)
    code = make_code(config.email.otp_length)
    async with call.server.transaction() as connection:
        user = await _prepare(call, connection, body, email)
        receiver = email
        if body.type == "email_change_new":
            receiver = user.email_change
        token = hash_code(receiver, code)
        await _keep(call, connection, user, body.type, token=token, receiver=receiver)
    kind = "email_change" if body.type.startswith("email_change") else body.type
    answer: dict[str, Any] = {
        **show_user(user),
        "action_link": make_link(call, kind, token, redirect_to),
        "email_otp": code,
        "hashed_token": token,
        "verification_type": body.type,
        "redirect_to": redirect_to,
    }
    return call.answer(answer)


async def _prepare(call: Call, connection: asyncpg.Connection, body: GenerateLink, email: str) -> User:
    """Return the user the link is for, made where the type allows it. May turn a sign-in link into a sign-up link."""
    user = await users.find_by_email(connection, email, call.audience)
    if user is None and body.type == "magiclink":
        body.type, body.password = "signup", passwords.invent_password()
    if body.type in {"signup", "invite"}:
        if user is not None and user.email_confirmed_at is not None:
            raise unprocessable("email_exists", accounts.EMAIL_TAKEN)
        if user is None:
            return await _make_account(call, connection, email, data=body.data, password=_read_password(call, body))
        if body.type == "signup":
            merged = merge_metadata(user.raw_user_meta_data, body.data)
            await users.update_user(connection, user, now=call.now, raw_user_meta_data=merged)
        return user
    if user is None:
        raise not_found("user_not_found", "User with this email not found")
    if body.type.startswith("email_change"):
        new_email = check_email(body.new_email)
        taken = await accounts.is_email_taken(connection, new_email, user.aud, but_by=user.id)
        if taken is not None:
            raise unprocessable("email_exists", accounts.EMAIL_TAKEN)
        await users.update_user(connection, user, now=call.now, email_change=new_email, email_change_confirm_status=0)
    return user


def _read_password(call: Call, body: GenerateLink) -> str:
    if body.type == "invite":
        return ""
    if not body.password:
        raise bad_request("validation_failed", "Signup requires a valid password")
    passwords.check_strength(body.password, call.server.config)
    return body.password


async def _make_account(
    call: Call, connection: asyncpg.Connection, email: str, *, data: dict[str, Any], password: str = ""
) -> User:
    cost = call.server.config.bcrypt_cost
    hashed = await passwords.hash_password(password, cost=cost) if password else ""
    user = accounts.make_user(email=email, hashed=hashed, data=data, audience=call.audience, role="authenticated")
    await accounts.store_user(connection, user, now=call.now)
    await identities.put_identity(connection, user, "email", email, verified=False, now=call.now)
    return user


async def _keep(
    call: Call, connection: asyncpg.Connection, user: User, kind: str, *, token: str, receiver: str
) -> None:
    token_column, time_column = _COLUMNS[kind]
    changes: dict[str, Any] = {token_column: token, time_column: call.now}
    if kind == "invite":
        changes["invited_at"] = call.now
        await audit.record(call, connection, None, "user_invited", user_id=str(user.id))
    elif kind in {"magiclink", "recovery"}:
        await audit.record(call, connection, user, "user_recovery_requested")
    await users.update_user(connection, user, now=call.now, **changes)
    await one_time_tokens.keep(connection, user.id, token_column, token, receiver, now=call.now)
