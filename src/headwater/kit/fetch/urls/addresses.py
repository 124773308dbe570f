"""The guard against fetching what is not public (SSRF): pure checks of URLs and of the addresses behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote, urljoin

from headwater.kit.fetch.errors import BlockedAddress
from headwater.kit.fetch.urls.hosts import MalformedHost, parse_host
from headwater.kit.fetch.urls.ranges import (
    IPV4_CLOSED,
    IPV6_CLOSED,
    IPV6_GLOBAL,
    ISATAP_MARKS,
    NAMES_CLOSED,
    NAT64,
    PORTS_CLOSED,
)

Address = IPv4Address | IPv6Address

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 8_192
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SAFE_IN_PATH = "%/:@!$&'()*+,;=~-._[]|^`{}"
_REASONS = {
    "scheme": "Only http and https addresses can be fetched.",
    "credentials": "An address may not carry a user name or password.",
    "malformed": "This is no address that can be fetched.",
    "port": "This port belongs to something other than the web.",
    "name": "This name belongs to a private network.",
    "metadata": "This address belongs to a cloud's metadata service.",
}


@dataclass(frozen=True)
class AddressPolicy:
    """Which hosts are open although they aren't public: names or addresses, each alone or with a port."""

    allowed_hosts: frozenset[str] = frozenset()
    #: For addresses that the operator configured, such as a provider's base URL: only the form is checked.
    trusts_everything: bool = False

    @classmethod
    def allowing(cls, hosts: Iterable[str]) -> AddressPolicy:
        """Return the policy that opens `hosts`, each `name` or `name:port`. Raises ValueError for what is neither."""
        return cls(frozenset(_canonical_entry(host) for host in hosts))

    def allows(self, host: str, port: int) -> bool:
        """Say whether the operator opened this canonical host at this port."""
        return self.trusts_everything or host in self.allowed_hosts or f"{host}:{port}" in self.allowed_hosts


@dataclass(frozen=True, slots=True)
class Target:
    """An address that passed the checks, in the one spelling that is sent. IPv6 hosts stand in brackets."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None
    is_allowed: bool = False

    @property
    def authority(self) -> str:
        """Return `host`, with the port where it isn't the scheme's own."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Return scheme, host and port, by which robots.txt and credentials are kept apart."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """Return the URL in its canonical form, without fragment."""
        return f"{self.origin}{self.path}"


def check_url(url: str, policy: AddressPolicy) -> Target:
    """Return the target of `url`, without asking the network.

    Raises:
        BlockedAddress: its form, scheme, credentials, port, name or literal address may not be fetched.
    """
    scheme, authority, path = _split(url)
    host_text, port = _split_port(authority, scheme, url)
    try:
        host = parse_host(host_text)
    except MalformedHost as error:
        raise BlockedAddress(f"This is no address that can be fetched: {error}.", reason="malformed", url=url) from None
    address = None if isinstance(host, str) else host
    name = f"[{host}]" if isinstance(host, IPv6Address) else str(host)
    is_allowed = policy.allows(name, port)
    if not is_allowed:
        if port in PORTS_CLOSED:
            raise _refusal("port", url)
        if address is not None:
            check_address(address, policy, url=url)
        elif _is_closed_name(name):
            raise _refusal("metadata" if "metadata" in name else "name", url)
    return Target(scheme, name, port, path, address, is_allowed)


def check_address(address: Address | str, policy: AddressPolicy, *, url: str = "") -> None:
    """Refuse every address that isn't public unicast. `policy` opens it only if it was named as an address.

    Raises:
        BlockedAddress: with the kind of address as its reason.
    """
    if policy.trusts_everything:
        return
    parsed = ip_address(address) if isinstance(address, str) else address
    name = f"[{parsed}]" if isinstance(parsed, IPv6Address) else str(parsed)
    if name in policy.allowed_hosts:
        return
    reason = find_reason(parsed)
    if reason is not None:
        text = _REASONS.get(reason, "This address isn't on the public internet.")
        raise BlockedAddress(text, reason=reason, url=url)


def find_reason(address: Address) -> str | None:
    """Return why `address` isn't public unicast, as one word, or None where it is."""
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in IPV4_CLOSED if address in network), None)
    if address.scope_id is not None:
        return "link_local"
    if address in NAT64:
        # Networks with IPv6 only reach public IPv4 hosts this way (RFC 6052), so what is embedded decides.
        return find_reason(IPv4Address(int(address) & 0xFFFFFFFF))
    reason = next((reason for network, reason in IPV6_CLOSED if address in network), None)
    if reason is None and address not in IPV6_GLOBAL:
        return "reserved"
    if reason is None and (int(address) >> 32) & 0xFFFFFFFF in ISATAP_MARKS:
        return "embedded_ipv4"
    return reason


