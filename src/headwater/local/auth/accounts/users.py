"""Rows of `auth.users`, with their identities and factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

INSTANCE = UUID(int=0)
Row = dict[str, Any]


@dataclass
class User:
    """One row of `auth.users`: attributes are named like the columns, texts are empty instead of null."""

    id: UUID
    aud: str = ""
    role: str = ""
    email: str = ""
    encrypted_password: str = field(default="", repr=False)
    email_confirmed_at: datetime | None = None
    invited_at: datetime | None = None
    phone: str = ""
    phone_confirmed_at: datetime | None = None
    confirmation_token: str = field(default="", repr=False)
    confirmation_sent_at: datetime | None = None
    recovery_token: str = field(default="", repr=False)
    recovery_sent_at: datetime | None = None
    email_change_token_current: str = field(default="", repr=False)
    email_change_token_new: str = field(default="", repr=False)
    email_change: str = ""
    email_change_sent_at: datetime | None = None
    email_change_confirm_status: int = 0
    phone_change_token: str = field(default="", repr=False)
    phone_change: str = ""
    phone_change_sent_at: datetime | None = None
    reauthentication_token: str = field(default="", repr=False)
    reauthentication_sent_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    raw_app_meta_data: Row = field(default_factory=dict)
    raw_user_meta_data: Row = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    banned_until: datetime | None = None
    deleted_at: datetime | None = None
    is_anonymous: bool = False
    is_sso_user: bool = False
    identities: list[Row] = field(default_factory=list)
    factors: list[Row] = field(default_factory=list)

    def is_banned(self, now: datetime) -> bool:
        """Tell whether the user is shut out at this moment."""
        return self.banned_until is not None and now < self.banned_until

    @property
    def has_verified_factor(self) -> bool:
        """Whether a second factor is in use."""
        return any(factor["status"] == "verified" for factor in self.factors)


_JSON_COLUMNS = frozenset({"raw_app_meta_data", "raw_user_meta_data"})
_TEXT_COLUMNS = frozenset(item.name for item in fields(User) if item.type == "str")
_NULL_WHEN_EMPTY = frozenset({"email", "phone"})
COLUMNS = tuple(item.name for item in fields(User) if item.name not in {"identities", "factors"})
_SELECTED = ", ".join(f"u.{name}::text" if name in _JSON_COLUMNS else f"u.{name}" for name in COLUMNS)
_SELECT = f"""
  select {_SELECTED},
    (
      select json_agg(to_jsonb(i) order by i.created_at, i.id)
      from auth.identities i
      where i.user_id = u.id
    )::text as identities,
    (
      select json_agg(to_jsonb(f) - 'secret' order by f.created_at, f.id)
      from auth.mfa_factors f
      where f.user_id = u.id
    )::text as factors
  from auth.users u
"""  # noqa: S608 - names of columns


async def find_user(connection: asyncpg.Connection, condition: str, *values: Any) -> User | None:
    """Return the first user that fulfils `condition`, a piece of SQL on `u` that is written in this program."""
    record = await connection.fetchrow(f"{_SELECT} where {condition} limit 1", *values)
    return _from_record(record) if record is not None else None


async def list_users(connection: asyncpg.Connection, tail: str, *values: Any) -> list[User]:
    """Return all users that `tail` (where, order, limit; written in this program) selects."""
    return [_from_record(record) for record in await connection.fetch(f"{_SELECT} {tail}", *values)]


async def find_by_id(connection: asyncpg.Connection, user_id: UUID) -> User | None:
    """Return the user of that id."""
    return await find_user(connection, "u.id = $1", user_id)


async def find_by_email(connection: asyncpg.Connection, email: str, audience: str) -> User | None:
    """Return the user of that address, however it is capitalised."""
    condition = "u.instance_id = $1 and lower(u.email) = lower($2) and u.aud = $3 and not u.is_sso_user"
    return await find_user(connection, condition, INSTANCE, email, audience)


async def find_by_phone(connection: asyncpg.Connection, phone: str, audience: str) -> User | None:
    """Return the user of that number."""
    condition = "u.instance_id = $1 and u.phone = $2 and u.aud = $3 and not u.is_sso_user"
    return await find_user(connection, condition, INSTANCE, phone, audience)


async def insert_user(connection: asyncpg.Connection, user: User, *, now: datetime) -> None:
    """Store a new user and take over what triggers made of the row."""
    user.created_at = user.updated_at = now
    names = [name for name in COLUMNS if name != "email_change_confirm_status"]
    places = [
        f"${number}::text::jsonb" if name in _JSON_COLUMNS else f"${number}" for number, name in enumerate(names, 2)
    ]
    await connection.execute(
        f"insert into auth.users (instance_id, {', '.join(names)}) values ($1, {', '.join(places)})",  # noqa: S608 - names of columns
        INSTANCE,
        *(_to_column(name, getattr(user, name)) for name in names),
    )
    await reload_user(connection, user)


async def update_user(connection: asyncpg.Connection, user: User, *, now: datetime, **values: Any) -> None:
    """Change columns of a user, in the row and in `user`."""
    settings, parameters = [], []
    for name, value in {**values, "updated_at": now}.items():
        if name not in COLUMNS:
            raise AttributeError(name)
        parameters.append(_to_column(name, value))
        settings.append(f"{name} = ${len(parameters) + 1}" + ("::text::jsonb" if name in _JSON_COLUMNS else ""))
        setattr(user, name, value)
    statement = f"update auth.users set {', '.join(settings)} where id = $1"  # noqa: S608 - names of columns
    await connection.execute(statement, user.id, *parameters)


async def lock_user(connection: asyncpg.Connection, user: User) -> None:
    """Keep others from changing the row until the transaction ends, and read it again into `user`."""
    await connection.execute("select from auth.users where id = $1 for update", user.id)
    await reload_user(connection, user)


async def reload_user(connection: asyncpg.Connection, user: User) -> None:
    """Read the row again into `user`."""
    fresh = await find_by_id(connection, user.id)
    if fresh is not None:
        for item in fields(User):
            setattr(user, item.name, getattr(fresh, item.name))


def merge_metadata(current: Row, updates: Mapping[str, Any]) -> Row:
    """Return `current` with `updates` laid over it; null takes a member away."""
    merged = {**current, **updates}
    return {name: value for name, value in merged.items() if not (name in updates and value is None)}


def _to_column(name: str, value: Any) -> Any:
    if name in _JSON_COLUMNS:
        return orjson.dumps(value).decode()
    return None if name in _NULL_WHEN_EMPTY and value == "" else value


def _from_record(record: asyncpg.Record) -> User:
    values: Row = {}
    for name in COLUMNS:
        value = record[name]
        if name in _JSON_COLUMNS:
            value = orjson.loads(value) if value else {}
            value = value if isinstance(value, dict) else {}
        elif value is None and name in _TEXT_COLUMNS:
            value = ""
        values[name] = value
    values["email_change_confirm_status"] = values["email_change_confirm_status"] or 0
    for name in ("identities", "factors"):
        values[name] = orjson.loads(record[name]) if record[name] else []
    return User(**values)
