"""Makes codes and links, keeps their hashes, and queues the e-mails until the transaction is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import asyncpg

from headwater.local.auth.accounts import one_time_tokens, users
from headwater.local.auth.accounts.one_time_tokens import PROOF_KEY_PREFIX, hash_code, make_code
from headwater.local.auth.accounts.users import User
from headwater.local.auth.call import Call
from headwater.local.auth.errors import AuthError, too_many, unprocessable
from headwater.local.auth.outgoing import AuthEmail
from headwater.local.auth.sign_in.redirects import choose_redirect

# Type of the link → kind of e-mail, column of the token, column of the time.
_KINDS = {
    "signup": ("confirmation", "confirmation_token", "confirmation_sent_at"),
    "invite": ("invite", "confirmation_token", "confirmation_sent_at"),
    "magiclink": ("magic_link", "recovery_token", "recovery_sent_at"),
    "recovery": ("recovery", "recovery_token", "recovery_sent_at"),
    "reauthentication": ("reauthentication", "reauthentication_token", "reauthentication_sent_at"),
}


async def send_link(
    call: Call, connection: asyncpg.Connection, user: User, kind: str, *, with_proof_key: bool = False
) -> None:
    """Send a link and a code of that kind (signup, invite, magiclink, recovery, reauthentication) to the user.

    Raises:
        AuthError: 429 when the last one was sent too short a time ago, or the project sends too many.
    """
    auth_email, token_column, time_column = _KINDS[kind]
    await users.lock_user(connection, user)
    if kind != "invite":
        check_frequency(call, getattr(user, time_column), call.server.config.email.max_frequency)
    await _count_email(call)
    code = make_code(call.server.config.email.otp_length)
    token = _prefixed(hash_code(user.email, code), with_proof_key=with_proof_key)
    changes: dict[str, Any] = {token_column: token, time_column: call.now}
    if kind == "invite":
        changes["invited_at"] = call.now
    await users.update_user(connection, user, now=call.now, **changes)
    await one_time_tokens.keep(connection, user.id, token_column, token, user.email, now=call.now)
    call.auth_emails.append(_write(call, user, auth_email, to=user.email, kind=kind, code=code, token=token))


async def send_email_change(
    call: Call, connection: asyncpg.Connection, user: User, email: str, *, with_proof_key: bool = False
) -> None:
    """Send a link to the new address and, with double confirmation, another one to the present address."""
    config = call.server.config.email
    await users.lock_user(connection, user)
    check_frequency(call, user.email_change_sent_at, config.max_frequency)
    await _count_email(call)
    receivers = [("email_change_token_new", email)]
    if config.double_confirm_changes and user.email:
        receivers.append(("email_change_token_current", user.email))
    changes: dict[str, Any] = {"email_change_token_current": ""}
    user.email_change = email
    for column, receiver in receivers:
        code = make_code(config.otp_length)
        token = _prefixed(hash_code(receiver, code), with_proof_key=with_proof_key)
        changes[column] = token
        await one_time_tokens.keep(connection, user.id, column, token, receiver, now=call.now)
        call.auth_emails.append(
            _write(call, user, "email_change", to=receiver, kind="email_change", code=code, token=token)
        )
    await users.update_user(
        connection,
        user,
        now=call.now,
        email_change=email,
        email_change_sent_at=call.now,
        email_change_confirm_status=0,
        **changes,
    )


async def send_phone_code(
    call: Call, connection: asyncpg.Connection, user: User, phone: str, *, token_column: str
) -> str:
    """Keep a code for a number. There is no sender of text messages: only numbers of `test_otp` get one.

    Raises:
        AuthError: 429 when asked again too soon, 422 for a number that can't be reached.
    """
    time_column = token_column.replace("_token", "_sent_at")
    config = call.server.config.sms
    await users.lock_user(connection, user)
    check_frequency(call, getattr(user, time_column), config.max_frequency, code="over_sms_send_rate_limit")
    code = config.test_otp.get(phone)
    if code is None:
        raise unprocessable("sms_send_failed", "Error sending confirmation OTP to provider: no SMS provider is set up")
    token = hash_code(phone, code)
    changes: dict[str, Any] = {token_column: token, time_column: call.now}
    if token_column == "phone_change_token":  # noqa: S105 - a column's name
        changes["phone_change"] = phone
    await users.update_user(connection, user, now=call.now, **changes)
    await one_time_tokens.keep(connection, user.id, token_column, token, phone, now=call.now)
    return "test-otp"


def check_frequency(
    call: Call, sent_at: datetime | None, min_interval: timedelta, *, code: str = "over_email_send_rate_limit"
) -> None:
    """Refuse to send again too soon. Raises AuthError 429."""
    # A moment in the future was written by a clock that was ahead.
    if sent_at is None or sent_at + min_interval <= call.now or sent_at > call.now + one_time_tokens.SKEW:
        return
    left = int((sent_at + min_interval - call.now).total_seconds())
    raise too_many(code, f"For security purposes, you can only request this after {left} seconds.")


def make_link(call: Call, kind: str, token: str, redirect_to: str) -> str:
    """Return the address of a verification link."""
    query = urlencode({"token": token, "type": kind, "redirect_to": redirect_to})
    return f"{call.server.config.external_url}/verify?{query}"


async def _count_email(call: Call) -> None:
    limit = call.server.config.rate_limit.email_sent
    wait = await call.server.limiter.take("auth:email_sent", limit=limit, period=timedelta(hours=1))
    if wait is not None:
        raise AuthError(429, "over_email_send_rate_limit", "email rate limit exceeded")


def _prefixed(token: str, *, with_proof_key: bool) -> str:
    return f"{PROOF_KEY_PREFIX}{token}" if with_proof_key else token


def _write(call: Call, user: User, auth_email: str, *, to: str, kind: str, code: str, token: str) -> AuthEmail:
    config = call.server.config
    redirect_to = choose_redirect(call.request, config)
    values = {
        "SiteURL": config.site_url,
        "ConfirmationURL": make_link(call, kind, token, redirect_to),
        "Token": code,
        "TokenHash": token,
        "RedirectTo": redirect_to,
        "Email": user.email,
        "NewEmail": user.email_change,
        "SendingTo": to,
        "Data": user.raw_user_meta_data,
    }
    return AuthEmail(auth_email, to, values)
