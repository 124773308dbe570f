"""The installation's own secrets: made once, apart from the stand-in's keys, and taken over from where they were."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import asyncpg
import orjson
import pytest
from pydantic import SecretStr

from headwater.core.settings import Settings, SettingsError
from headwater.embedded.secrets import FILE_NAME, agree_on_secrets, load_or_make_secrets, make_secrets
from headwater.local.agreement import agree_on_keys
from headwater.local.keys import FILE_NAME as KEYS_FILE
from headwater.local.keys import KeysError, load_or_make_keys, make_keys
from headwater.services import complete_settings

OLDER = {"service_secret": "shared by the services of an older version", "encryption_key": "AAAA"}


def write_older_keys(folder: Path) -> dict[str, object]:
    """Write the keys as version 0.1.0 did while it was made: with the platform's secrets among them."""
    kept = {name: value for name, value in asdict(make_keys()).items() if name != "address_key"} | OLDER
    (folder / KEYS_FILE).write_bytes(orjson.dumps(kept))
    (folder / KEYS_FILE).chmod(0o600)
    return kept


def test_made_once_and_kept_for_their_owner(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: load_or_make_secrets(tmp_path / "data"), range(8)))
    assert all(one == found[0] for one in found)
    assert [path.name for path in (tmp_path / "data").iterdir()] == [FILE_NAME]
    assert stat.S_IMODE((tmp_path / "data" / FILE_NAME).stat().st_mode) == 0o600
    assert len(base64.b64decode(found[0].encryption_key)) == 32
    assert found[0].encryption_key not in f"{found[0]!r} {found[0]}"
    assert make_secrets() != make_secrets()


def test_the_stand_ins_keys_hold_none_of_them(tmp_path: Path) -> None:
    load_or_make_keys(tmp_path)
    secrets = load_or_make_secrets(tmp_path)
    assert not set(asdict(secrets)) & set(orjson.loads((tmp_path / KEYS_FILE).read_bytes()))
    assert not set(asdict(secrets).values()) & set((tmp_path / KEYS_FILE).read_text("utf-8").split(chr(34)))


def test_keys_of_an_older_version_still_work(tmp_path: Path, settings: Settings) -> None:
    older = write_older_keys(tmp_path)
    assert asdict(load_or_make_secrets(tmp_path)) == OLDER
    assert load_or_make_keys(tmp_path).address_key == OLDER["encryption_key"]
    completed = complete_settings(settings.model_copy(update={"data_folder": tmp_path}))
    assert completed.encryption_key == SecretStr(OLDER["encryption_key"])
    assert completed.service_secret == SecretStr(OLDER["service_secret"])
    assert orjson.loads((tmp_path / KEYS_FILE).read_bytes()) == older


@pytest.mark.parametrize("damage", [b"{", b"[]", b"{}", b'{"encryption_key": "AAAA"}'])
def test_damaged_keys_are_not_passed_over_for_fresh_secrets(tmp_path: Path, damage: bytes) -> None:
    write_older_keys(tmp_path)
    (tmp_path / KEYS_FILE).write_bytes(damage)
    with pytest.raises(SettingsError, match="damaged"):
        load_or_make_secrets(tmp_path)
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize("damage", [b"{", b"[]", b"{}", b'{"encryption_key": "AAAA", "service_secret": 5}'])
def test_damaged_secrets_are_refused(tmp_path: Path, damage: bytes) -> None:
    load_or_make_secrets(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(damage)
    with pytest.raises(SettingsError, match="damaged"):
        load_or_make_secrets(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == damage


def test_others_may_not_read_them(tmp_path: Path) -> None:
    load_or_make_secrets(tmp_path)
    (tmp_path / FILE_NAME).chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_or_make_secrets(tmp_path)


async def test_hosts_of_one_database_have_the_same(unmigrated_dsn: str) -> None:
    keys, first, second = make_keys(), make_secrets(), make_secrets()
    await agree_on_keys(unmigrated_dsn, keys)
    await agree_on_secrets(unmigrated_dsn, first)
    await agree_on_secrets(unmigrated_dsn, first)
    with pytest.raises(KeysError, match=r"copy its secrets\.json") as refused:
        await agree_on_secrets(unmigrated_dsn, second)
    connection = await asyncpg.connect(unmigrated_dsn)
    await connection.execute(str(refused.value).partition("everywhere: ")[2])
    await connection.close()
    await agree_on_secrets(unmigrated_dsn, second)
    # The keys are another matter.
    with pytest.raises(KeysError, match=r"keys\.json"):
        await agree_on_keys(unmigrated_dsn, make_keys())
