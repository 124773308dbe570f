"""Names to addresses, each checked, and connections to nothing but the addresses that were checked."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import AsyncResolver, ThreadedResolver

from headwater.kit.controls.recent import Recent
from headwater.kit.fetch.urls.addresses import AddressPolicy, Target, check_address

_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Resolver(Protocol):
    """Gives the addresses of a name."""

    async def resolve(self, host: str) -> Sequence[str]:
        """Return every address of `host`. Raises OSError where there is none."""
        ...


class SystemResolver:
    """Asks the machine's name servers: asynchronously where the platform lets it, otherwise in a thread."""

    def __init__(self, **options: Any) -> None:
        """Take options for aiodns (nameservers, udp_port, timeout, tries)."""
        self._options = {"timeout": 3.0, "tries": 2, **options}
        self._inner: AbstractResolver | None = None

    async def resolve(self, host: str) -> Sequence[str]:
        """Return every address of `host`. Raises OSError where there is none."""
        if self._inner is None:
            self._inner = _open_resolver(self._options)
        found = await self._inner.resolve(host, 0, socket.AF_UNSPEC)
        return list(dict.fromkeys(entry["host"] for entry in found))

    async def close(self) -> None:
        """Give up what is still asked."""
        if self._inner is not None:
            await self._inner.close()
            self._inner = None


def _open_resolver(options: dict[str, Any]) -> AbstractResolver:
    try:
        return AsyncResolver(**options)
    except (ImportError, RuntimeError):
        return ThreadedResolver()


class GuardedResolver(AbstractResolver):
    """What aiohttp asks before it connects: resolves, checks every answer, and admits exactly those addresses.

    One refused answer refuses the name: a name that answers public and private at once is an attack or a mistake.
    """

    def __init__(self, resolver: Resolver, policy: AddressPolicy) -> None:
        self._resolver = resolver
        self._policy = policy
        self._admitted: Recent[bool] = Recent(4_096)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the checked addresses of `host`. Raises BlockedAddress, or OSError where there is none."""
        addresses = await self._resolver.resolve(host)
        if not addresses:
            raise OSError(None, "the name has no address")
        is_allowed = self._policy.allows(host, port)
        results = []
        for address in addresses:
            if is_allowed:
                self.admit(address, port)
            else:
                check_address(address, self._policy, url=host)
            version = socket.AF_INET6 if ":" in address else socket.AF_INET
            if family in (socket.AF_UNSPEC, version):
                results.append(
                    ResolveResult(hostname=host, host=address, port=port, family=version, proto=0, flags=_NUMERIC)
                )
        return results

    def admit(self, address: str, port: int) -> None:
        """Let connections to this address and port through, because the operator opened the host behind it."""
        self._admitted.put(f"{address} {port}", True)

    def admit_target(self, target: Target) -> None:
        """Let connections to the literal address of a target through that the operator opened."""
        if target.is_allowed and target.address is not None:
            self.admit(str(target.address), target.port)

    def open_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """Make the socket for a connection: the last check, on the very address that is connected to."""
        family, kind, protocol, _, where = info
        address, port = where[0], where[1]
        if not self._policy.trusts_everything and self._admitted.get(f"{address} {port}") is None:
            check_address(address, self._policy)
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        with suppress(OSError):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    async def close(self) -> None:
        """Close the resolver beneath, where it can be closed."""
        close = getattr(self._resolver, "close", None)
        if close is not None:
            await close()


async def check_target(target: Target, resolver: Resolver, policy: AddressPolicy) -> None:
    """Resolve the target's name and check every address, without connecting.

    Raises:
        BlockedAddress: one of them isn't public. OSError: there is none.
    """
    if target.is_allowed or target.address is not None:
        return
    for address in await resolver.resolve(target.host):
        check_address(address, policy, url=target.url)
