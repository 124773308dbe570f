"""What `headwater doctor` says of rows that its constraints don't hold, and of where limits are kept."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from headwater.cli.main import make_app


def test_doctor_names_constraints_that_old_rows_may_break(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    assert _examine_values()["state"] == "ok"
    asyncio.run(_loosen(dsn))
    found = _examine_values()
    assert found["state"] == "warning"
    assert "monitored_sources.of_this_test" in found["advice"]


def test_doctor_says_where_limits_are_kept(
    dsn: str, unmigrated_dsn: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    found = _examine("controls")
    assert (found["state"], found["text"]) == ("ok", "limits, dedupe and pacing are kept in Postgres")
    monkeypatch.setenv("DATABASE_URL", unmigrated_dsn)
    found = _examine("controls")
    assert (found["state"], found["advice"]) == ("wrong", "Run `headwater migrate`.")
    monkeypatch.setenv("REDIS_URL", valkey_url)
    assert _examine("valkey")["state"] == "ok"
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    assert _examine("valkey")["text"] == "embedded, not running"


def _examine_values() -> dict[str, Any]:
    return _examine("values")


def _examine(name: str) -> dict[str, Any]:
    told = CliRunner().invoke(make_app(), ["doctor", "--json"])
    (found,) = [one for one in json.loads(told.stdout) if one["name"] == name]
    return dict(found)


async def _loosen(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "alter table public.monitored_sources add constraint of_this_test check (error_count < 5) not valid"
    )
    await connection.close()
