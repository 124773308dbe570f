"""Text that can be kept: cleaned of what neither Postgres nor UTF-8 holds, and JSON held to a depth that readers bear.

NUL is the one character that Postgres refuses in text and in JSON. A lone surrogate is half of a UTF-16 pair: JSON may
write it as an escape (RFC 8259 section 8.2), and no UTF-8 can.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

#: Levels of lists and objects, the outermost counted; constraints of the database say the same.
MAX_JSON_DEPTH = 32
#: The pattern of texts that callers send: they are told of a NUL, and pydantic itself refuses lone surrogates.
KEEPABLE = r"^[^\x00]*$"
#: The same for those that must say something: white space alone says nothing.
FILLED = r"^[^\x00]*\S[^\x00]*$"

_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean_text(text: str) -> str:
    """Drop NUL and lone surrogates; any other text is returned as it is."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    # `isascii` reads a flag of the string, and most texts end here.
    return text if text.isascii() else _SURROGATE.sub("", text)


def clean_xml(text: str) -> str:
    """Drop what XML 1.0 has no place for, not even escaped (section 2.2): most control characters, U+FFFE, U+FFFF."""
    return _NOT_XML.sub("", text)


def clean_json(value: Any) -> Any:
    """Clean every text and name of a JSON value; tuples and sets become lists, what is no JSON stays.

    Raises:
        ValueError: lists and objects are nested deeper than `MAX_JSON_DEPTH`.
    """
    return _clean_level(value, MAX_JSON_DEPTH)


def _clean_level(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        if levels == 0:
            raise ValueError(f"is nested deeper than {MAX_JSON_DEPTH} levels")
        if isinstance(value, Mapping):
            return {clean_text(str(name)): _clean_level(inner, levels - 1) for name, inner in value.items()}
        return [_clean_level(inner, levels - 1) for inner in value]
    return value


#: For fields that take any JSON object from outside: cleaned, and refused with 422 where it is nested too deep.
JsonObject = Annotated[dict[str, Any], BeforeValidator(clean_json)]
