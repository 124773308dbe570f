"""A file of keys in which any one of them is missing or damaged is refused whole, and left as it is."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import orjson
import pytest

from headwater.local.keys import FILE_NAME, KeysError, LocalKeys, load_or_make_keys

NAMES = [field.name for field in fields(LocalKeys)]


@pytest.mark.parametrize("name", NAMES)
def test_key_that_is_missing(tmp_path: Path, name: str) -> None:
    load_or_make_keys(tmp_path)
    path = tmp_path / FILE_NAME
    kept = orjson.loads(path.read_bytes())
    del kept[name]
    path.write_bytes(orjson.dumps(kept))
    with pytest.raises(KeysError, match="damaged"):
        load_or_make_keys(tmp_path)
    assert orjson.loads(path.read_bytes()) == kept


@pytest.mark.parametrize("damage", [{}, {"kty": "EC"}, {"d": "AAAA"}, {"crv": "P-000"}, {"x": 1}])
def test_signing_key_that_is_damaged(tmp_path: Path, damage: dict[str, object]) -> None:
    load_or_make_keys(tmp_path)
    path = tmp_path / FILE_NAME
    kept = orjson.loads(path.read_bytes())
    kept["signing_key"] = {**kept["signing_key"], **damage} if damage and "kty" not in damage else damage
    path.write_bytes(orjson.dumps(kept))
    with pytest.raises(KeysError, match="damaged"):
        load_or_make_keys(tmp_path)
