"""Hosts that serve one database: the second one must have the first one's keys."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from headwater.local.agreement import agree_on_keys
from headwater.local.keys import KeysError, load_or_make_keys, make_keys
from tests.cli.installation import Installation


async def test_the_first_host_settles_the_keys(unmigrated_dsn: str) -> None:
    hosts = [make_keys(), make_keys(), make_keys()]
    answers = await asyncio.gather(*(agree_on_keys(unmigrated_dsn, keys) for keys in hosts), return_exceptions=True)
    assert [type(answer) for answer in answers if answer is not None] == [KeysError, KeysError]
    first = next(keys for keys, answer in zip(hosts, answers, strict=True) if answer is None)
    await agree_on_keys(unmigrated_dsn, first)
    (refused, _) = [answer for answer in answers if answer is not None]
    statement = str(refused).partition("everywhere: ")[2]
    connection = await asyncpg.connect(unmigrated_dsn)
    await connection.execute(statement)
    await connection.close()
    other = next(keys for keys in hosts if keys is not first)
    await agree_on_keys(unmigrated_dsn, other)
    with pytest.raises(KeysError):
        await agree_on_keys(unmigrated_dsn, first)


async def test_a_second_host_with_keys_of_its_own_does_not_start(dsn: str, valkey_url: str, tmp_path: Path) -> None:
    await agree_on_keys(dsn, load_or_make_keys(tmp_path))
    second = Installation(tmp_path / "second" / "data", {"DATABASE_URL": dsn, "REDIS_URL": valkey_url})
    said = await second.run("serve", "gateway", expect=2)
    assert "copy its keys.json into HEADWATER_DATA" in said.err.replace("\n", " ")
