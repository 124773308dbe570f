"""What anybody may know of this server: health, settings, public keys, and what it leaves out."""

from __future__ import annotations

from starlette.responses import Response

from headwater.local.auth.call import Call
from headwater.local.auth.errors import not_found
from headwater.local.auth.routes.identities import EXTERNAL_PROVIDERS

_FRESH_FOR = "public, max-age=600"
# The version of Supabase Auth whose contract this follows.
_VERSION = "v2.197.0"


async def get_health(call: Call) -> Response:
    """Tell that the server and its database are there."""
    async with call.server.pool.acquire() as connection:
        await connection.fetchval("select 1")
    description = "GoTrue is a user registration and authentication API"
    return call.answer({"version": _VERSION, "name": "GoTrue", "description": description})


async def get_settings(call: Call) -> Response:
    """Tell which ways to sign up and in are open."""
    config = call.server.config
    external = {
        **dict.fromkeys(EXTERNAL_PROVIDERS, False),
        "anonymous_users": config.enable_anonymous_sign_ins,
        "email": config.email.enable_signup,
        "phone": config.sms.enable_signup,
    }
    return call.answer(
        {
            "external": external,
            "disable_signup": not config.enable_signup,
            "mailer_autoconfirm": not config.email.enable_confirmations,
            "phone_autoconfirm": not config.sms.enable_confirmations,
            "sms_provider": "",
            "saml_enabled": False,
            "saml_private_key_next_configured": False,
            "passkeys_enabled": False,
        }
    )


async def get_keys(call: Call) -> Response:
    """Return the public keys that access tokens are verified with (RFC 7517). The secret is never among them."""
    call.headers["cache-control"] = _FRESH_FOR
    return call.answer({"keys": call.server.public_keys})


async def get_openid_configuration(call: Call) -> Response:
    """Return the metadata of OpenID Connect Discovery 1.0."""
    call.headers["cache-control"] = _FRESH_FOR
    issuer = call.server.config.issuer
    address = issuer.rstrip("/")
    claims = "sub aud iss exp iat auth_time nonce email email_verified phone_number phone_number_verified name picture"
    return call.answer(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{address}/oauth/authorize",
            "token_endpoint": f"{address}/oauth/token",
            "jwks_uri": f"{address}/.well-known/jwks.json",
            "userinfo_endpoint": f"{address}/oauth/userinfo",
            "scopes_supported": ["openid", "email", "profile", "phone", "offline_access"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "claims_supported": [*claims.split(), "preferred_username", "updated_at"],
            "code_challenge_methods_supported": ["S256", "plain"],
        }
    )


async def refuse_single_sign_on(_: Call) -> Response:
    """SAML is left out."""
    raise not_found("saml_provider_disabled", "SAML 2.0 is disabled")


async def refuse_passkeys(_: Call) -> Response:
    """Passkeys are left out."""
    raise not_found("passkey_disabled", "Passkey authentication is disabled")


async def refuse_oauth_server(_: Call) -> Response:
    """The OAuth server is left out."""
    raise not_found("feature_disabled", "OAuth server is disabled")
