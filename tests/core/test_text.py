"""Text that can be kept, whatever came."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from headwater.core.database.database import Database, Identity
from headwater.core.text import MAX_JSON_DEPTH, clean_json, clean_text, clean_xml

ANYTHING = st.text(alphabet=st.characters(exclude_categories=())) | st.text(
    alphabet=st.sampled_from("a\x00\ud800\udfff\ufffe\uffff\x0b\x1f\U0001f600é ")
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | ANYTHING,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANYTHING, inner, max_size=4),
    max_leaves=12,
)


@given(ANYTHING)
def test_cleaned_text_is_utf_8_without_nul_and_nothing_else_is_lost(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    cleaned.encode()
    assert cleaned == "".join(sign for sign in text if sign != "\x00" and not "\ud800" <= sign <= "\udfff")
    assert clean_text(cleaned) is cleaned


@given(ANYTHING)
def test_what_is_cleaned_for_xml_can_be_written_as_it(text: str) -> None:
    element = etree.Element("a", name=clean_xml(text))
    element.text = clean_xml(text)
    assert etree.fromstring(etree.tostring(element)) is not None


@given(JSON)
def test_cleaned_json_can_be_written_as_utf_8(value: Any) -> None:
    written = json.dumps(clean_json(value), ensure_ascii=False).encode()
    assert b"\\u0000" not in written.replace(b"\\\\", b"")


def test_json_is_held_to_a_depth() -> None:
    def nest(levels: int) -> Any:
        value: Any = "leaf"
        for level in range(levels):
            value = [value] if level % 2 else {"a": value}
        return value

    assert clean_json(nest(MAX_JSON_DEPTH)) == nest(MAX_JSON_DEPTH)
    for levels in (MAX_JSON_DEPTH + 1, 900):
        with pytest.raises(ValueError, match="nested deeper"):
            clean_json(nest(levels))


async def test_postgres_keeps_what_was_cleaned(database: Database) -> None:
    """The cleaning knows what Postgres refuses: without it each of these is refused."""
    value = {"na\x00me": "a\ud83db", "list": ["\x00", "\udc00"]}
    async with database.raw(Identity.service()) as connection:
        kept = await connection.fetchval("select $1::jsonb::text", json.dumps(clean_json(value)))
        assert json.loads(kept) == {"name": "ab", "list": ["", ""]}
        assert await connection.fetchval("select $1::text", clean_text("a\x00\ud83db")) == "ab"