def resolve_reference(base: str, reference: str) -> str:
    """Return the absolute URL that a Location or link `reference` on the page `base` leads to;
    it still needs a check.
    """
    reference = reference.strip(" \t\r\n\f")
    head, mark, tail = reference.partition("?")
    return urljoin(base, head.replace("\\", "/") + mark + tail)


def _split(url: str) -> tuple[str, str, str]:
    """Return scheme, authority, and path with query of `url` as browsers split it, refusing what only they forgive."""
    text = url.strip(" \t\r\n\f")
    if len(text) > _LONGEST_URL or _CONTROL.search(text):
        raise _refusal("malformed", url[:200])
    matched = _SCHEME.match(text)
    scheme = matched.group(1).lower() if matched else ""
    if scheme not in _DEFAULT_PORTS:
        raise _refusal("scheme", url)
    rest = text[len(scheme) + 1 :]
    if not rest.startswith("//"):
        raise _refusal("malformed", url)
    rest = rest[2:]
    end = min((at for at in (rest.find(mark) for mark in "/\\?#") if at >= 0), default=len(rest))
    authority, remainder = rest[:end], rest[end:]
    # Parsers disagree whether the host ends at a backslash or #, so no @ may follow one that does.
    if "@" in authority or (remainder.startswith(("\\", "#")) and "@" in remainder):
        raise _refusal("credentials", url)
    return scheme, authority, _canonical_path(remainder.partition("#")[0], url)


def _canonical_path(text: str, url: str) -> str:
    path, mark, query = text.partition("?")
    path = path.replace("\\", "/") or "/"
    if "/." in path or "/%2" in path:
        path = _remove_dots(path)
    try:
        return quote(path, safe=_SAFE_IN_PATH.replace("?", "")) + (
            mark + quote(query, safe=_SAFE_IN_PATH) if mark else ""
        )
    except UnicodeEncodeError:
        raise _refusal("malformed", url.encode(errors="replace").decode()) from None


def _remove_dots(path: str) -> str:
    """Resolve `.` and `..`, which may be written with %2e as well (WHATWG URL, path state)."""
    kept: list[str] = []
    parts = path.split("/")[1:]
    for position, part in enumerate(parts):
        plain = part.lower().replace("%2e", ".")
        if plain in {".", ".."}:
            if plain == ".." and kept:
                kept.pop()
            if position == len(parts) - 1:
                kept.append("")
        else:
            kept.append(part)
    return "/" + "/".join(kept)


def _split_port(authority: str, scheme: str, url: str) -> tuple[str, int]:
    host, port = authority, ""
    if authority.startswith("["):
        closing = authority.find("]")
        host, rest = authority[: closing + 1], authority[closing + 1 :]
        if closing < 0 or (rest and not rest.startswith(":")):
            raise _refusal("malformed", url)
        port = rest[1:]
    elif ":" in authority:
        host, _, port = authority.rpartition(":")
        if ":" in host:
            raise _refusal("malformed", url)
    if not port:
        return host, _DEFAULT_PORTS[scheme]
    if not (port.isascii() and port.isdigit() and len(port) <= 8 and 0 < int(port) < 65_536):
        raise _refusal("malformed", url)
    return host, int(port)


def _is_closed_name(name: str) -> bool:
    """Say whether `name` or a domain above it is closed; a name without a dot is one of the local network."""
    labels = name.split(".")
    return len(labels) == 1 or any(".".join(labels[start:]) in NAMES_CLOSED for start in range(len(labels)))


def _canonical_entry(entry: str) -> str:
    """Return a host of the allow-list as `check_url` spells hosts."""
    host, port = entry.strip(), ""
    if host.count(":") == 1 or host.startswith("["):
        head, colon, tail = host.rpartition(":")
        if colon and tail.isdigit():
            host, port = head, tail
    elif ":" in host:
        host = f"[{host}]"
    try:
        parsed = parse_host(host)
    except MalformedHost as error:
        raise ValueError(f"{entry!r} is neither `name` nor `name:port`: {error}") from None
    name = f"[{parsed}]" if isinstance(parsed, IPv6Address) else str(parsed)
    return f"{name}:{int(port)}" if port else name


def _refusal(reason: str, url: str) -> BlockedAddress:
    return BlockedAddress(_REASONS[reason], reason=reason, url=url)
