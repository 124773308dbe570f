"""Sign-ins with a proof key (PKCE, RFC 7636): the link gives a code, and only who began can exchange it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from headwater.local.auth.accounts.one_time_tokens import is_late
from headwater.local.auth.bodies import ProofKey
from headwater.local.auth.errors import bad_request, unprocessable

_LIFETIME = timedelta(minutes=5)
_CHALLENGE = re.compile(r"[a-zA-Z._~0-9-]+")


@dataclass(frozen=True)
class Flow:
    """One row of `auth.flow_state`."""

    id: UUID
    user_id: UUID | None
    code_challenge: str = field(repr=False)
    code_challenge_method: str
    authentication_method: str
    provider_type: str
    created_at: datetime
    auth_code_issued_at: datetime | None

    def has_ended(self, now: datetime) -> bool:
        """Tell whether the code is too old. It counts from the click on the link where that is known."""
        return is_late(self.auth_code_issued_at or self.created_at, now=now, seconds=int(_LIFETIME.total_seconds()))

    def accepts(self, verifier: str) -> bool:
        """Tell whether `verifier` is what the challenge was made from."""
        if self.code_challenge_method == "s256":
            digest = hashlib.sha256(verifier.encode()).digest()
            verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return hmac.compare_digest(self.code_challenge.encode(), verifier.encode())


def check_challenge(proof: ProofKey) -> None:
    """Refuse half a challenge or a malformed one. Raises AuthError 400."""
    challenge, method = proof.code_challenge, proof.code_challenge_method
    if (challenge == "") != (method == ""):
        raise bad_request("validation_failed", "PKCE flow requires code_challenge_method and code_challenge")
    if not challenge:
        return
    if not 43 <= len(challenge) <= 128:
        raise bad_request("validation_failed", "code challenge has to be between 43 and 128 characters")
    if _CHALLENGE.fullmatch(challenge) is None:
        message = "code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes"
        raise bad_request("validation_failed", message)
    if method.lower() not in {"s256", "plain"}:
        raise bad_request("validation_failed", f'unsupported code_challenge method "{method}"')


async def begin(
    connection: asyncpg.Connection, user_id: UUID, proof: ProofKey, *, method: str, provider: str, now: datetime
) -> bool:
    """Keep the challenge until the link is followed. Returns False where the caller uses no proof key."""
    if not proof.code_challenge:
        return False
    await connection.execute(
        """
        insert into auth.flow_state
          (id, user_id, auth_code, code_challenge_method, code_challenge, provider_type, created_at, updated_at,
           authentication_method)
        values ($1, $2, $3, $4::text::auth.code_challenge_method, $5, $6, $7, $7, $8)
        """,
        uuid4(),
        user_id,
        str(uuid4()),
        proof.code_challenge_method.lower(),
        proof.code_challenge,
        provider,
        now,
        method,
    )
    return True


async def give_code(connection: asyncpg.Connection, user_id: UUID, *, method: str, now: datetime) -> str:
    """Return the code of the user's latest flow of that method, for the redirect. Raises AuthError without a flow."""
    code: str | None = await connection.fetchval(
        """
        update auth.flow_state
        set auth_code_issued_at = $3, updated_at = $3
        where id = (
          select id
          from auth.flow_state
          where user_id = $1 and authentication_method = $2 and code_challenge is not null
          order by created_at desc
          limit 1
        )
        returning auth_code
        """,
        user_id,
        method,
        now,
    )
    if code is None:
        raise unprocessable("flow_state_not_found", "No valid flow state found for user.")
    return code


async def take(connection: asyncpg.Connection, code: str) -> Flow | None:
    """Return the flow of a code, locked: of two exchanges at once the second finds none."""
    record = await connection.fetchrow(
        """
        select id, user_id, code_challenge, code_challenge_method::text, authentication_method, provider_type,
          created_at, auth_code_issued_at
        from auth.flow_state
        where auth_code = $1
        for update
        """,
        code,
    )
    return Flow(**dict(record)) if record is not None else None


async def end(connection: asyncpg.Connection, flow: Flow) -> None:
    """Forget a flow that was exchanged."""
    await connection.execute("delete from auth.flow_state where id = $1", flow.id)
