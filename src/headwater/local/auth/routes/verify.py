"""GET and POST /verify: what was sent out comes back, as a followed link or as a typed code."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
from starlette.responses import RedirectResponse, Response

from headwater.local.auth.accounts.contacts import check_email, check_phone
from headwater.local.auth.accounts.one_time_tokens import PROOF_KEY_PREFIX, hash_code
from headwater.local.auth.bodies import Verify
from headwater.local.auth.call import Call
from headwater.local.auth.errors import AuthError, bad_request, unprocessable
from headwater.local.auth.sign_in import flows, guesses, redirects
from headwater.local.auth.sign_in.issuing import issue_session
from headwater.local.auth.sign_in.verification import HALF_CONFIRMED, complete, find_by_code, find_by_link

_TRIES_FOR_ONE_ACCOUNT = 30
_PROOF_KEY_METHODS = {"signup": "email/signup"}


async def follow_link(call: Call) -> Response:
    """Sign in whoever followed a link, and send them to where it leads."""
    await _count(call)
    query = call.request.query_params
    body = Verify(type=query.get("type", ""), token_hash=query.get("token", ""))
    if not body.type:
        raise bad_request("validation_failed", "Verify requires a verification type")
    if not body.token_hash:
        raise bad_request("validation_failed", "Verify requires a token or a token hash")
    address = redirects.choose_redirect(call.request, call.server.config)
    with_proof_key = body.token_hash.startswith(PROOF_KEY_PREFIX)
    try:
        async with call.server.transaction() as connection:
            address = await _follow(call, connection, body, address, with_proof_key=with_proof_key)
    except AuthError as error:
        address = redirects.add_error(address, error, with_proof_key=with_proof_key)
    return RedirectResponse(address, 303, headers=call.headers)


async def _follow(
    call: Call, connection: asyncpg.Connection, body: Verify, address: str, *, with_proof_key: bool
) -> str:
    user, kind = await find_by_link(call, connection, body)
    if not await complete(call, connection, user, kind, body):
        if with_proof_key:
            address = redirects.add_query(address, message=HALF_CONFIRMED)
        return redirects.add_fragment(address, message=HALF_CONFIRMED)
    if with_proof_key:
        method = _PROOF_KEY_METHODS.get(kind, kind)
        code = await flows.give_code(connection, user.id, method=method, now=call.now)
        return redirects.add_query(address, code=code)
    session = await issue_session(call, connection, user, "otp")
    told = {name: str(session[name]) for name in ("access_token", "expires_at", "expires_in", "refresh_token")}
    return redirects.add_fragment(address, **told, token_type="bearer", type=kind)  # noqa: S106 - the scheme


async def verify_code(call: Call) -> Response:
    """Sign in whoever has the code or the hash that was sent to them."""
    await _count(call)
    body = call.read(Verify)
    _check(body)
    if body.token:
        # Codes are short: they could be guessed from many addresses at once.
        await _count(call, subject=body.email or body.phone)
        account = guesses.name_account(body.email or body.phone)
        await guesses.limit_tries(call, "verify", account, guesses.CODE_TRIES)
    async with call.server.transaction() as connection:
        if body.token:
            user, kind = await find_by_code(call, connection, body)
        else:
            user, kind = await find_by_link(call, connection, body)
        if not await complete(call, connection, user, kind, body):
            return call.answer({"msg": HALF_CONFIRMED, "code": "200"})
        return call.answer(await issue_session(call, connection, user, "otp"))


def _check(body: Verify) -> None:
    if not body.type:
        raise bad_request("validation_failed", "Verify requires a verification type")
    if bool(body.token) == bool(body.token_hash):
        raise bad_request("validation_failed", "Verify requires either a token or a token hash")
    if body.token_hash:
        if body.email or body.phone or body.redirect_to:
            raise bad_request("validation_failed", "Only the token_hash and type should be provided")
        return
    if bool(body.email) == bool(body.phone):
        message = "Only an email address or phone number should be provided on verify"
        raise bad_request("validation_failed", message)
    if body.phone:
        body.phone = check_phone(body.phone)
    else:
        try:
            body.email = check_email(body.email)
        except AuthError as error:
            raise unprocessable("validation_failed", "Invalid email format") from error
    body.token_hash = hash_code(body.phone or body.email, body.token)


async def _count(call: Call, *, subject: str = "") -> None:
    limit = call.server.config.rate_limit.token_verifications
    if subject:
        limit = min(limit, _TRIES_FOR_ONE_ACCOUNT)
    await call.limit("verify", limit=limit, period=timedelta(minutes=5), subject=subject)
