"""The data plane's own keys: made once, kept for their owner alone, never the ones that everybody knows."""

from __future__ import annotations

import base64
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields
from pathlib import Path

import jwt
import orjson
import pytest

from headwater.core.auth import StaticKeySource, TokenVerifier
from headwater.local.keys import (
    DEVELOPMENT_JWT_SECRET,
    FILE_NAME,
    KeysError,
    LocalKeys,
    development_keys,
    load_or_make_keys,
    make_keys,
)


def test_made_once_and_kept(tmp_path: Path) -> None:
    keys = load_or_make_keys(tmp_path / "data")
    path = tmp_path / "data" / FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_make_keys(tmp_path / "data") == keys
    assert [found.name for found in path.parent.iterdir()] == [FILE_NAME]


def test_no_two_installations_share_a_key() -> None:
    first, second = asdict(make_keys()), asdict(make_keys())
    assert [name for name in first if first[name] == second[name]] == []


def test_the_forms_of_the_keys() -> None:
    keys = make_keys()
    assert re.fullmatch(r"sb_publishable_[\w-]{22}_[\w-]{8}", keys.publishable_key)
    assert re.fullmatch(r"sb_secret_[\w-]{22}_[\w-]{8}", keys.secret_key)
    assert len(base64.b64decode(keys.address_key)) == 32
    assert set(keys.signing_key) == {"kty", "kid", "use", "key_ops", "alg", "ext", "d", "crv", "x", "y"}
    assert not {"d", "k"} & set(keys.public_keys[0])
    for role, token in (("anon", keys.anon_key), ("service_role", keys.service_role_key)):
        claims = jwt.decode(token, keys.jwt_secret, algorithms=["HS256"])
        assert claims["role"] == role
        assert claims["exp"] - claims["iat"] > 300_000_000


async def test_project_keys_verify() -> None:
    keys = make_keys()
    verifier = TokenVerifier(StaticKeySource(keys.public_keys), legacy_secret=keys.jwt_secret)
    assert (await verifier.verify(keys.service_role_key)).role == "service_role"


def test_secrets_are_not_shown() -> None:
    keys = make_keys()
    shown = f"{keys!r} {keys}"
    for field in fields(LocalKeys):
        if field.name != "publishable_key":
            assert str(getattr(keys, field.name)) not in shown


def test_several_processes_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda _: load_or_make_keys(tmp_path), range(16)))
    assert all(keys == found[0] for keys in found)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_others_may_not_read_it(tmp_path: Path) -> None:
    load_or_make_keys(tmp_path)
    (tmp_path / FILE_NAME).chmod(0o644)
    with pytest.raises(KeysError, match="chmod 600"):
        load_or_make_keys(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"signing_key": {}}'])
def test_a_damaged_file_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(descriptor, content)
    os.close(descriptor)
    with pytest.raises(KeysError, match="damaged"):
        load_or_make_keys(tmp_path)
    assert path.read_bytes() == content


def test_development_keys_are_refused(tmp_path: Path) -> None:
    load_or_make_keys(tmp_path)
    path = tmp_path / FILE_NAME
    known = development_keys()
    assert known.jwt_secret == DEVELOPMENT_JWT_SECRET
    assert jwt.decode(known.anon_key, known.jwt_secret, algorithms=["HS256"])["iss"] == "supabase-demo"
    path.write_bytes(orjson.dumps(asdict(known)))
    with pytest.raises(KeysError, match="development keys"):
        load_or_make_keys(tmp_path)
    assert load_or_make_keys(tmp_path, allow_development_keys=True) == known


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeysError, match="can't be read or written"):
        load_or_make_keys(tmp_path / "file" / "data")
