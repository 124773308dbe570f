"""/admin/users, for the project's own service: list, read, make, change and delete users."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
from starlette.responses import Response

from headwater.local.auth.accounts import accounts, identities, passwords, sessions, users
from headwater.local.auth.accounts.contacts import check_email, check_phone
from headwater.local.auth.accounts.showing import show_user
from headwater.local.auth.accounts.users import User, merge_metadata
from headwater.local.auth.bodies import AdminDelete, AdminUser
from headwater.local.auth.call import Call
from headwater.local.auth.config import parse_duration
from headwater.local.auth.errors import bad_request, not_found, unprocessable
from headwater.local.auth.sign_in import audit

_MAX_A_PAGE = 1000


async def list_users(call: Call) -> Response:
    """List users, newest first, a page at a time; the headers tell how many there are and where the next page is."""
    await call.require_admin()
    page, size = _read_number(call, "page", 1), min(_read_number(call, "per_page", 50), _MAX_A_PAGE)
    like = call.request.query_params.get("filter", "")
    condition = """
      u.instance_id = $1 and u.aud = $2
      and ($3 = '' or u.email like '%' || $3 || '%' or u.raw_user_meta_data ->> 'full_name' ilike '%' || $3 || '%')
    """
    given = (users.INSTANCE, call.audience, like)
    async with call.server.pool.acquire() as connection:
        total = await connection.fetchval(f"select count(*) from auth.users u where {condition}", *given)  # noqa: S608 - constant
        tail = f"where {condition} order by u.created_at desc nulls last, u.id limit $4 offset $5"
        found = await users.list_users(connection, tail, *given, size, (page - 1) * size)
    last = max(-(-total // size), 1)
    links = [f'<{_page_address(call, page + 1)}>; rel="next"'] if page < last else []
    call.headers["link"] = ", ".join([*links, f'<{_page_address(call, last)}>; rel="last"'])
    call.headers["x-total-count"] = str(total)
    return call.answer({"users": [show_user(user) for user in found], "aud": call.audience})


async def get_user(call: Call) -> Response:
    """Return one user."""
    await call.require_admin()
    return call.answer(show_user(await find_named_user(call)))


async def create_user(call: Call) -> Response:
    """Make a user, confirmed where that is asked for. Nothing is sent."""
    await call.require_admin()
    body = call.read(AdminUser)
    if not body.email and not body.phone:
        raise bad_request("validation_failed", "Cannot create a user without either an email or phone")
    ban = _read_ban(call, body)
    email = check_email(body.email) if body.email else ""
    phone = check_phone(body.phone) if body.phone else ""
    user = accounts.make_user(
        email=email,
        phone=phone,
        hashed=await _choose_hash(call, body),
        data=body.user_metadata,
        audience=body.aud or call.audience,
        role=body.role.strip() or "authenticated",
    )
    if body.id:
        user.id = _read_id(body.id)
    user.raw_app_meta_data = merge_metadata(user.raw_app_meta_data, body.app_metadata or {})
    user.banned_until = ban
    async with call.server.transaction() as connection:
        await _refuse_taken(connection, user)
        await accounts.store_user(connection, user, now=call.now)
        for provider, contact in (("email", email), ("phone", phone)):
            if contact:
                await identities.put_identity(connection, user, provider, contact, verified=False, now=call.now)
        await _confirm(call, connection, user, body)
        await audit.record(call, connection, None, "user_signedup", user_id=str(user.id))
        await users.reload_user(connection, user)
    return call.answer(show_user(user))


async def update_user(call: Call) -> Response:
    """Change a user; addresses and numbers without asking them."""
    await call.require_admin()
    body = call.read(AdminUser)
    user = await find_named_user(call)
    email = check_email(body.email) if body.email else ""
    phone = check_phone(body.phone) if body.phone else ""
    hashed = None
    if body.password is not None:
        passwords.check_strength(body.password, call.server.config)
        hashed = await passwords.hash_password(body.password, cost=call.server.config.bcrypt_cost)
    ban = _read_ban(call, body)
    async with call.server.transaction() as connection:
        await users.lock_user(connection, user)
        if changes := _list_changes(user, body, ban=ban):
            await users.update_user(connection, user, now=call.now, **changes)
        if hashed is not None:
            await accounts.set_password(connection, user, hashed, keep_session=None, now=call.now)
        for provider, contact in (("email", email), ("phone", phone)):
            if contact:
                await _set_contact(call, connection, user, provider, contact, confirmed=_confirms(body, provider))
        await _confirm(call, connection, user, body)
        await audit.record(call, connection, None, "user_modified", user_id=str(user.id))
        await users.reload_user(connection, user)
    return call.answer(show_user(user))


def _list_changes(user: User, body: AdminUser, *, ban: datetime | None) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if body.ban_duration:
        changes["banned_until"] = ban
    if body.role:
        changes["role"] = body.role.strip()
    if body.app_metadata is not None:
        changes["raw_app_meta_data"] = merge_metadata(user.raw_app_meta_data, body.app_metadata)
    if body.user_metadata is not None:
        changes["raw_user_meta_data"] = merge_metadata(user.raw_user_meta_data, body.user_metadata)
    return changes


async def delete_user(call: Call) -> Response:
    """Delete a user: the row, or with `should_soft_delete` everything that names them."""
    await call.require_admin()
    body = call.read(AdminDelete) if call.content.strip() else AdminDelete()
    user = await find_named_user(call)
    async with call.server.transaction() as connection:
        await audit.record(call, connection, None, "user_deleted", user_id=str(user.id))
        if not body.should_soft_delete:
            await connection.execute("delete from auth.users where id = $1", user.id)
        elif user.deleted_at is None:
            await accounts.obscure(connection, user, now=call.now)
            await sessions.end_sessions(connection, user.id)
    return call.answer({})


async def find_named_user(call: Call) -> User:
    """Return the user that the path names. Raises AuthError 404."""
    try:
        user_id = UUID(call.request.path_params["user_id"])
    except ValueError as error:
        raise not_found("validation_failed", "user_id must be an UUID") from error
    async with call.server.pool.acquire() as connection:
        user = await users.find_by_id(connection, user_id)
    if user is None:
        raise not_found("user_not_found", "User not found")
    return user


async def _confirm(call: Call, connection: asyncpg.Connection, user: User, body: AdminUser) -> None:
    if body.email_confirm:
        await accounts.confirm_email(connection, user, now=call.now)
    if body.phone_confirm:
        await accounts.confirm_phone(connection, user, now=call.now)


def _confirms(body: AdminUser, provider: str) -> bool:
    return body.email_confirm if provider == "email" else body.phone_confirm


async def _set_contact(
    call: Call, connection: asyncpg.Connection, user: User, provider: str, contact: str, *, confirmed: bool
) -> None:
    await identities.put_identity(connection, user, provider, contact, verified=confirmed, now=call.now)
    still_anonymous = user.is_anonymous and not confirmed
    try:
        async with connection.transaction():
            await users.update_user(connection, user, now=call.now, **{provider: contact}, is_anonymous=still_anonymous)
    except asyncpg.UniqueViolationError as error:
        if provider == "email":
            raise unprocessable("email_exists", accounts.EMAIL_TAKEN) from error
        raise unprocessable("phone_exists", accounts.PHONE_TAKEN) from error
    await identities.name_providers(connection, user, now=call.now)


async def _refuse_taken(connection: asyncpg.Connection, user: User) -> None:
    if user.email and await accounts.is_email_taken(connection, user.email, user.aud) is not None:
        raise unprocessable("email_exists", accounts.EMAIL_TAKEN)
    if user.phone and await users.find_by_phone(connection, user.phone, user.aud) is not None:
        raise unprocessable("phone_exists", "Phone number already registered by another user")


async def _choose_hash(call: Call, body: AdminUser) -> str:
    if body.password is not None and body.password_hash:
        raise bad_request("validation_failed", "Only a password or a password hash should be provided")
    if body.password_hash:
        if not passwords.is_bcrypt(body.password_hash):
            raise bad_request("validation_failed", "The password hash must be a bcrypt hash")
        return body.password_hash
    password = body.password or passwords.invent_password()
    if len(password.encode()) > passwords.LONGEST_BYTES:
        raise bad_request("validation_failed", "Password cannot be longer than 72 characters")
    return await passwords.hash_password(password, cost=call.server.config.bcrypt_cost)


def _read_ban(call: Call, body: AdminUser) -> datetime | None:
    if body.ban_duration in {"", "none"}:
        return None
    try:
        return call.now + parse_duration(body.ban_duration)
    except (ValueError, OverflowError) as error:
        raise bad_request("validation_failed", f"invalid format for ban duration: {error}") from error


def _read_id(text: str) -> UUID:
    try:
        given = UUID(text)
    except ValueError as error:
        raise bad_request("validation_failed", "ID must conform to the uuid v4 format") from error
    if given == UUID(int=0):
        raise bad_request("validation_failed", "ID cannot be a nil uuid")
    return given


def _read_number(call: Call, name: str, default: int) -> int:
    text = call.request.query_params.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:18]) < 10**12:
        raise bad_request("validation_failed", f"Bad Pagination Parameters: {name} must be a positive number")
    return int(text)


def _page_address(call: Call, page: int) -> str:
    query = {**call.request.query_params, "page": str(page)}
    return f"{call.request.url.path}?{urlencode(query)}"
