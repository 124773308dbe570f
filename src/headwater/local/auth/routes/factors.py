"""/factors: second factors of the signed-in user (time-based codes of an authenticator app)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from starlette.responses import Response

from headwater.local.auth.accounts import factors, users
from headwater.local.auth.accounts.factors import Challenge
from headwater.local.auth.accounts.one_time_tokens import is_late
from headwater.local.auth.accounts.sessions import Session
from headwater.local.auth.accounts.users import User
from headwater.local.auth.bodies import EnrollFactor, VerifyFactor
from headwater.local.auth.call import Call, Caller
from headwater.local.auth.errors import AuthError, bad_request, forbidden, not_found, unprocessable
from headwater.local.auth.sign_in import audit, guesses, totp
from headwater.local.auth.sign_in.issuing import renew_after_factor
from headwater.local.auth.sign_in.qr import draw_svg

_CHALLENGE_LIFETIME = timedelta(minutes=5)
_UNVERIFIED_LIFETIME = timedelta(minutes=5)
_TRIES_A_MINUTE = 15


async def enroll(call: Call) -> Response:
    """Begin to add a factor: give the secret and its QR code. It counts once a code of it was verified."""
    caller, session = await _require_session(call)
    body, config = call.read(EnrollFactor), call.server.config
    if body.factor_type in {"phone", "webauthn"}:
        name = {"phone": "Phone", "webauthn": "WebAuthn"}[body.factor_type]
        raise unprocessable(f"mfa_{body.factor_type}_enroll_not_enabled", f"MFA enroll is disabled for {name}")
    if body.factor_type != "totp":
        raise bad_request("validation_failed", "factor_type needs to be totp, phone, or webauthn")
    if not config.mfa.totp.enroll_enabled:
        raise unprocessable("mfa_totp_enroll_not_enabled", "MFA enroll is disabled for TOTP")
    user, secret = caller.user, totp.make_secret()
    async with call.server.transaction() as connection:
        await factors.remove_abandoned(connection, user, before=call.now - _UNVERIFIED_LIFETIME)
        _check_room(call, user, session, body.friendly_name)
        factor_id = await factors.add_totp(connection, user, name=body.friendly_name, secret=secret, now=call.now)
        await audit.record(call, connection, user, "factor_in_progress", factor_id=str(factor_id))
    issuer = body.issuer or urlsplit(config.site_url).netloc
    uri = totp.make_uri(secret, issuer=issuer, account=user.email or user.phone)
    shown = {"qr_code": draw_svg(uri), "secret": secret, "uri": uri}
    name = body.friendly_name
    return call.answer({"id": str(factor_id), "type": "totp", "friendly_name": name, "totp": shown})


async def challenge(call: Call) -> Response:
    """Ask for a code of the factor."""
    caller, _ = await _require_session(call)
    factor_id, factor = _find_factor(call, caller.user)
    _require_verification(call, factor)
    await call.limit("factor", limit=_TRIES_A_MINUTE, period=timedelta(minutes=1))
    async with call.server.transaction() as connection:
        challenge_id = await factors.ask(connection, factor_id, address=call.address, now=call.now)
        await audit.record(call, connection, caller.user, "challenge_created", factor_id=str(factor_id))
    expires_at = int((call.now + _CHALLENGE_LIFETIME).timestamp())
    return call.answer({"id": str(challenge_id), "type": factor["factor_type"], "expires_at": expires_at})


async def verify(call: Call) -> Response:
    """Take the code: the factor is in use, and the session rises to the second level."""
    caller, session = await _require_session(call)
    factor_id, factor = _find_factor(call, caller.user)
    _require_verification(call, factor)
    await call.limit("factor", limit=_TRIES_A_MINUTE, period=timedelta(minutes=1))
    # A code has a million possibilities: they could be tried from many addresses at once.
    await call.limit("factor", limit=_TRIES_A_MINUTE, period=timedelta(minutes=1), subject=str(factor_id))
    await guesses.limit_tries(call, "factor", str(factor_id), guesses.CODE_TRIES)
    body, user = call.read(VerifyFactor), caller.user
    async with call.server.transaction() as connection:
        asked = await _find_challenge(call, connection, factor_id, body.challenge_id)
        secret = await factors.find_secret(connection, factor_id)
        if totp.find_step(body.code, secret, call.now) is None:
            raise unprocessable("mfa_verification_failed", "Invalid TOTP code entered")
        await audit.record(call, connection, user, "verification_attempted", factor_id=str(factor_id))
        await factors.mark_answered(connection, user, factor_id, asked, now=call.now)
        await users.reload_user(connection, user)
        response = await renew_after_factor(call, connection, user, session, method="totp", factor_id=factor_id)
        await factors.end_first_level_sessions(connection, user)
    return call.answer(response)


async def unenroll(call: Call) -> Response:
    """Take a factor away; one that is in use only from a session of the second level."""
    caller, session = await _require_session(call)
    factor_id, factor = _find_factor(call, caller.user)
    if factor["status"] == "verified" and session.aal != "aal2":
        raise unprocessable("insufficient_aal", "AAL2 required to unenroll verified factor")
    async with call.server.transaction() as connection:
        await factors.remove(connection, caller.user, factor_id, now=call.now)
        await audit.record(call, connection, caller.user, "factor_unenrolled", factor_id=str(factor_id))
    return call.answer({"id": str(factor_id)})


def find_factor(user: User, factor_id: str) -> tuple[UUID, dict[str, Any]]:
    """Return the user's factor of that id. Raises AuthError 404."""
    try:
        wanted = UUID(factor_id)
    except ValueError as error:
        raise not_found("validation_failed", "factor_id must be an UUID") from error
    found = next((factor for factor in user.factors if factor["id"] == str(wanted)), None)
    if found is None:
        raise not_found("mfa_factor_not_found", "Factor not found")
    return wanted, found


