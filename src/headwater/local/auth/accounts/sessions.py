"""Sessions, how they were proven, and their chain of refresh tokens."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from headwater.local.auth.accounts.one_time_tokens import is_late
from headwater.local.auth.accounts.users import INSTANCE
from headwater.local.auth.config import Sessions

_ALPHABET = string.ascii_lowercase + string.digits
_SECOND_FACTORS = frozenset({"totp", "mfa/phone", "mfa/webauthn"})


@dataclass
class Session:
    """One row of `auth.sessions` with the methods that proved it, newest first."""

    id: UUID
    user_id: UUID
    created_at: datetime
    aal: str
    factor_id: UUID | None = None
    not_after: datetime | None = None
    refreshed_at: datetime | None = None
    methods: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def level(self) -> str:
        """The assurance that the methods give: aal2 with a second factor, else aal1."""
        return "aal2" if any(method in _SECOND_FACTORS for method, _ in self.methods) else "aal1"

    def last_refreshed_at(self, token_updated_at: datetime | None = None) -> datetime:
        """When the session was last in use."""
        return self.refreshed_at or max(self.created_at, token_updated_at or self.created_at)

    def end_reason(self, rules: Sessions, now: datetime, token_updated_at: datetime | None) -> str | None:
        """Tell why the session has ended by itself, or None while it hasn't."""
        if self.not_after is not None and now > self.not_after:
            return "Session Expired"
        if rules.timebox and now > self.created_at + rules.timebox:
            return "Session Expired"
        if rules.inactivity_timeout and now > self.last_refreshed_at(token_updated_at) + rules.inactivity_timeout:
            return "Session Expired (Inactivity)"
        return None


@dataclass(frozen=True)
class RefreshToken:
    """One row of `auth.refresh_tokens`."""

    id: int
    token: str = field(repr=False)
    user_id: UUID
    session_id: UUID | None
    parent: str = field(repr=False)
    revoked: bool
    updated_at: datetime

    def may_be_reused(self, now: datetime, seconds: int) -> bool:
        """Tell whether a revoked token is still taken, as if the caller had lost the answer of its first use."""
        return not is_late(self.updated_at, now=now, seconds=seconds)


async def create_session(
    connection: asyncpg.Connection, user_id: UUID, *, now: datetime, address: str, user_agent: str | None
) -> Session:
    """Open a session for a user who has just signed in."""
    session = Session(uuid4(), user_id, now, "aal1")
    await connection.execute(
        """
        insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
        values ($1, $2, $3, $3, 'aal1', $4, $5::text::inet)
        """,
        session.id,
        user_id,
        now,
        user_agent,
        address,
    )
    return session


async def find_session(connection: asyncpg.Connection, session_id: UUID, *, lock: bool = False) -> Session | None:
    """Return the session; with `lock`, None also when somebody else holds it."""
    record = await connection.fetchrow(
        f"""
        select id, user_id, created_at, aal::text, factor_id, not_after, refreshed_at
        from auth.sessions
        where id = $1
        {"for update skip locked" if lock else ""}
        """,  # noqa: S608 - a constant of this program
        session_id,
    )
    if record is None:
        return None
    methods = await connection.fetch(
        """
        select authentication_method, updated_at
        from auth.mfa_amr_claims
        where session_id = $1
        order by updated_at desc
        """,
        session_id,
    )
    values: dict[str, Any] = dict(record)
    # The column has no zone, as in Supabase Auth; what it holds is UTC.
    values["refreshed_at"] = record["refreshed_at"].replace(tzinfo=UTC) if record["refreshed_at"] else None
    values["aal"] = record["aal"] or "aal1"
    return Session(**values, methods=[(row["authentication_method"], row["updated_at"]) for row in methods])


async def add_method(connection: asyncpg.Connection, session: Session, method: str, *, now: datetime) -> None:
    """Record that the session was proven by `method` just now."""
    await connection.execute(
        """
        insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
        values ($1, $2, $3, $3, $4)
        on conflict (session_id, authentication_method) do update set updated_at = excluded.updated_at
        """,
        uuid4(),
        session.id,
        now,
        method,
    )
    others = [known for known in session.methods if known[0] != method]
    session.methods = [(method, now), *others]


