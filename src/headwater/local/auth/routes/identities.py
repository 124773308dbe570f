"""/user/identities: ways to sign in that a user adds or takes away."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from starlette.responses import Response

from headwater.local.auth.accounts import accounts, identities, users
from headwater.local.auth.accounts.users import Row, User
from headwater.local.auth.call import Call
from headwater.local.auth.errors import bad_request, forbidden, not_found, unprocessable
from headwater.local.auth.sign_in import audit


async def remove(call: Call) -> Response:
    """Take a way to sign in from the signed-in user, never the last one."""
    caller = await call.require_user()
    _require_manual_linking(call)
    try:
        wanted = UUID(call.request.path_params["identity_id"])
    except ValueError as error:
        raise not_found("validation_failed", "identity_id must be an UUID") from error
    if caller.claims.get("aud") not in (call.audience, [call.audience]):
        raise forbidden("unexpected_audience", "Token audience doesn't match request audience")
    user = caller.user
    if len(user.identities) <= 1:
        message = "User must have at least 1 identity after unlinking"
        raise unprocessable("single_identity_not_deletable", message)
    found = next((identity for identity in user.identities if identity["id"] == str(wanted)), None)
    if found is None:
        raise unprocessable("identity_not_found", "Identity doesn't exist")
    async with call.server.transaction() as connection:
        await audit.record(call, connection, user, "identity_unlinked", identity_id=str(wanted))
        await identities.remove_identity(connection, user, found)
        await _forget_contact(call, connection, user, found)
        await identities.name_providers(connection, user, now=call.now)
    return call.answer({})


async def link(call: Call) -> Response:
    """Begin to add an outside provider. None is set up on the local data plane."""
    await call.require_user()
    _require_manual_linking(call)
    return await authorize(call)


async def authorize(call: Call) -> Response:
    """Begin to sign in by an outside provider. None is set up on the local data plane."""
    provider = call.request.query_params.get("provider", "")
    if provider in EXTERNAL_PROVIDERS:
        raise bad_request("validation_failed", "Unsupported provider: provider is not enabled")
    message = f"Unsupported provider: Provider {provider} could not be found"
    raise bad_request("validation_failed", message)


async def _forget_contact(call: Call, connection: asyncpg.Connection, user: User, removed: Row) -> None:
    if removed["provider"] == "phone":
        await users.update_user(connection, user, now=call.now, phone="", phone_confirmed_at=None)
    elif not any(identity["email"] == user.email for identity in user.identities):
        await accounts.drop_email(connection, user, now=call.now)


def _require_manual_linking(call: Call) -> None:
    if not call.server.config.enable_manual_linking:
        raise not_found("manual_linking_disabled", "Manual linking is disabled")


EXTERNAL_PROVIDERS = (
    "apple",
    "azure",
    "bitbucket",
    "discord",
    "facebook",
    "snapchat",
    "figma",
    "fly",
    "github",
    "gitlab",
    "google",
    "keycloak",
    "kakao",
    "linkedin",
    "linkedin_oidc",
    "notion",
    "spotify",
    "slack",
    "slack_oidc",
    "workos",
    "twitch",
    "twitter",
    "zoom",
)
