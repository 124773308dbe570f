"""Hosts of URLs, read as browsers read them, so that no spelling of an address gets past the checks.

Source: WHATWG URL, host parsing (https://url.spec.whatwg.org/#host-parsing); RFC 5891 with UTS 46 for names.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote_to_bytes

import idna

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_DIGITS = re.compile(r"[0-9]+")
_HEX = re.compile(r"0[xX][0-9A-Fa-f]*")


class MalformedHost(ValueError):
    """The text is no host; the message says why."""


def parse_host(text: str) -> str | IPv4Address | IPv6Address:
    """Return the address, or the name in lower-case ASCII without a trailing dot.

    Raises:
        MalformedHost: browsers would refuse it too, or it carries a zone, or nothing good begins like that.
    """
    if text.startswith("["):
        return _parse_ipv6(text)
    name = _to_ascii(_decode_percent(text))
    name = name.removesuffix(".")
    if not name:
        raise MalformedHost("the host is empty")
    if _ends_in_a_number(name):
        return _parse_ipv4(name)
    if len(name) > 253:
        raise MalformedHost("the host name is too long")
    for label in name.split("."):
        if not _LABEL.fullmatch(label):
            raise MalformedHost("the host name has a part that no name can have")
    return name


def _parse_ipv6(text: str) -> IPv6Address:
    if not text.endswith("]"):
        raise MalformedHost("the bracket of the IPv6 address isn't closed")
    inner = text[1:-1]
    if "%" in inner:
        raise MalformedHost("an IPv6 zone means this machine's own network")
    try:
        return IPv6Address(inner)
    except ValueError:
        raise MalformedHost("this is no IPv6 address") from None


def _decode_percent(text: str) -> str:
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedHost("the host name isn't UTF-8") from None


def _to_ascii(name: str) -> str:
    if name.isascii() and "xn--" not in name.lower():
        return name.lower()
    try:
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
        # An empty label is kept for the caller to refuse, save the last one, which is the root.
        labels = [_label_to_ascii(label) for label in mapped.split(".")]
    except (idna.IDNAError, UnicodeError):
        raise MalformedHost("this is no valid international name") from None
    return ".".join(labels)


def _label_to_ascii(label: str) -> str:
    if label.isascii() and not label.startswith("xn--"):
        return label
    return idna.alabel(label).decode("ascii")


def _ends_in_a_number(name: str) -> bool:
    last = name.rpartition(".")[2]
    return bool(_DIGITS.fullmatch(last) or _HEX.fullmatch(last))


def _parse_ipv4(name: str) -> IPv4Address:
    """Read decimal, octal and hexadecimal forms with one to four parts; the last part fills what is left."""
    parts = name.split(".")
    if len(parts) > 4:
        raise MalformedHost("this is no IPv4 address")
    numbers = [_parse_ipv4_number(part) for part in parts]
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        raise MalformedHost("this is no IPv4 address")
    value = last
    for position, number in enumerate(leading):
        value += number << (8 * (3 - position))
    return IPv4Address(value)


def _parse_ipv4_number(part: str) -> int:
    if len(part) > 64:
        raise MalformedHost("this is no IPv4 address")
    if _HEX.fullmatch(part):
        return int(part[2:] or "0", 16)
    if not _DIGITS.fullmatch(part):
        raise MalformedHost("this is no IPv4 address")
    if len(part) > 1 and part.startswith("0"):
        if not all(digit in "01234567" for digit in part):
            raise MalformedHost("this is no IPv4 address")
        return int(part, 8)
    return int(part)