async def set_level(connection: asyncpg.Connection, session: Session, *, factor_id: UUID | None) -> None:
    """Store the assurance that the session has reached and the factor behind it."""
    session.aal, session.factor_id = session.level, factor_id
    await connection.execute(
        "update auth.sessions set aal = $2::text::auth.aal_level, factor_id = $3 where id = $1",
        session.id,
        session.aal,
        factor_id,
    )


async def mark_refreshed(
    connection: asyncpg.Connection, session: Session, *, now: datetime, address: str, user_agent: str | None
) -> None:
    """Record that the session is in use, and from where."""
    session.refreshed_at = now
    await connection.execute(
        """
        update auth.sessions
        set refreshed_at = $2::timestamptz at time zone 'utc', updated_at = $2, user_agent = $3, ip = $4::text::inet
        where id = $1
        """,
        session.id,
        now,
        user_agent,
        address,
    )


async def create_refresh_token(
    connection: asyncpg.Connection, session: Session, *, now: datetime, parent: str | None = None
) -> str:
    """Make the session's next refresh token."""
    token = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    await connection.execute(
        """
        insert into auth.refresh_tokens
          (instance_id, token, user_id, revoked, created_at, updated_at, parent, session_id)
        values ($1, $2, $3, false, $4, $4, $5, $6)
        """,
        INSTANCE,
        token,
        str(session.user_id),
        now,
        parent,
        session.id,
    )
    return token


async def find_refresh_token(connection: asyncpg.Connection, token: str, *, lock: bool = False) -> RefreshToken | None:
    """Return the refresh token; with `lock`, None also when somebody else holds it."""
    record = await connection.fetchrow(
        f"""
        select id, token, user_id, session_id, parent, revoked, updated_at
        from auth.refresh_tokens
        where token = $1
        {"for update skip locked" if lock else ""}
        """,  # noqa: S608 - a constant of this program
        token,
    )
    return _to_refresh_token(record) if record is not None else None


async def find_active_token(connection: asyncpg.Connection, session_id: UUID) -> RefreshToken | None:
    """Return the last refresh token of the session that isn't revoked."""
    record = await connection.fetchrow(
        """
        select id, token, user_id, session_id, parent, revoked, updated_at
        from auth.refresh_tokens
        where session_id = $1 and not revoked
        order by id desc
        limit 1
        """,
        session_id,
    )
    return _to_refresh_token(record) if record is not None else None


async def swap_refresh_token(
    connection: asyncpg.Connection, session: Session, used: RefreshToken, *, now: datetime
) -> str:
    """Revoke a used token and return its child."""
    await connection.execute(
        "update auth.refresh_tokens set revoked = true, updated_at = $2 where id = $1", used.id, now
    )
    return await create_refresh_token(connection, session, now=now, parent=used.token)


async def revoke_family(connection: asyncpg.Connection, session_id: UUID, *, now: datetime) -> None:
    """Revoke every refresh token of the session: one of them is in the wrong hands."""
    await connection.execute(
        "update auth.refresh_tokens set revoked = true, updated_at = $2 where session_id = $1 and not revoked",
        session_id,
        now,
    )


async def end_sessions(
    connection: asyncpg.Connection, user_id: UUID, *, only: UUID | None = None, all_but: UUID | None = None
) -> None:
    """Sign a user out: everywhere, or in `only` one session, or in all but one."""
    await connection.execute(
        """
        delete from auth.sessions
        where user_id = $1
          and ($2::uuid is null or id = $2)
          and ($3::uuid is null or id <> $3)
        """,
        user_id,
        only,
        all_but,
    )


def _to_refresh_token(record: asyncpg.Record) -> RefreshToken:
    values = {**dict(record), "user_id": UUID(record["user_id"]), "parent": record["parent"] or ""}
    return RefreshToken(**{**values, "revoked": bool(record["revoked"])})
