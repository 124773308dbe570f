"""Limits on guessing one account's password or codes, from however many addresses, that don't lock its owner out.

Tries are counted for the account: some at once, then ever slower, by a short and by a long period. Tries from an
address where the account has signed in before are counted for that address alone, so strangers use up nothing of it; a
mailed link or an open session is never counted here. Where nobody has an account, the answers, their order and their
time are the same.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from headwater.local.auth.accounts.users import User
from headwater.local.auth.call import Call

_MAX_KNOWN = 20
_NOBODY = UUID(int=0)
_KNOWN = "select exists (select from auth.known_addresses where user_id = $1 and address = $2::inet)"
_NOTE = """
insert into auth.known_addresses (user_id, address, last_seen_at) values ($1, $2::inet, $3)
on conflict (user_id, address) do update set last_seen_at = excluded.last_seen_at
"""
_FORGET = """
delete from auth.known_addresses where user_id = $1 and address not in (
    select address from auth.known_addresses where user_id = $1 order by last_seen_at desc limit $2
)
"""


@dataclass(frozen=True)
class Tries:
    """So many in a period."""

    limit: int
    period: timedelta


# 200 in the first day and 100 in each that follows, at most.
PASSWORD_TRIES = (Tries(10, timedelta(minutes=10)), Tries(100, timedelta(days=1)))
KNOWN_PASSWORD_TRIES = (Tries(30, timedelta(minutes=10)), Tries(200, timedelta(days=1)))
# Beside the short limits that Supabase has: a code has a million possibilities.
CODE_TRIES = (Tries(100, timedelta(hours=1)),)


async def limit_password(call: Call, connection: asyncpg.Connection, user: User | None, account: str) -> None:
    """Count a try of a password for `account`, the address or number that was given.

    Raises:
        AuthError: 429 when there were too many.
    """
    place = find_network(call.address)
    is_known = await connection.fetchval(_KNOWN, user.id if user is not None else _NOBODY, place)
    subject = f"{name_account(account)}:{place}" if is_known else name_account(account)
    await limit_tries(call, "password", subject, KNOWN_PASSWORD_TRIES if is_known else PASSWORD_TRIES)


async def limit_tries(call: Call, what: str, subject: str, tries: tuple[Tries, ...]) -> None:
    """Count a try of `what` for `subject` in each of the periods. Raises AuthError, 429."""
    for number, one in enumerate(tries):
        await call.limit(f"{what}:{number}", limit=one.limit, period=one.period, subject=subject)


async def note_address(connection: asyncpg.Connection, user: User, address: str, *, now: datetime) -> None:
    """Note that a user signed in from `address`; of many the latest are remembered."""
    await connection.execute(_NOTE, user.id, find_network(address), now)
    await connection.execute(_FORGET, user.id, _MAX_KNOWN)


def name_account(account: str) -> str:
    """Return the name under which an account is counted, which tells nobody its address."""
    return hashlib.sha256(account.strip().lower().encode(errors="replace")).hexdigest()[:32]


def find_network(address: str) -> str:
    """Return the address; of IPv6 the network of 64 bits, since one subscriber has all of it."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed.ipv4_mapped or parsed) if parsed.version == 6 else str(parsed)
