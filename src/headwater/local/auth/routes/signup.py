"""POST /signup: a new account by e-mail or phone, or an anonymous one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
from starlette.responses import Response

from headwater.local.auth.accounts import accounts, identities, passwords, users
from headwater.local.auth.accounts.contacts import check_email, check_phone
from headwater.local.auth.accounts.showing import show_user
from headwater.local.auth.accounts.users import User, merge_metadata
from headwater.local.auth.bodies import SignUp
from headwater.local.auth.call import Call
from headwater.local.auth.errors import AuthError, bad_request, unprocessable
from headwater.local.auth.sign_in import audit, flows
from headwater.local.auth.sign_in.issuing import issue_session
from headwater.local.auth.sign_in.sending import send_link, send_phone_code

INVALID_CHANNEL = (
    "Invalid channel, supported values are 'sms' or 'whatsapp'. 'whatsapp' is only supported if Twilio or Twilio Verify"
    " is used as the provider."
)


async def sign_up(call: Call) -> Response:
    """Make an account. With confirmation the answer is the user, without it a session."""
    body, config = call.read(SignUp), call.server.config
    if not body.email and not body.phone:
        if not config.enable_anonymous_sign_ins:
            raise unprocessable("anonymous_provider_disabled", "Anonymous sign-ins are disabled")
        await call.limit("anonymous", limit=config.rate_limit.anonymous_users, period=timedelta(hours=1))
        return await _sign_up_anonymously(call, body)
    await call.limit("signup", limit=config.rate_limit.sign_in_sign_ups, period=timedelta(minutes=5))
    user, is_known = await create_account(call, body)
    if is_known:
        return _answer_known(call, body, user)
    if user.email_confirmed_at or user.phone_confirmed_at:
        async with call.server.transaction() as connection:
            await audit.record(call, connection, user, "login", provider=_provider(body))
            return call.answer(await issue_session(call, connection, user, "password"))
    if user.invited_at is not None:
        user.raw_user_meta_data, user.identities = {}, []
    return call.answer(show_user(user))


async def create_account(call: Call, body: SignUp) -> tuple[User, bool]:
    """Make the account, or take up an unconfirmed one again, and confirm it or ask for confirmation.

    Returns the user, and whether somebody confirmed had the address or number already (then nothing was changed).
    """
    _check(call, body)
    config, provider = call.server.config, _provider(body)
    if provider == "email":
        if not config.email.enable_signup:
            raise bad_request("email_provider_disabled", "Email signups are disabled")
        body.email = check_email(body.email)
    else:
        if not config.sms.enable_signup:
            raise bad_request("phone_provider_disabled", "Phone signups are disabled")
        body.phone = check_phone(body.phone)
    # The hash is computed before the lookup, and for known addresses too: the time taken must not tell them apart.
    hashed = await passwords.hash_password(body.password, cost=config.bcrypt_cost)
    async with call.server.transaction() as connection:
        user = await _find_known(call, connection, body)
        if user is None:
            user = accounts.make_user(
                email=body.email,
                phone=body.phone,
                hashed=hashed,
                data=body.data,
                audience=call.audience,
                role="authenticated",
            )
            await accounts.store_user(connection, user, now=call.now)
        elif user.email_confirmed_at if provider == "email" else user.phone_confirmed_at:
            await audit.record(call, connection, user, "user_repeated_signup", provider=provider)
            return user, True
        await _give_identity(call, connection, user, body)
        await _confirm_or_ask(call, connection, user, body)
    return user, False


def _check(call: Call, body: SignUp) -> None:
    config = call.server.config
    if not config.enable_signup:
        raise unprocessable("signup_disabled", "Signups not allowed for this instance")
    if not body.password:
        raise bad_request("validation_failed", "Signup requires a valid password")
    passwords.check_strength(body.password, config)
    if body.email and body.phone:
        message = "Only an email address or phone number should be provided on signup."
        raise bad_request("validation_failed", message)
    if body.phone and body.channel not in {"", "sms"}:
        raise bad_request("validation_failed", INVALID_CHANNEL)
    if body.phone and body.code_challenge:
        raise bad_request("validation_failed", "PKCE not supported for phone signups")
    flows.check_challenge(body)


def _provider(body: SignUp) -> str:
    return "email" if body.email else "phone"


async def _find_known(call: Call, connection: asyncpg.Connection, body: SignUp) -> User | None:
    if body.email:
        return await accounts.is_email_taken(connection, body.email, call.audience)
    return await users.find_by_phone(connection, body.phone, call.audience)


async def _give_identity(call: Call, connection: asyncpg.Connection, user: User, body: SignUp) -> None:
    provider = _provider(body)
    if identities.find_identity(user, provider) is not None:
        return
    described = identities.describe(user.id, email=body.email and user.email, phone=body.phone and user.phone)
    data: dict[str, Any] = {**body.data, **described}
    await identities.add_identity(connection, user, provider, data, now=call.now)
    # Nothing about an unconfirmed account is to be trusted: only what this sign-up says stays.
    for other in [identity for identity in user.identities if identity["provider"] != provider]:
        await identities.remove_identity(connection, user, other)
    metadata = merge_metadata(user.raw_user_meta_data, data)
    await users.update_user(connection, user, now=call.now, raw_user_meta_data=metadata)
    await identities.name_providers(connection, user, now=call.now)


async def _confirm_or_ask(call: Call, connection: asyncpg.Connection, user: User, body: SignUp) -> None:
    config, provider = call.server.config, _provider(body)
    asks = config.email.enable_confirmations if provider == "email" else config.sms.enable_confirmations
    action = "user_confirmation_requested" if asks else "user_signedup"
    await audit.record(call, connection, user, action, provider=provider)
    if provider == "phone":
        if asks:
            await send_phone_code(call, connection, user, body.phone, token_column="confirmation_token")  # noqa: S106
        else:
            await accounts.confirm_phone(connection, user, now=call.now)
    elif asks:
        proof = await flows.begin(connection, user.id, body, method="email/signup", provider="email", now=call.now)
        await send_link(call, connection, user, "signup", with_proof_key=proof)
    else:
        await accounts.confirm_email(connection, user, now=call.now)


def _answer_known(call: Call, body: SignUp, user: User) -> Response:
    config, provider = call.server.config, _provider(body)
    if not (config.email if provider == "email" else config.sms).enable_confirmations:
        raise AuthError(422, "user_already_exists", "User already registered")
    # Indistinguishable from the answer for a new address.
    stranger = accounts.make_user(
        email=user.email if provider == "email" else "",
        phone=user.phone if provider == "phone" else "",
        data=body.data,
        audience=call.audience,
        role="",
    )
    stranger.created_at = stranger.updated_at = stranger.confirmation_sent_at = call.now
    return call.answer(show_user(stranger))


async def _sign_up_anonymously(call: Call, body: SignUp) -> Response:
    if not call.server.config.enable_signup:
        raise unprocessable("signup_disabled", "Signups not allowed for this instance")
    user = accounts.make_user(data=body.data, audience=call.audience, role="authenticated")
    async with call.server.transaction() as connection:
        await accounts.store_user(connection, user, now=call.now)
        return call.answer(await issue_session(call, connection, user, "anonymous"))
