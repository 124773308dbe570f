"""Whether an answer is text: by its declared type, and by its first bytes where they say otherwise.

Source: WHATWG MIME Sniffing, "binary data byte".
"""

from __future__ import annotations

_TEXT_TYPES = frozenset(
    {
        "application/xhtml+xml",
        "application/xml",
        "application/json",
        "application/ld+json",
        "application/feed+json",
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/javascript",
        "application/x-javascript",
        "application/x-yaml",
        "application/yaml",
        "application/x-ndjson",
        "application/jsonlines",
        "application/graphql-response+json",
        "application/manifest+json",
        "application/opensearchdescription+xml",
    }
)
#: Types that servers give to anything: the bytes decide.
_UNSPOKEN = frozenset({"", "application/octet-stream", "application/unknown", "unknown/unknown", "binary/octet-stream"})
_BINARY = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"OggS",
    b"\x7fELF",
    b"\x00\x00\x00",
    b"\x00\x00\x01\x00",
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_media_type(content_type: str | None) -> tuple[str, str | None]:
    """Return the media type in lower case and the charset parameter of a Content-Type header."""
    if content_type is None or not content_type.isascii():
        return "", None
    media, _, parameters = content_type.partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return media.strip().lower(), value.strip().strip("\"'") or None
    return media.strip().lower(), None


def may_be_text(media_type: str) -> bool:
    """Say whether a body of this declared type is worth reading as text."""
    if media_type in _UNSPOKEN or media_type in _TEXT_TYPES or media_type.startswith("text/"):
        return True
    return media_type.endswith(("+xml", "+json")) and not media_type.startswith("image/")


def looks_like_text(body: bytes) -> bool:
    """Say whether the first bytes are text of any encoding."""
    if body.startswith(_UTF16):
        return True
    head = body[:1445]
    return not head.startswith(_MAGIC) and len(head.translate(None, _BINARY)) == len(head)
