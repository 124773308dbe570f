"""The guard, by corpora and by properties against the standard library's own reading of addresses."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from yarl import URL

from headwater.core.errors import HeadwaterError, InvalidInput
from headwater.kit.fetch import AddressPolicy, BlockedAddress, FetchFailed, check_address, check_url, resolve_reference
from headwater.kit.fetch.wire.hops import Hop
from tests.kit.fetch.corpus import read_benign, read_hostile

PUBLIC = AddressPolicy()
OPERATOR = AddressPolicy.allowing(["db.internal:8080", "Intranet", "127.0.0.1:9000", "[::1]:9000", "10.0.0.7", "::2"])


@pytest.mark.parametrize("url", read_hostile())
def test_hostile_address_is_refused(url: str) -> None:
    with pytest.raises(BlockedAddress) as caught:
        check_url(url, PUBLIC)
    assert (caught.value.status, caught.value.code) == (422, "blocked_address")
    assert caught.value.to_body()["details"]["reason"]


def test_hostile_corpus_is_as_large_as_promised() -> None:
    assert len(set(read_hostile())) >= 250
    assert len(read_benign()) >= 60


@pytest.mark.parametrize(("url", "canonical"), read_benign())
def test_benign_address_is_accepted_in_one_spelling(url: str, canonical: str) -> None:
    target = check_url(url, PUBLIC)
    assert target.url == canonical
    assert check_url(canonical, PUBLIC).url == canonical
    assert Hop.of(target).url.raw_host == target.host.strip("[]")


def test_refusal_belongs_to_both_classes_of_the_closed_set() -> None:
    with pytest.raises(InvalidInput) as as_input:
        check_url("http://10.0.0.1/", PUBLIC)
    assert isinstance(as_input.value, FetchFailed)
    assert isinstance(as_input.value, HeadwaterError)
    assert as_input.value.kind == "blocked_address"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://169.254.169.254/", "metadata"),
        ("http://metadata.google.internal/", "metadata"),
        ("http://[fd00:ec2::254]/", "metadata"),
        ("http://100.100.100.200/", "metadata"),
        ("http://100.64.0.1/", "shared"),
        ("http://127.1/", "loopback"),
        ("http://10.0.0.1/", "private"),
        ("http://[fe80::1]/", "link_local"),
        ("http://[::ffff:8.8.8.8]/", "embedded_ipv4"),
        ("http://user@example.com/", "credentials"),
        ("ftp://example.com/", "scheme"),
        ("http://example.com:25/", "port"),
        ("http://redis/", "name"),
        ("http://exa mple.com/", "malformed"),
    ],
)
def test_refusal_names_its_reason(url: str, reason: str) -> None:
    with pytest.raises(BlockedAddress) as caught:
        check_url(url, PUBLIC)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "url",
    [
        "http://db.internal:8080/",
        "http://DB.internal.:8080/",
        "http://intranet/",
        "https://intranet:9443/",
        "http://intranet:5432/",
        "http://127.0.0.1:9000/",
        "http://2130706433:9000/",
        "http://[0:0::1]:9000/",
        "http://10.0.0.7/",
        "http://[::2]:1234/",
    ],
)
def test_allowed_host_is_open(url: str) -> None:
    assert check_url(url, OPERATOR).is_allowed


@pytest.mark.parametrize(
    "url",
    [
        "http://db.internal/",
        "http://db.internal:8081/",
        "http://x.db.internal:8080/",
        "http://sub.intranet/",
        "http://127.0.0.1/",
        "http://127.0.0.1:9001/",
        "http://[::1]:9001/",
        "http://10.0.0.8/",
        "http://user@intranet/",
        "ftp://intranet/",
    ],
)
def test_allowed_host_opens_nothing_else(url: str) -> None:
    with pytest.raises(BlockedAddress):
        check_url(url, OPERATOR)


@pytest.mark.parametrize("entry", ["", "http://x/", "a b", "user@x", "x:y:z:[", "x/y"])
def test_allow_list_refuses_what_is_no_host(entry: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        AddressPolicy.allowing([entry])


@given(st.ip_addresses())
@example(ip_address("64:ff9b::808:808"))
def test_only_addresses_that_python_calls_global_pass(address: IPv4Address | IPv6Address) -> None:
    try:
        check_address(address, PUBLIC)
    except BlockedAddress:
        return
    inner = IPv4Address(int(address) & 0xFFFFFFFF) if str(address).startswith("64:ff9b::") else address
    assert inner.is_global
    assert not any((inner.is_private, inner.is_multicast, inner.is_reserved, inner.is_loopback))


@given(st.ip_addresses(v=4))
def test_all_but_a_few_global_ipv4_addresses_pass(address: IPv4Address) -> None:
    closed_though_global = ("192.31.196.", "192.52.193.", "192.88.99.", "192.175.48.", "168.63.129.16", "192.0.0.")
    assume(address.is_global and not address.is_multicast and not str(address).startswith(closed_though_global))
    check_address(address, PUBLIC)


def spell(address: IPv4Address, radices: tuple[int, ...], zeros: int) -> str:
    """Write an address in as many parts as radices are given, each in its radix."""
    value, parts = int(address), []
    for position, radix in enumerate(radices):
        is_last = position == len(radices) - 1
        shift = 0 if is_last else 24 - 8 * position
        number, value = value >> shift, value & ((1 << shift) - 1) if shift else 0
        prefix = {8: "0" + "0" * zeros, 10: "", 16: "0x" + "0" * zeros}[radix]
        parts.append(prefix + format(number, {8: "o", 10: "d", 16: "x"}[radix]))
    return ".".join(parts)


@given(
    st.ip_addresses(v=4),
    st.lists(st.sampled_from([8, 10, 16]), min_size=1, max_size=4).map(tuple),
    st.integers(0, 3),
    st.sampled_from(["", "."]),
)
def test_every_spelling_of_an_ipv4_address_is_that_address(
    address: IPv4Address, radices: tuple[int, ...], zeros: int, dot: str
) -> None:
    trusting = AddressPolicy(trusts_everything=True)
    assert check_url(f"http://{spell(address, radices, zeros)}{dot}/", trusting).address == address


@given(st.ip_addresses(v=6), st.sampled_from(["compressed", "exploded", "upper"]))
def test_every_spelling_of_an_ipv6_address_is_that_address(address: IPv6Address, form: str) -> None:
    text = {"compressed": address.compressed, "exploded": address.exploded, "upper": address.exploded.upper()}[form]
    target = check_url(f"http://[{text}]/", AddressPolicy(trusts_everything=True))
    assert target.address == address
    assert ip_address(target.host.strip("[]")) == address


@given(st.text(max_size=40), st.text(max_size=20))
@example("127.0.0.1\\@example.com", "")
@example("example.com:80\\@127.0.0.1:", "x")
def test_what_is_accepted_is_read_the_same_by_the_client(host: str, path: str) -> None:
    try:
        target = check_url(f"http://{host}/{path}", PUBLIC)
    except BlockedAddress:
        return
    sent = URL(target.url, encoded=True)
    assert (sent.raw_host, sent.port, sent.user, sent.password) == (target.host.strip("[]"), target.port, None, None)
    assert target.url.isascii()
    assert target.url.isprintable()
    assert " " not in target.url
    assert check_url(target.url, PUBLIC).url == target.url


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    with suppress(BlockedAddress):
        assert check_url(text, PUBLIC).scheme in {"http", "https"}


@pytest.mark.parametrize(
    ("reference", "leads_to"),
    [
        ("b", "http://example.com/a/b"),
        ("/b?c", "http://example.com/b?c"),
        ("//other.example/x", "http://other.example/x"),
        ("\\\\other.example\\x", "http://other.example/x"),
        (" /spaced ", "http://example.com/spaced"),
        ("?q=\\", "http://example.com/a/page?q=\\"),
        ("", "http://example.com/a/page"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("https:\\\\127.0.0.1/", "https://127.0.0.1/"),
    ],
)
def test_reference_resolves_as_in_browsers(reference: str, leads_to: str) -> None:
    assert resolve_reference("http://example.com/a/page", reference) == leads_to
