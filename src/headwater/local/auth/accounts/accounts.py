"""What happens to an account: made, confirmed, changed. Each function works inside its caller's transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from headwater.local.auth.accounts import identities, one_time_tokens, sessions, users
from headwater.local.auth.accounts.users import Row, User, merge_metadata
from headwater.local.auth.errors import AuthError, unprocessable

EMAIL_TAKEN = "A user with this email address has already been registered"
PHONE_TAKEN = "A user with this phone number has already been registered"


def make_user(
    *, email: str = "", phone: str = "", hashed: str = "", data: Row | None = None, audience: str, role: str
) -> User:
    """Return a user that is not stored yet."""
    providers = [provider for provider, contact in (("email", email), ("phone", phone)) if contact]
    named: Row = {"provider": providers[0], "providers": providers} if providers else {}
    return User(
        uuid4(),
        aud=audience,
        role=role,
        email=email,
        phone=phone,
        encrypted_password=hashed,
        raw_app_meta_data=named,
        raw_user_meta_data=dict(data or {}),
        is_anonymous=not providers,
    )


async def store_user(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """Store a new user. Raises AuthError when the address, number or id is taken, or a trigger refuses the row."""
    try:
        async with connection.transaction():
            await users.insert_user(connection, user, now=now)
    except asyncpg.UniqueViolationError as error:
        if error.table_name != "users":
            raise AuthError(500, "unexpected_failure", "Database error saving new user") from error
        if "phone" in (error.constraint_name or ""):
            raise unprocessable("phone_exists", PHONE_TAKEN) from error
        raise unprocessable("email_exists", EMAIL_TAKEN) from error
    except asyncpg.DataError:
        raise
    except asyncpg.PostgresError as error:
        # A trigger of the project's own has refused the row; what it says isn't for the caller.
        raise AuthError(500, "unexpected_failure", "Database error saving new user") from error


async def confirm_email(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """The user has shown that the address is theirs, or is trusted to."""
    verified = merge_metadata(user.raw_user_meta_data, {"email_verified": True})
    await users.update_user(
        connection, user, now=now, confirmation_token="", email_confirmed_at=now, raw_user_meta_data=verified
    )
    await one_time_tokens.forget(connection, user.id)


async def confirm_phone(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """The user has shown that the number is theirs, or is trusted to."""
    await users.update_user(connection, user, now=now, confirmation_token="", phone_confirmed_at=now)
    await one_time_tokens.forget(connection, user.id)


async def take_recovery(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """A recovery or sign-in link was followed: it won't work again."""
    await users.update_user(connection, user, now=now, recovery_token="")
    await one_time_tokens.forget(connection, user.id)


async def change_email(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """The new address is confirmed: it takes the place of the old one."""
    email = user.email_change
    await identities.put_identity(connection, user, "email", email, verified=True, now=now)
    try:
        async with connection.transaction():
            await users.update_user(
                connection,
                user,
                now=now,
                email=email,
                email_change="",
                email_change_token_current="",
                email_change_token_new="",
                email_change_confirm_status=0,
                is_anonymous=False,
            )
    except asyncpg.UniqueViolationError as error:
        raise unprocessable("email_exists", EMAIL_TAKEN) from error
    await one_time_tokens.forget(connection, user.id)
    if user.email_confirmed_at is None:
        await confirm_email(connection, user, now=now)


async def change_phone(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """The new number is confirmed: it takes the place of the old one."""
    phone = user.phone_change
    await identities.put_identity(connection, user, "phone", phone, verified=True, now=now)
    try:
        async with connection.transaction():
            await users.update_user(
                connection,
                user,
                now=now,
                phone=phone,
                phone_change="",
                phone_change_token="",
                phone_confirmed_at=now,
                is_anonymous=False,
            )
    except asyncpg.UniqueViolationError as error:
        raise unprocessable("phone_exists", PHONE_TAKEN) from error
    await one_time_tokens.forget(connection, user.id)


async def set_password(
    connection: asyncpg.Connection, user: User, hashed: str, *, keep_session: UUID | None, now: datetime
) -> None:
    """Store a new password. What was sent out before no longer works, and every other session ends."""
    cleared: dict[str, Any] = dict.fromkeys(one_time_tokens.TOKEN_COLUMNS, "")
    times = ("confirmation_sent_at", "recovery_sent_at", "email_change_sent_at")
    cleared |= dict.fromkeys((*times, "phone_change_sent_at", "reauthentication_sent_at"))
    await users.update_user(connection, user, now=now, encrypted_password=hashed, **cleared)
    await one_time_tokens.forget(connection, user.id)
    await sessions.end_sessions(connection, user.id, all_but=keep_session)


async def is_email_taken(
    connection: asyncpg.Connection, email: str, audience: str, *, but_by: UUID | None = None
) -> User | None:
    """Return another user who has this address, as their own or in an identity."""
    by_identity = """
      u.aud = $2 and u.id is distinct from $3
      and exists (select from auth.identities i where i.user_id = u.id and i.email = lower($1))
    """
    found = await users.find_user(connection, by_identity, email, audience, but_by)
    if found is not None:
        return found
    owner = await users.find_by_email(connection, email, audience)
    return owner if owner is not None and owner.id != but_by else None


async def drop_email(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """The identity behind the address is gone: take that of another identity, a verified one first, or none.

    Raises:
        AuthError: 422 when somebody else has every one of them.
    """
    candidates = sorted(
        (identity for identity in user.identities if identity["email"]),
        key=lambda identity: not identity["identity_data"].get("email_verified", False),
    )
    chosen = None
    for identity in candidates:
        if await users.find_by_email(connection, identity["email"], user.aud) is None:
            chosen = identity
            break
    if candidates and chosen is None:
        raise unprocessable("email_conflict_identity_not_deletable", "Unable to unlink identity due to email conflict")
    changes: dict[str, Any] = dict.fromkeys(one_time_tokens.TOKEN_COLUMNS, "")
    verified = chosen is not None and bool(chosen["identity_data"].get("email_verified"))
    if not verified:
        changes["email_confirmed_at"] = None
        changes["raw_user_meta_data"] = merge_metadata(user.raw_user_meta_data, {"email_verified": False})
    email = chosen["email"] if chosen is not None else ""
    await users.update_user(connection, user, now=now, email=email, email_change="", phone_change="", **changes)
    await one_time_tokens.forget(connection, user.id)


async def obscure(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """Delete a user softly: the row stays, but nothing in it says who they were or lets anybody in."""

    def redact(text: str) -> str:
        return hashlib.sha256(f"{user.id}{text}".encode()).hexdigest() if text else ""

    cleared: dict[str, Any] = dict.fromkeys(one_time_tokens.TOKEN_COLUMNS, "")
    await users.update_user(
        connection,
        user,
        now=now,
        email=redact(user.email),
        phone=redact(user.phone)[:15],
        email_change=redact(user.email_change),
        phone_change=redact(user.phone_change)[:15],
        encrypted_password="",
        raw_app_meta_data={},
        raw_user_meta_data={},
        deleted_at=now,
        **cleared,
    )
    await connection.execute(
        """
        update auth.identities
        set provider_id = encode(sha256(convert_to(id::text || provider_id, 'utf8')), 'hex'), identity_data = '{}'
        where user_id = $1
        """,
        user.id,
    )
    await connection.execute("delete from auth.mfa_factors where user_id = $1", user.id)
    await one_time_tokens.forget(connection, user.id)
