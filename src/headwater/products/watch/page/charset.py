"""Bytes to text: the charset that the header names, then the byte order mark, the page's own word, then a guess.

Order after the WHATWG encoding sniffing algorithm, except that a byte order mark wins over the header as it does there.
"""

from __future__ import annotations

import codecs
import re

from headwater.core.text import clean_text

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+(?:["']\s*+)?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*+=\s*+["']([A-Za-z0-9_.:-]{2,40})["']""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*+=\s*+(?:["']\s*+)?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Labels that the web uses for a larger charset than they name (WHATWG Encoding Standard, section 4.2).
_WIDER = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
# What Python calls encodings and no page is written in; some of them take time that grows with the square of a page.
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"))


def decode_text(body: bytes, *, content_type: str) -> str:
    """The text of a body, cleaned; bytes that fit no charset become the replacement sign, never an error."""
    return clean_text(_decode(body, content_type=content_type))


def _decode(body: bytes, *, content_type: str) -> str:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for label in _find_labels(body, content_type=content_type):
        try:
            return body.decode(label)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _guess_text(body)


def _find_labels(body: bytes, *, content_type: str) -> list[str]:
    labels: list[str] = []
    head = body[:4096]
    for found in (_HEADER.search(content_type), _META.search(head), _XML.search(head)):
        if found is None:
            continue
        raw = found.group(1)
        label = (raw.decode("ascii", "replace") if isinstance(raw, bytes) else raw).strip().lower()
        try:
            label = codecs.lookup(_WIDER.get(label, label)).name
        except LookupError:
            continue
        if label in _NO_CHARSETS:
            continue
        label = _WIDER.get(label, label)
        if label.startswith("utf-16") and isinstance(raw, bytes):
            label = "utf-8"  # a page that could be read as ASCII to find the label is not UTF-16
        if label == "cp1252":
            labels.append("utf-8")  # the commonest wrong label: real Latin text is hardly ever valid UTF-8
        labels.append(label)
    return labels


def _guess_text(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:20_000]).best()
    if best is not None:
        return body.decode(best.encoding, "replace")
    return body.decode("utf-8", "replace")
