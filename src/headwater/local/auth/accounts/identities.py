"""Rows of `auth.identities`: the ways in which a user may sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from headwater.local.auth.accounts import users
from headwater.local.auth.accounts.users import Row, User, merge_metadata


def describe(user_id: UUID, *, email: str = "", phone: str = "", verified: bool = False) -> Row:
    """Return what an identity says about the user, in the words of Supabase Auth."""
    known = {"email": email} if email else {"phone": phone} if phone else {}
    email_verified = {"email_verified": verified and bool(email), "phone_verified": verified and bool(phone)}
    return {"sub": str(user_id), **known, **email_verified}


def find_identity(user: User, provider: str) -> Row | None:
    """Return the user's identity of that provider."""
    return next((identity for identity in user.identities if identity["provider"] == provider), None)


async def add_identity(
    connection: asyncpg.Connection, user: User, provider: str, data: dict[str, Any], *, now: datetime
) -> None:
    """Add another way to sign in to the user."""
    await connection.execute(
        """
        insert into auth.identities
          (id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
        values ($1, $2, $3, $4::text::jsonb, $5, $6, $6, $6)
        on conflict (provider_id, provider) do nothing
        """,
        uuid4(),
        data["sub"],
        user.id,
        orjson.dumps(data).decode(),
        provider,
        now,
    )
    await _reload_identities(connection, user)


async def update_identity(
    connection: asyncpg.Connection, user: User, identity: Row, updates: dict[str, Any], *, now: datetime
) -> None:
    """Lay `updates` over what the identity says."""
    data = merge_metadata(identity["identity_data"], updates)
    await connection.execute(
        "update auth.identities set identity_data = $2::text::jsonb, updated_at = $3 where id = $1",
        UUID(identity["id"]),
        orjson.dumps(data).decode(),
        now,
    )
    await _reload_identities(connection, user)


async def put_identity(
    connection: asyncpg.Connection, user: User, provider: str, contact: str, *, verified: bool, now: datetime
) -> None:
    """Set the address or number of the user's identity of that provider; make the identity where there is none."""
    existing = find_identity(user, provider)
    if existing is None:
        known = {"email": "", "phone": "", provider: contact}
        data = describe(user.id, email=known["email"], phone=known["phone"], verified=verified)
        await add_identity(connection, user, provider, data, now=now)
    else:
        updates = {provider: contact, f"{provider}_verified": verified}
        await update_identity(connection, user, existing, updates, now=now)


async def remove_identity(connection: asyncpg.Connection, user: User, identity: Row) -> None:
    """Take a way to sign in from the user."""
    await connection.execute("delete from auth.identities where id = $1", UUID(identity["id"]))
    await _reload_identities(connection, user)


async def name_providers(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """Write the providers of the user's identities into `app_metadata`, the oldest first."""
    providers = list(dict.fromkeys(identity["provider"] for identity in user.identities))
    named: Row = {"providers": providers}
    if providers:
        named["provider"] = providers[0]
    metadata = merge_metadata(user.raw_app_meta_data, named)
    await users.update_user(connection, user, now=now, raw_app_meta_data=metadata)


async def _reload_identities(connection: asyncpg.Connection, user: User) -> None:
    fresh = await users.find_by_id(connection, user.id)
    user.identities = fresh.identities if fresh is not None else []
