"""Names: every answer is checked, and nothing is connected to but an address that was checked."""

from __future__ import annotations

import socket

import pytest

from headwater.kit.fetch import AddressPolicy, BlockedAddress, FetchFailed, SystemResolver
from headwater.kit.fetch.urls.resolve import GuardedResolver
from tests.kit.fetch.dns_server import serve_names
from tests.kit.fetch.servers import Names, fetching, greet, serve

PRIVATE = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "64:ff9b::a00:1"]


@pytest.mark.parametrize("address", PRIVATE)
async def test_name_with_a_private_address_is_refused(address: str) -> None:
    names = Names({"rebind.example.com": [[address]]})
    async with fetching(resolver=names) as fetcher:
        with pytest.raises(BlockedAddress):
            await fetcher.fetch("http://rebind.example.com/")
        with pytest.raises(BlockedAddress):
            await fetcher.check_public("http://rebind.example.com/")
        with pytest.raises(BlockedAddress):
            await fetcher.request("POST", "http://rebind.example.com/", body=b"x")


@pytest.mark.parametrize("answer", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2606:4700::1", "::1"]])
async def test_one_private_answer_refuses_the_name(answer: list[str]) -> None:
    async with fetching(resolver=Names({"mixed.example.com": [answer]})) as fetcher:
        with pytest.raises(BlockedAddress):
            await fetcher.fetch("http://mixed.example.com/")


async def test_name_that_turns_private_after_the_check_is_refused() -> None:
    async with serve(greet) as site:
        names = Names({"rebind.example.com": [["8.8.8.8"], ["127.0.0.1"]]})
        async with fetching(resolver=names) as fetcher:
            url = f"http://rebind.example.com:{site.port}/"
            target = await fetcher.check_public(url)
            with pytest.raises(BlockedAddress):
                await fetcher.fetch(url)
    assert target.host == "rebind.example.com"
    assert names.asked == ["rebind.example.com"] * 2
    assert site.seen == []


async def test_connection_goes_to_the_answer_that_was_checked() -> None:
    """The name is asked once a connection; what it would answer afterwards is of no account."""
    async with serve(greet) as site:
        names = Names({"inside.example.com": [["127.0.0.1"], ["192.0.2.1"]]})
        async with fetching(names=[f"inside.example.com:{site.port}"], resolver=names) as fetcher:
            response = await fetcher.fetch(f"http://inside.example.com:{site.port}/", robots=False)
    assert response.ok
    assert names.asked == ["inside.example.com"]
    assert site.seen[0].host == f"inside.example.com:{site.port}"


async def test_allowed_name_opens_its_port_only() -> None:
    names = Names({"inside.example.com": [["127.0.0.1"]]})
    async with fetching(names=["inside.example.com:8080"], resolver=names) as fetcher:
        with pytest.raises(BlockedAddress):
            await fetcher.fetch("http://inside.example.com:8081/")


async def test_sockets_are_checked_once_more() -> None:
    guard = GuardedResolver(
        Names({"inside.example.com": [["10.0.0.5"]]}), AddressPolicy.allowing(["inside.example.com"])
    )
    info = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("10.0.0.5", 8080))
    with pytest.raises(BlockedAddress):
        guard.open_socket(info)
    await guard.resolve("inside.example.com", 8080)
    guard.open_socket(info).close()
    with pytest.raises(BlockedAddress):
        guard.open_socket((*info[:4], ("10.0.0.5", 8081)))


async def test_real_name_server_that_changes_its_mind() -> None:
    answers = {"rebind.example.com": [["8.8.8.8"], ["127.0.0.1"]], "inside.example.com": [["127.0.0.1"]]}
    async with serve_names(answers) as server, serve(greet) as site:
        resolver = SystemResolver(nameservers=["127.0.0.1"], udp_port=server.port)
        inside = f"inside.example.com:{site.port}"
        async with fetching(names=[inside], resolver=resolver) as fetcher:
            await fetcher.check_public(f"http://rebind.example.com:{site.port}/")
            with pytest.raises(BlockedAddress):
                await fetcher.fetch(f"http://rebind.example.com:{site.port}/")
            assert site.seen == []
            assert (await fetcher.fetch(f"http://{inside}/")).ok
            with pytest.raises(FetchFailed) as unknown:
                await fetcher.fetch("http://unknown.example.com/")
    assert unknown.value.kind == "dns"
    assert server.asked[:2] == ["rebind.example.com"] * 2
