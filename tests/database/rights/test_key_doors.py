"""Everything that ends a person's or a key's right to come in ends it for API keys at once, and only while it lasts."""

from __future__ import annotations

import asyncpg
import pytest

from headwater.core.database.database import Database
from headwater.core.errors import Unauthenticated
from headwater.kit.http.keys import identify_key
from tests.fixtures.workspaces import Cast, make_api_key

_ACCOUNT = "update auth.users set {} where id = $1"
_KEY = "update public.api_keys set {} where created_by = $1"
ENDS = {
    "the account is softly deleted": _ACCOUNT.format("deleted_at = now()"),
    "the account is deleted": "delete from auth.users where id = $1",
    "the person is banned": _ACCOUNT.format("banned_until = now() + interval '1 hour'"),
    "the key is revoked": _KEY.format("revoked_at = now()"),
    "the key has expired": _KEY.format("expires_at = now()"),
}
GOES_ON = {
    "nothing happened": _ACCOUNT.format("updated_at = now()"),
    "the ban is over": _ACCOUNT.format("banned_until = now()"),
    "the key expires later": _KEY.format("expires_at = now() + interval '1 minute'"),
}


@pytest.mark.parametrize("what", [*ENDS, *GOES_ON])
async def test_key_is_refused_when(database: Database, owner: asyncpg.Connection, cast: Cast, what: str) -> None:
    key = await make_api_key(owner, workspace_id=cast.workspace_id, person=cast["editor"])
    others = await make_api_key(owner, workspace_id=cast.workspace_id, person=cast["viewer"])
    await owner.execute({**ENDS, **GOES_ON}[what], cast["editor"].user_id)
    if what in ENDS:
        with pytest.raises(Unauthenticated) as refused:
            await identify_key(database, key)
        assert refused.value.code == "invalid_api_key"
    else:
        assert (await identify_key(database, key)).user_id == cast["editor"].user_id
    assert (await identify_key(database, others)).user_id == cast["viewer"].user_id


async def test_key_of_nobody_is_refused(database: Database, cast: Cast) -> None:
    for key in ("", "hw_live_", "hw_live_" + "x" * 32, cast.keys["key_read"][:-1]):
        with pytest.raises(Unauthenticated):
            await identify_key(database, key)
