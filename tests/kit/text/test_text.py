"""Bytes to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.kit.fetch import decode_text
from headwater.kit.text.charset import decode_body, find_encoding
from headwater.kit.text.sniff import looks_like_text, may_be_text, read_media_type

GERMAN = "Größe, Maß und Übermut – für 5 €"
RUSSIAN = "Цены на все товары выросли на десять процентов, сообщает компания. " * 4
JAPANESE = "価格は来月から変更されます。詳しくはお知らせをご覧ください。" * 4


@pytest.mark.parametrize(
    ("body", "header", "text"),
    [
        (GERMAN.encode(), "utf-8", GERMAN),
        (GERMAN.encode(), None, GERMAN),
        (GERMAN.encode("cp1252"), "iso-8859-1", GERMAN),
        (GERMAN.encode("cp1252"), "latin1", GERMAN),
        (GERMAN.encode("cp1252"), "us-ascii", GERMAN),
        (GERMAN.encode("utf-8-sig"), "iso-8859-1", GERMAN),
        (GERMAN.encode("utf-16"), "utf-8", GERMAN),
        (GERMAN.encode("utf-16-be"), "utf-16be", GERMAN),
        (RUSSIAN.encode("koi8-r"), "koi8-r", RUSSIAN),
        (RUSSIAN.encode("cp1251"), '"windows-1251"', RUSSIAN),
        (RUSSIAN.encode(), "windows-1252-nonsense", RUSSIAN),
        (JAPANESE.encode("shift_jis"), "Shift_JIS", JAPANESE),
        (b'<meta charset="euc-jp">' + JAPANESE.encode("euc_jp"), None, '<meta charset="euc-jp">' + JAPANESE),
        (b'<?xml version="1.0" encoding="windows-1251"?>' + RUSSIAN.encode("cp1251"), None, None),
        (GERMAN.encode(), "iso-8859-1", GERMAN),
        ("朱镕基".encode("gb18030"), "gb2312", "朱镕基"),
        (b'<meta charset="utf-16">' + GERMAN.encode(), None, '<meta charset="utf-16">' + GERMAN),
        (b"", None, ""),
    ],
)
def test_declared_text_is_read(body: bytes, header: str | None, text: str | None) -> None:
    decoded = decode_text(body, header_charset=header)
    assert decoded == text if text is not None else decoded.endswith(RUSSIAN)


@pytest.mark.parametrize("header", ["utf-8", "us-ascii", None])
def test_wrongly_declared_text_is_guessed(header: str | None) -> None:
    assert decode_text(RUSSIAN.encode("cp1251"), header_charset="utf-8") == RUSSIAN
    assert "Größe" in decode_text((GERMAN + " ").encode("cp1252") * 20, header_charset=header)


def test_the_charset_of_a_content_type_is_the_headers() -> None:
    assert decode_body(RUSSIAN.encode("koi8-r"), content_type="text/html; charset=KOI8-R") == RUSSIAN
    assert decode_body(GERMAN.encode(), content_type="") == GERMAN


def test_single_broken_byte_does_not_change_the_encoding() -> None:
    page = GERMAN * 100
    body = page.encode()[:-2] + b"\xff"
    assert decode_text(body, header_charset="utf-8").startswith(GERMAN * 99)


@pytest.mark.parametrize(
    "label", ["rot13", "zip", "base64", "idna", "unicode_escape", "hex", "undefined", "x" * 999, "\0"]
)
def test_codec_that_is_no_charset_is_not_used(label: str) -> None:
    assert find_encoding(label) is None
    assert decode_text(b"uryyb", header_charset=label) == "uryyb"


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "latin-1", "shift_jis", "utf-16", None]))
def test_no_bytes_break_decoding(body: bytes, header: str | None) -> None:
    assert isinstance(decode_text(body, header_charset=header), str)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_utf8_text_comes_back(text: str) -> None:
    assert decode_text(text.encode(), header_charset="utf-8") == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("header", "media", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "UTF-8"),
        ("TEXT/HTML;Charset='x'", "text/html", "x"),
        ('a/b; q="1"; charset="c d"', "a/b", "c d"),
        ("text/html; charset=", "text/html", None),
        ("", "", None),
        (None, "", None),
        (";;;", "", None),
    ],
)
def test_content_type_is_split(header: str | None, media: str, charset: str | None) -> None:
    assert read_media_type(header) == (media, charset)


def test_types_that_hold_text() -> None:
    assert all(map(may_be_text, ("text/html", "text/x-odd", "application/atom+xml", "application/json", "")))
    assert not any(map(may_be_text, ("image/svg+xml", "image/png", "application/pdf", "font/woff2", "multipart/mixed")))


def test_looks_of_text() -> None:
    assert all(map(looks_like_text, (b"plain", "ümläut".encode("utf-16"), b"\x1b[1mbold", b"tab\tline\r\n\f", b"")))
    assert not any(map(looks_like_text, (b"GIF89a", b"a\x00b", b"\x1f\x8b\x08", b"OggS")))
