"""POST /otp, /magiclink, /recover and /resend: a code or a link for signing in, or the last one once more."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
from starlette.responses import Response

from headwater.local.auth.accounts import passwords, users
from headwater.local.auth.accounts.contacts import check_email, check_phone
from headwater.local.auth.accounts.users import User
from headwater.local.auth.bodies import Otp, Recover, Resend, SignUp
from headwater.local.auth.call import Call
from headwater.local.auth.errors import bad_request, unprocessable
from headwater.local.auth.routes.signup import INVALID_CHANNEL, create_account
from headwater.local.auth.sign_in import audit, flows
from headwater.local.auth.sign_in.sending import send_email_change, send_link, send_phone_code


async def send_otp(call: Call) -> Response:
    """Send a code by e-mail or to a phone; somebody new is signed up, unless `create_user` is false."""
    await _count(call, "otp")
    body = call.read(Otp)
    if body.email and body.phone:
        raise bad_request("validation_failed", "Only an email address or phone number should be provided")
    if body.email and body.channel:
        raise bad_request("validation_failed", "Channel should only be specified with Phone OTP")
    flows.check_challenge(body)
    if not body.email and not body.phone:
        raise bad_request("validation_failed", "One of email or phone must be set")
    if not body.create_user and await _find_user(call, _normalise(body)) is None:
        raise unprocessable("otp_disabled", "Signups not allowed for otp")
    return await (_send_magic_link(call, body) if body.email else _send_phone_otp(call, body))


async def send_magic_link(call: Call) -> Response:
    """Send a sign-in link by e-mail."""
    await _count(call, "magiclink")
    body = call.read(Otp)
    if not body.email:
        raise unprocessable("validation_failed", "Password recovery requires an email")
    flows.check_challenge(body)
    return await _send_magic_link(call, body)


async def send_recovery(call: Call) -> Response:
    """Send a link for choosing a new password. The answer is the same for addresses that nobody has."""
    await _count(call, "recover")
    body = call.read(Recover)
    if not body.email:
        raise bad_request("validation_failed", "Password recovery requires an email")
    email = check_email(body.email)
    flows.check_challenge(body)
    async with call.server.transaction() as connection:
        user = await users.find_by_email(connection, email, call.audience)
        if user is None:
            return call.answer({})
        proof = await flows.begin(connection, user.id, body, method="recovery", provider="recovery", now=call.now)
        await audit.record(call, connection, user, "user_recovery_requested")
        await send_link(call, connection, user, "recovery", with_proof_key=proof)
    return call.answer({})


async def resend(call: Call) -> Response:
    """Send a confirmation once more. The answer is the same for addresses and numbers that nobody has."""
    await _count(call, "resend")
    body = call.read(Resend)
    _check_resend(call, body)
    async with call.server.transaction() as connection:
        if body.email:
            user = await users.find_by_email(connection, check_email(body.email), call.audience)
        else:
            user = await users.find_by_phone(connection, check_phone(body.phone), call.audience)
        message_id = await _resend(call, connection, user, body) if user is not None else ""
    return call.answer({"message_id": message_id} if message_id else {})


async def _send_magic_link(call: Call, body: Otp) -> Response:
    config = call.server.config
    if not config.email.enable_signup:
        raise unprocessable("email_provider_disabled", "Email logins are disabled")
    body = _normalise(body)
    user = await _find_user(call, body)
    if user is None or user.email_confirmed_at is None:
        await _sign_up(call, body)
        if config.email.enable_confirmations:
            # The confirmation that was just sent signs in as well.
            return call.answer({})
    async with call.server.transaction() as connection:
        user = await users.find_by_email(connection, body.email, call.audience)
        if user is not None:
            proof = await flows.begin(connection, user.id, body, method="magiclink", provider="magiclink", now=call.now)
            await audit.record(call, connection, user, "user_recovery_requested")
            await send_link(call, connection, user, "magiclink", with_proof_key=proof)
    return call.answer({})


async def _send_phone_otp(call: Call, body: Otp) -> Response:
    config = call.server.config
    if not config.sms.enable_signup:
        raise bad_request("phone_provider_disabled", "Unsupported phone provider")
    body = _normalise(body)
    if body.channel not in {"", "sms"}:
        raise bad_request("validation_failed", INVALID_CHANNEL)
    user = await _find_user(call, body)
    if user is None or user.phone_confirmed_at is None:
        await _sign_up(call, body)
        if config.sms.enable_confirmations:
            return call.answer({})
    async with call.server.transaction() as connection:
        user = await users.find_by_phone(connection, body.phone, call.audience)
        if user is None:
            return call.answer({})
        await audit.record(call, connection, user, "user_recovery_requested", channel="sms")
        column = "confirmation_token"
        message_id = await send_phone_code(call, connection, user, body.phone, token_column=column)
    return call.answer({"message_id": message_id})


async def _sign_up(call: Call, body: Otp) -> None:
    proof = {"code_challenge": body.code_challenge, "code_challenge_method": body.code_challenge_method}
    contact = {"email": body.email} if body.email else {"phone": body.phone}
    invented = SignUp(**contact, password=passwords.invent_password(), data=body.data, **(proof if body.email else {}))
    await create_account(call, invented)


async def _resend(call: Call, connection: asyncpg.Connection, user: User, body: Resend) -> str:
    if body.type == "signup" and user.email_confirmed_at is None:
        await audit.record(call, connection, user, "user_confirmation_requested")
        proof = await flows.begin(
            connection, user.id, body, method="email/signup", provider="email/signup", now=call.now
        )
        await send_link(call, connection, user, "signup", with_proof_key=proof)
    elif body.type == "email_change" and user.email_change:
        proof = await flows.begin(
            connection, user.id, body, method="email_change", provider="email_change", now=call.now
        )
        await send_email_change(call, connection, user, user.email_change, with_proof_key=proof)
    elif body.type == "sms" and user.phone_confirmed_at is None:
        await audit.record(call, connection, user, "user_recovery_requested")
        return await send_phone_code(call, connection, user, user.phone, token_column="confirmation_token")  # noqa: S106
    elif body.type == "phone_change" and user.phone_change:
        column = "phone_change_token"
        return await send_phone_code(call, connection, user, user.phone_change, token_column=column)
    return ""


def _check_resend(call: Call, body: Resend) -> None:
    config, message = call.server.config, ""
    if body.type not in {"signup", "email_change", "sms", "phone_change"}:
        message = "Missing one of these types: signup, email_change, sms, phone_change"
    elif body.type == "signup" and not body.email:
        message = "Type provided requires an email address"
    elif body.type == "sms" and not body.phone:
        message = "Type provided requires a phone number"
    elif body.email and body.phone:
        message = "Only an email address or phone number should be provided."
    elif not body.email and not body.phone:
        message = "Missing email address or phone number"
    if message:
        raise bad_request("validation_failed", message)
    if body.email and not config.email.enable_signup:
        raise bad_request("email_provider_disabled", "Email logins are disabled")
    if body.phone and not config.sms.enable_signup:
        raise bad_request("phone_provider_disabled", "Phone logins are disabled")
    flows.check_challenge(body)


async def _find_user(call: Call, body: Otp) -> User | None:
    async with call.server.pool.acquire() as connection:
        if body.email:
            return await users.find_by_email(connection, body.email, call.audience)
        return await users.find_by_phone(connection, body.phone, call.audience)


def _normalise(body: Otp) -> Otp:
    if body.email:
        return body.model_copy(update={"email": check_email(body.email)})
    return body.model_copy(update={"phone": check_phone(body.phone)})


async def _count(call: Call, what: str) -> None:
    limit = call.server.config.rate_limit.sign_in_sign_ups
    await call.limit(what, limit=limit, period=timedelta(minutes=5))
