"""The user, identities and factors as the clients see them."""

from __future__ import annotations

from datetime import datetime

from headwater.local.auth.accounts.users import Row, User
from headwater.local.auth.answers import drop_unset, format_time


def show_user(user: User) -> Row:
    """Return the user as the clients see it."""
    times = {
        name: format_time(getattr(user, name))
        for name in ("email_confirmed_at", "invited_at", "phone_confirmed_at", "confirmation_sent_at")
    }
    confirmed = [moment for moment in (user.email_confirmed_at, user.phone_confirmed_at) if moment is not None]
    shown = {
        **times,
        "confirmed_at": format_time(min(confirmed)) if confirmed else None,
        "recovery_sent_at": format_time(user.recovery_sent_at),
        "new_email": user.email_change,
        "email_change_sent_at": format_time(user.email_change_sent_at),
        "new_phone": user.phone_change,
        "phone_change_sent_at": format_time(user.phone_change_sent_at),
        "reauthentication_sent_at": format_time(user.reauthentication_sent_at),
        "last_sign_in_at": format_time(user.last_sign_in_at),
        "banned_until": format_time(user.banned_until),
        "deleted_at": format_time(user.deleted_at),
    }
    return {
        "id": str(user.id),
        "aud": user.aud,
        "role": user.role,
        "email": user.email,
        "phone": user.phone,
        **drop_unset(shown),
        "app_metadata": user.raw_app_meta_data,
        "user_metadata": user.raw_user_meta_data,
        **({"factors": [show_factor(factor) for factor in user.factors]} if user.factors else {}),
        "identities": [show_identity(identity) for identity in user.identities],
        "created_at": format_time(user.created_at),
        "updated_at": format_time(user.updated_at),
        "is_anonymous": user.is_anonymous,
    }


def show_identity(identity: Row) -> Row:
    """Return an identity as the clients see it: `identity_id` is the row's id, `id` that of the provider."""
    return drop_unset(
        {
            "identity_id": identity["id"],
            "id": identity["provider_id"],
            "user_id": identity["user_id"],
            "identity_data": identity["identity_data"],
            "provider": identity["provider"],
            "last_sign_in_at": _utc(identity["last_sign_in_at"]),
            "created_at": _utc(identity["created_at"]),
            "updated_at": _utc(identity["updated_at"]),
            "email": identity["email"],
        }
    )


def show_factor(factor: Row) -> Row:
    """Return a second factor as the clients see it, without its secret."""
    return {
        "id": factor["id"],
        "created_at": _utc(factor["created_at"]),
        "updated_at": _utc(factor["updated_at"]),
        "status": factor["status"],
        **drop_unset({"friendly_name": factor["friendly_name"]}),
        "factor_type": factor["factor_type"],
        "phone": factor["phone"] or "",
        "last_challenged_at": _utc(factor["last_challenged_at"]),
    }


def _utc(text: str | None) -> str | None:
    return format_time(datetime.fromisoformat(text)) if text else None