def _find_factor(call: Call, user: User) -> tuple[UUID, dict[str, Any]]:
    return find_factor(user, call.request.path_params["factor_id"])


async def _require_session(call: Call) -> tuple[Caller, Session]:
    caller = await call.require_user()
    if caller.claims.get("is_anonymous"):
        raise forbidden("no_authorization", "Anonymous user not allowed to perform these actions")
    if caller.session is None:
        raise AuthError(500, "unexpected_failure", "A valid session and a registered user are required")
    return caller, caller.session


def _require_verification(call: Call, factor: dict[str, Any]) -> None:
    if factor["factor_type"] != "totp" or not call.server.config.mfa.totp.verify_enabled:
        raise unprocessable("mfa_totp_verify_not_enabled", "MFA verification is disabled for TOTP")


def _check_room(call: Call, user: User, session: Session, name: str) -> None:
    if any((factor["friendly_name"] or "") == name for factor in user.factors):
        raise factors.name_taken(name)
    if len(user.factors) >= call.server.config.mfa.max_enrolled_factors:
        message = "Maximum number of verified factors reached, unenroll to continue"
        raise unprocessable("too_many_enrolled_mfa_factors", message)
    if user.has_verified_factor and session.aal != "aal2":
        raise forbidden("insufficient_aal", "AAL2 required to enroll a new factor")


async def _find_challenge(call: Call, connection: asyncpg.Connection, factor_id: UUID, challenge_id: UUID) -> Challenge:
    asked = await factors.find_challenge(connection, factor_id, challenge_id)
    if asked is None:
        message = "MFA factor with the provided challenge ID not found"
        raise unprocessable("mfa_factor_not_found", message)
    if asked.verified_at is not None or asked.ip_address != call.address:
        raise unprocessable("mfa_ip_address_mismatch", "Challenge and verify IP addresses mismatch.")
    if is_late(asked.created_at, now=call.now, seconds=int(_CHALLENGE_LIFETIME.total_seconds())):
        message = f"MFA challenge {asked.id} has expired, verify against another challenge or create a new challenge."
        raise unprocessable("mfa_challenge_expired", message)
    return asked
