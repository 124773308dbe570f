"""The audit log: who did what, in the words of Supabase Auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import orjson

from headwater.local.auth.accounts.users import INSTANCE, User
from headwater.local.auth.answers import format_time

if TYPE_CHECKING:
    from headwater.local.auth.call import Call

_KINDS = {
    "login": "account",
    "logout": "account",
    "user_signedup": "team",
    "user_invited": "team",
    "user_deleted": "team",
    "token_refreshed": "token",
    "token_revoked": "token",
    "user_modified": "user",
    "user_recovery_requested": "user",
    "user_confirmation_requested": "user",
    "user_repeated_signup": "user",
    "user_updated_password": "user",
    "user_reauthenticate_requested": "user",
    "identity_unlinked": "user",
    "factor_in_progress": "factor",
    "challenge_created": "factor",
    "verification_attempted": "factor",
    "factor_unenrolled": "factor",
    "factor_updated": "factor",
    "factor_deleted": "factor",
}


async def record(call: Call, connection: asyncpg.Connection, user: User | None, action: str, **traits: Any) -> None:
    """Write one entry; without a user the project's own service did it."""
    payload = {
        "actor_id": str(user.id) if user else str(INSTANCE),
        "actor_username": (user.email or user.phone) if user else "service_role",
        "actor_via_sso": False,
        "action": action,
        "log_type": _KINDS[action],
        "timestamp": format_time(call.now),
        **({"traits": traits} if traits else {}),
    }
    await connection.execute(
        """
        insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
        values ($1, $2, $3::text::json, $4, $5)
        """,
        INSTANCE,
        uuid4(),
        orjson.dumps(payload, default=str).decode(),
        call.now,
        call.address,
    )
