"""Bytes to text as browsers decide it: byte order mark, header, declaration in the page, then a look at the bytes.

Source: WHATWG HTML, encoding sniffing; WHATWG Encoding for labels (latin-1 means windows-1252 on the web).
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from headwater.core.text import clean_text
from headwater.kit.text.sniff import read_media_type

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+(?:["']\s*+)?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*+=\s*+["']([A-Za-z0-9_:.-]{1,40})["']""", re.IGNORECASE)
# Labels that the web uses for a larger charset than they name (WHATWG Encoding, section 4.2).
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
#: Python knows "charsets" that are no text encodings (zip, rot13, idna): a page may only name one of these.
_KNOWN = re.compile(
    r"utf-(8|8-sig|16|16-le|16-be)|cp(866|874|125[0-8]|932|949|950)|iso8859-\d+|koi8-[ru]|mac-(roman|cyrillic)"
    r"|gbk|gb2312|gb18030|big5|big5hkscs|euc_jp|euc_kr|shift_jis|iso2022_jp|ascii|hz|johab|tis-620"
)
_SAMPLE = 32_768
# A declaration stands within so many bytes of the start.
_HEAD = 4096


def find_encoding(label: str | None) -> str | None:
    """Return Python's name of the encoding behind a label of the web, or None for one that isn't known."""
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if _KNOWN.fullmatch(name) else None


def decode_text(body: bytes, *, header_charset: str | None = None) -> str:
    """Return the text of `body`, cleaned; bytes that don't fit become U+FFFD, so this never fails."""
    return clean_text(_decode(body, header_charset=header_charset))


def decode_body(body: bytes, *, content_type: str) -> str:
    """Return the text of the body of an answer with this Content-Type, as `decode_text` does."""
    return decode_text(body, header_charset=read_media_type(content_type)[1])


def _decode(body: bytes, *, header_charset: str | None) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    candidates = _list_declared(body, header_charset=header_charset)
    for name in (*candidates, "utf-8"):
        if name == "cp1252":
            # The commonest wrong label: real Latin text is hardly ever valid UTF-8.
            with suppress(UnicodeDecodeError):
                return body.decode("utf-8")
        try:
            return body.decode(name)
        except UnicodeDecodeError as error:
            # A page that was cut or spliced is still what it says when nearly all of it fits.
            if name in candidates and _is_slip(body, name, error):
                return body.decode(name, "replace")
    from charset_normalizer import from_bytes

    guess = from_bytes(body[:_SAMPLE], threshold=0.3).best()
    return body.decode(find_encoding(guess.encoding if guess else None) or "cp1252", "replace")


def _list_declared(body: bytes, *, header_charset: str | None) -> list[str]:
    """List the encodings that the header and the body itself name, the header's first."""
    head = body[:_HEAD]
    found = _META.search(head) or _XML.search(head)
    declared = find_encoding(found.group(1).decode("ascii")) if found else None
    if declared is not None and declared.startswith("utf-16"):
        # A body that could be read as ASCII to find the label is not UTF-16.
        declared = "utf-8"
    return [name for name in (find_encoding(header_charset), declared) if name]


def _is_slip(body: bytes, name: str, error: UnicodeDecodeError) -> bool:
    if error.start == 0 and error.end >= len(body):
        return False
    text = body[:_SAMPLE].decode(name, "replace")
    return text.count("�") * 200 <= len(text)
