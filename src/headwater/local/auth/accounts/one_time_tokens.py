"""Codes and links that are sent out once and used once. Only their hashes are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from headwater.local.auth.accounts import users
from headwater.local.auth.accounts.users import User

PROOF_KEY_PREFIX = "pkce_"
# By how much the clocks of two gateways may differ.
SKEW = timedelta(minutes=1)
# The columns of auth.users that hold a token, by the type that auth.one_time_tokens gives it.
TOKEN_COLUMNS = (
    "confirmation_token",
    "reauthentication_token",
    "recovery_token",
    "email_change_token_new",
    "email_change_token_current",
    "phone_change_token",
)


def make_code(digits: int) -> str:
    """Make a random code of that many digits."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def hash_code(address_or_number: str, code: str) -> str:
    """Return the hash under which a code sent to that address is kept (SHA-224 in hex, as in Supabase Auth)."""
    return hashlib.sha224(f"{address_or_number.lower()}{code}".encode()).hexdigest()


def holds(token_hash: str, expected: str, sent_at: datetime | None, *, now: datetime, seconds: int) -> bool:
    """Tell whether a code's hash is the expected one and still in time, in constant time for a wrong one."""
    if not expected or sent_at is None or is_late(sent_at, now=now, seconds=seconds):
        return False
    plain = hmac.compare_digest(token_hash.encode(), expected.encode())
    return plain or hmac.compare_digest(f"{PROOF_KEY_PREFIX}{token_hash}".encode(), expected.encode())


def is_late(sent_at: datetime | None, *, now: datetime, seconds: int) -> bool:
    """Tell whether what was sent then is past its time.

    What was sent in the future, by a clock that was ahead, is as well: it would hold for as long as that was ahead.
    """
    return sent_at is None or sent_at > now + SKEW or now > sent_at + timedelta(seconds=seconds)


async def keep(
    connection: asyncpg.Connection, user_id: UUID, kind: str, token_hash: str, relates_to: str, *, now: datetime
) -> None:
    """Keep a token of that kind for the user; it takes the place of an earlier one."""
    await connection.execute(
        """
        insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at)
        values (
          $1, $2, $3::text::auth.one_time_token_type, $4, $5,
          $6::timestamptz at time zone 'utc', $6::timestamptz at time zone 'utc'
        )
        on conflict (user_id, token_type) do update
          set id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
            created_at = excluded.created_at, updated_at = excluded.updated_at
        """,
        uuid4(),
        user_id,
        kind,
        token_hash,
        relates_to.lower(),
        now,
    )


async def find_owner(connection: asyncpg.Connection, token_hash: str, *kinds: str) -> User | None:
    """Return the user to whom a token of one of these kinds was sent, their row locked against a second use."""
    owner = await _find_owner_id(connection, token_hash, kinds)
    user = await users.find_by_id(connection, owner) if owner is not None else None
    if user is None:
        return None
    # Everybody locks the user first and the tokens after, so that nobody waits in a circle.
    await users.lock_user(connection, user)
    return user if await _find_owner_id(connection, token_hash, kinds) == user.id else None


async def _find_owner_id(connection: asyncpg.Connection, token_hash: str, kinds: Sequence[str]) -> UUID | None:
    found: UUID | None = await connection.fetchval(
        """
        select user_id
        from auth.one_time_tokens
        where token_hash = $1 and token_type::text = any ($2::text[])
        """,
        token_hash,
        list(kinds),
    )
    return found


async def forget(connection: asyncpg.Connection, user_id: UUID, kind: str | None = None) -> None:
    """Forget the user's tokens, of one kind or of all."""
    await connection.execute(
        """
        delete from auth.one_time_tokens
        where user_id = $1 and ($2::text is null or token_type::text = $2)
        """,
        user_id,
        kind,
    )
