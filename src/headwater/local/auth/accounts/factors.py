"""Rows of `auth.mfa_factors` and `auth.mfa_challenges`: second factors and the questions asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from headwater.local.auth.accounts import users
from headwater.local.auth.accounts.users import User
from headwater.local.auth.errors import unprocessable


@dataclass(frozen=True)
class Challenge:
    """A question asked of a factor."""

    id: UUID
    created_at: datetime
    verified_at: datetime | None
    ip_address: str


async def add_totp(connection: asyncpg.Connection, user: User, *, name: str, secret: str, now: datetime) -> UUID:
    """Add a factor to the user, yet to be verified, and return its id. Raises AuthError when the name is taken."""
    factor_id = uuid4()
    try:
        await connection.execute(
            """
            insert into auth.mfa_factors
              (id, user_id, friendly_name, factor_type, status, created_at, updated_at, secret)
            values ($1, $2, $3, 'totp', 'unverified', $4, $4, $5)
            """,
            factor_id,
            user.id,
            name,
            now,
            secret,
        )
    except asyncpg.UniqueViolationError as error:
        raise name_taken(name) from error
    return factor_id


def name_taken(name: str) -> Exception:
    """The user has a factor of that name."""
    message = f'A factor with the friendly name "{name}" for this user already exists'
    return unprocessable("mfa_factor_name_conflict", message)


async def find_secret(connection: asyncpg.Connection, factor_id: UUID) -> str:
    """Return the secret of a factor."""
    found = await connection.fetchval("select secret from auth.mfa_factors where id = $1", factor_id)
    return found or ""


async def rename(connection: asyncpg.Connection, user: User, factor_id: UUID, name: str, *, now: datetime) -> None:
    """Rename the factor. Raises AuthError when the name is taken."""
    try:
        async with connection.transaction():
            await connection.execute(
                "update auth.mfa_factors set friendly_name = $2, updated_at = $3 where id = $1", factor_id, name, now
            )
    except asyncpg.UniqueViolationError as error:
        raise name_taken(name) from error
    await users.reload_user(connection, user)


async def ask(connection: asyncpg.Connection, factor_id: UUID, *, address: str, now: datetime) -> UUID:
    """Ask a question of the factor; return its id."""
    challenge_id = uuid4()
    await connection.execute(
        """
        insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
        values ($1, $2, $3, $4::text::inet)
        """,
        challenge_id,
        factor_id,
        now,
        address,
    )
    await connection.execute("update auth.mfa_factors set last_challenged_at = $2 where id = $1", factor_id, now)
    return challenge_id


async def find_challenge(connection: asyncpg.Connection, factor_id: UUID, challenge_id: UUID) -> Challenge | None:
    """Return a question asked of the factor, locked: of two answers at once the second finds it answered."""
    record = await connection.fetchrow(
        """
        select id, created_at, verified_at, host(ip_address) as ip_address
        from auth.mfa_challenges
        where id = $1 and factor_id = $2
        for update
        """,
        challenge_id,
        factor_id,
    )
    return Challenge(**dict(record)) if record is not None else None


async def mark_answered(
    connection: asyncpg.Connection, user: User, factor_id: UUID, challenge: Challenge, *, now: datetime
) -> None:
    """The right code was given: the factor is in use, earlier first-level sessions and unproven factors go."""
    await connection.execute("update auth.mfa_challenges set verified_at = $2 where id = $1", challenge.id, now)
    await connection.execute(
        "update auth.mfa_factors set status = 'verified', updated_at = $2 where id = $1 and status <> 'verified'",
        factor_id,
        now,
    )
    await connection.execute(
        "delete from auth.mfa_factors where user_id = $1 and status = 'unverified' and factor_type = 'totp'", user.id
    )


async def end_first_level_sessions(connection: asyncpg.Connection, user: User) -> None:
    """End the sessions that were opened without the second factor."""
    await connection.execute("delete from auth.sessions where user_id = $1 and aal < 'aal2'", user.id)


async def remove(connection: asyncpg.Connection, user: User, factor_id: UUID, *, now: datetime) -> None:
    """Take the factor from the user; sessions that it proved fall back to the first level."""
    await connection.execute("delete from auth.mfa_factors where id = $1", factor_id)
    await connection.execute(
        """
        delete from auth.mfa_amr_claims
        where authentication_method = 'totp'
          and session_id in (select id from auth.sessions where user_id = $1 and factor_id = $2)
        """,
        user.id,
        factor_id,
    )
    await connection.execute(
        """
        update auth.sessions
        set aal = 'aal1', factor_id = null, updated_at = $3
        where user_id = $1 and factor_id = $2
        """,
        user.id,
        factor_id,
        now,
    )


async def remove_abandoned(connection: asyncpg.Connection, user: User, *, before: datetime) -> None:
    """Take factors that were never verified and have not been asked for a while."""
    await connection.execute(
        """
        delete from auth.mfa_factors
        where user_id = $1 and status = 'unverified' and created_at < $2
          and not exists (
            select from auth.mfa_challenges c where c.factor_id = mfa_factors.id and c.created_at >= $2
          )
        """,
        user.id,
        before,
    )
    await users.reload_user(connection, user)
